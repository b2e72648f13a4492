"""The lake as it is seen at the decision: what the chunks are read from.

Open interest is that known at the decision (`flowbt.metrics.engine.known_open_interest`). A snapshot with far fewer rows than is usual for its symbol
(a *partial day*, `flowbt.lake.flags`) is left out, unless it is asked for: its volume is not the day's. The open interest in it was published before
the open, so that of the session before a partial day is known before the open.
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
        lake: where they are.
        decision: when it is decided.
        left_out: `symbol, date` of the snapshots that are not looked at; None: all are.
    """

    lake: Chains
    decision: Decision = "close"
    left_out: pl.DataFrame | None = None

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """As `Lake.strike_rows`, at the decision; columns of open interest may be asked for as of the open, too.

        The price of the underlying is filled in where the source gives none (`flowbt.metrics.engine.spot`). Of other days nothing but the
        open interest is read, of the session after `last` that of the close of `last`. The symbols must be of one exchange, whose
        sessions count.
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
        held = sorted(stored.intersection(HELD))
        if not held and LAG not in stored:
            return self._looked_at(self.lake.strike_rows(columns, symbols, first, last))
        rows = self.lake.strike_rows(sorted({*stored, LAG}), symbols, first, last)

        def beside(shift: int) -> Neighbours:
            exchange = self.exchange_of(symbols)
            lacking = [name for name in MATCHING if name not in rows.columns]
            own = rows.hstack(self.lake.strike_rows(lacking, symbols, first, last)) if lacking else rows
            day = shift_session(first if shift < 0 else last, shift, exchange)
            others = self.lake.strike_rows([*MATCHING, LAG, *held], symbols, day, day)
            return neighbours(own, others, shift, exchange, self.splits)

        known = with_open_interest_known(rows, self.decision, held, opening, beside)
        return self._looked_at(known.select(columns))

    def exchange_of(self, symbols: Sequence[str]) -> str:
        """The exchange of these symbols.

        Raises:
            LakeError: they are of several, and so have no sessions in common.
        """
        exchanges = sorted(set(self.lake.exchanges(symbols).values()))
        if len(exchanges) > 1:
            raise LakeError(
                f"the symbols are of several exchanges ({', '.join(exchanges)}): read those of one at a time"
            )
        return exchanges[0]

    @cached_property
    def splits(self) -> pl.DataFrame:
        """The lake's splits: `symbol, date`."""
        return self.lake.actions().filter(pl.col("kind") == "split").select(SNAPSHOT_KEY)

    def _looked_at(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self.left_out is None or not self.left_out.height:
            return rows
        return rows.join(self.left_out, on=SNAPSHOT_KEY, how="anti", maintain_order="left")
