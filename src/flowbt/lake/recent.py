"""The snapshots before the days of a file, and what is already known of these days, from this run or from the lake.

The lake is read three times per file, however many symbols the file has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from flowbt.lake.store import Lake
from flowbt.schema import CONTRACT_KEY, CONTRACT_ROWS, SIDES, SNAPSHOT_KEY

CONTRACT_FACTS: Final = (*CONTRACT_KEY, "volume", "open_interest", "underlying_price")
NO_CONTRACTS: Final = pl.DataFrame(schema={name: CONTRACT_ROWS[name] for name in CONTRACT_FACTS})
KEPT_DAYS: Final = 2
"""How many of a symbol's last days in this run are kept in full: a day may come in several files."""
_FURTHEST: Final = timedelta(days=62)
"""How far back a symbol's last snapshot is looked for."""


@dataclass(frozen=True)
class Before:
    """What came before.

    Attributes:
        contracts: `CONTRACT_FACTS` of each symbol's last snapshot.
        snapshots: `symbol, date, strikes, underlying_price` of each symbol's snapshots of the last weeks.
    """

    contracts: pl.DataFrame
    snapshots: pl.DataFrame


class Recent:
    """The snapshots of this run, and below them those of the lake.

    Args:
        lake: the lake that the files are written to.
        waiting: for units (`symbol, date`), the `CONTRACT_FACTS` that this run has read and not yet written.
    """

    def __init__(self, lake: Lake, waiting: Callable[[pl.DataFrame], pl.DataFrame] | None = None) -> None:
        self._lake = lake
        self._waiting = waiting or (lambda _: NO_CONTRACTS)
        self._contracts: dict[str, dict[date, pl.DataFrame]] = {}
        self._facts: list[pl.DataFrame] = []

    def copy(self) -> "Recent":
        """The same, to take in a file that may yet be refused."""
        other = Recent(self._lake, self._waiting)
        other._contracts = {symbol: dict(held) for symbol, held in self._contracts.items()}
        other._facts = list(self._facts)
        return other

    def before(self, firsts: pl.DataFrame) -> Before:
        """What came before the first day of each symbol (`symbol, date`)."""
        stored = self._stored(firsts)
        facts = pl.concat([*self._facts, stored]).unique(SNAPSHOT_KEY, keep="first")
        earlier = facts.join(firsts.rename({"date": "first"}), on="symbol").filter(pl.col("date") < pl.col("first"))
        earlier = earlier.drop("first").sort(SNAPSHOT_KEY)
        last = earlier.group_by("symbol", maintain_order=True).last().select(SNAPSHOT_KEY)
        of_run = [
            held for symbol, day in last.iter_rows() if (held := self._contracts.get(symbol, {}).get(day)) is not None
        ]
        others = last.join(pl.concat([NO_CONTRACTS, *of_run]), on=list(SNAPSHOT_KEY), how="anti")
        return Before(pl.concat([NO_CONTRACTS, *of_run, self.held(others)]), earlier)

    def held(self, units: pl.DataFrame) -> pl.DataFrame:
        """The `CONTRACT_FACTS` of these units (`symbol, date`) that are already read or stored."""
        if not units.height:
            return NO_CONTRACTS
        waiting = self._waiting(units)
        first, last = _span(units)
        shared = [name for name in (*CONTRACT_KEY, "underlying_price") if name != "option_type"]
        of_sides = [f"{side}_{name}" for side in SIDES for name in ("listed", "volume", "open_interest")]
        rows = self._lake.strike_rows([*shared, *of_sides], units["symbol"].unique().to_list(), first, last)
        rows = rows.join(units, on=list(SNAPSHOT_KEY), how="semi")
        stored = pl.concat(
            rows.filter(pl.col(f"{side}_listed"))
            .with_columns(
                pl.lit(side).alias("option_type"),
                *(pl.col(f"{side}_{name}").alias(name) for name in ("volume", "open_interest")),
            )
            .select(CONTRACT_FACTS)
            for side in SIDES
        )
        return pl.concat([waiting, stored]).unique(CONTRACT_KEY, keep="first") if waiting.height else stored

    def add(self, contracts: pl.DataFrame, facts: pl.DataFrame) -> None:
        """Add days: the `CONTRACT_FACTS` of all their known contracts, and the facts of their snapshots."""
        newest = facts.filter(pl.col("date").rank("dense", descending=True).over("symbol") <= KEPT_DAYS)
        for (symbol, day), rows in contracts.join(newest, on=list(SNAPSHOT_KEY), how="semi").group_by(SNAPSHOT_KEY):
            held = self._contracts.setdefault(str(symbol), {})
            held[day] = rows
            for old in sorted(held)[:-KEPT_DAYS]:
                del held[old]
        self._facts = [pl.concat([facts, *self._facts])]

    def _stored(self, firsts: pl.DataFrame) -> pl.DataFrame:
        first, last = _span(firsts)
        rows = self._lake.strike_rows(
            [*SNAPSHOT_KEY, "underlying_price"],
            firsts["symbol"].unique().to_list(),
            first - _FURTHEST,
            last - timedelta(days=1),
        )
        return facts_of_strikes(rows)


def _span(units: pl.DataFrame) -> tuple[date, date]:
    first, last = units["date"].min(), units["date"].max()
    assert isinstance(first, date)  # noqa: S101 (for the type checker)
    assert isinstance(last, date)  # noqa: S101
    return first, last


def facts_of_strikes(rows: pl.DataFrame) -> pl.DataFrame:
    """`symbol, date, strikes, underlying_price` of strike rows, by symbol and date."""
    return (
        rows.group_by(SNAPSHOT_KEY)
        .agg(pl.len().cast(pl.Int64).alias("strikes"), pl.col("underlying_price").first())
        .sort(SNAPSHOT_KEY)
    )


def facts_of_contracts(rows: pl.DataFrame) -> pl.DataFrame:
    """The same of contract rows in stored order, where those of a strike lie side by side."""
    strike = ("root", "expiration", "strike", *SNAPSHOT_KEY)
    another = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in strike)
    rows = rows.select(*SNAPSHOT_KEY, "underlying_price", another.alias("another"))
    strikes = pl.col("another").sum().cast(pl.Int64).alias("strikes")
    return rows.group_by(SNAPSHOT_KEY).agg(strikes, pl.col("underlying_price").first()).sort(SNAPSHOT_KEY)
