"""Point-in-time view of the lake: what is known at the decision, from which the chunks are read.

Open interest is that known at the decision (`flowbt.metrics.engine.known_open_interest`). A snapshot with far fewer
rows than usual for its symbol (a *partial day*, `flowbt.lake.flags`) is excluded unless requested, because its volume
is not the day's. Its open interest was published before the open, so the open interest of the session before a partial
day is still known before the open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from flowbt.calendar import shift_session
from flowbt.errors import LakeError
from flowbt.lake import Chains
from flowbt.metrics.engine.adjacent_sessions import MATCHING, Neighbours, neighbours
from flowbt.metrics.engine.known_open_interest import LAG, Decision, with_open_interest_known
from flowbt.metrics.engine.resolve import HELD, OPENING
from flowbt.metrics.engine.spot import PRICE, with_spot
from flowbt.schema import SNAPSHOT_KEY, SPOT_SOURCE


@dataclass(frozen=True)
class View:
    """What is known of a lake's chains at the decision.

    Attributes:
        lake: the lake.
        decision: the decision time.
        left_out: `symbol, date` of the excluded snapshots; None: none are excluded.
    """

    lake: Chains
    decision: Decision = "close"
    left_out: pl.DataFrame | None = None

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """As `Lake.strike_rows`, at the decision; columns of open interest are also available as of the open.

        The price of the underlying is filled in where the source gives none (`flowbt.metrics.engine.spot`). From other
        days only the open interest is read; from the session after `last`, only that of the close of `last`. All
        symbols must be of one exchange, whose sessions apply.
        """
        columns = list(columns)
        if not {PRICE, SPOT_SOURCE}.intersection(columns):
            return self._as_of_decision(columns, symbols, first, last)
        stored = dict.fromkeys([*(name for name in columns if name != SPOT_SOURCE), *SNAPSHOT_KEY, PRICE])
        return with_spot(self._as_of_decision(stored, symbols, first, last), self.lake).select(columns)

    def _as_of_decision(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        columns = list(columns)
        opening = [name.removesuffix(OPENING) for name in columns if name.endswith(OPENING)]
        stored = {name.removesuffix(OPENING) for name in columns}
        open_interest = sorted(stored.intersection(HELD))
        if not open_interest and LAG not in stored:
            return self._included(self.lake.strike_rows(columns, symbols, first, last))
        rows = self.lake.strike_rows(sorted({*stored, LAG}), symbols, first, last)

        def match_session(shift: int) -> Neighbours:
            exchange = self.exchange_of(symbols)
            lacking = [name for name in MATCHING if name not in rows.columns]
            own = rows.hstack(self.lake.strike_rows(lacking, symbols, first, last)) if lacking else rows
            day = shift_session(first if shift < 0 else last, shift, exchange)
            others = self.lake.strike_rows([*MATCHING, LAG, *open_interest], symbols, day, day)
            return neighbours(own, others, shift, exchange, self.splits)

        known = with_open_interest_known(rows, self.decision, open_interest, opening, match_session)
        return self._included(known.select(columns))

    def exchange_of(self, symbols: Sequence[str]) -> str:
        """The exchange (MIC) of these symbols.

        Raises:
            LakeError: they are listed on several, and so have no sessions in common.
        """
        exchanges = sorted(set(self.lake.exchanges(symbols).values()))
        if len(exchanges) > 1:
            raise LakeError(
                f"the symbols are listed on several exchanges ({', '.join(exchanges)}): read those of one exchange at a time"
            )
        return exchanges[0]

    @cached_property
    def splits(self) -> pl.DataFrame:
        """The lake's splits: `symbol, date`."""
        return self.lake.actions().filter(pl.col("kind") == "split").select(SNAPSHOT_KEY)

    def _included(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self.left_out is None or not self.left_out.height:
            return rows
        return rows.join(self.left_out, on=SNAPSHOT_KEY, how="anti", maintain_order="left")
