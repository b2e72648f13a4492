"""What came before the days of a file: the symbols' last snapshots, from this run or from the lake.

It takes two looks into the lake for a whole file, however many symbols it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from flowbt.lake.store import Lake
from flowbt.schema import CONTRACT_KEY, CONTRACT_ROWS, SIDES, SNAPSHOT_KEY

CONTRACT_FACTS: Final = (*CONTRACT_KEY, "volume", "open_interest")
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
    """The snapshots of this run, and below them those of the lake."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._contracts: dict[str, pl.DataFrame] = {}
        self._facts: list[pl.DataFrame] = []

    def copy(self) -> "Recent":
        """The same, to take in a file that may yet be refused."""
        other = Recent(self._lake)
        other._contracts, other._facts = dict(self._contracts), list(self._facts)
        return other

    def before(self, firsts: pl.DataFrame) -> Before:
        """What came before the first day of each symbol (`symbol, date`)."""
        stored = self._stored(firsts)
        facts = pl.concat([*self._facts, stored]).unique(SNAPSHOT_KEY, keep="first")
        earlier = facts.join(firsts.rename({"date": "first"}), on="symbol").filter(pl.col("date") < pl.col("first"))
        earlier = earlier.drop("first").sort(SNAPSHOT_KEY)
        last = earlier.group_by("symbol", maintain_order=True).last()
        of_run, of_lake = [], []
        for symbol, day in last.select(SNAPSHOT_KEY).iter_rows():
            held = self._contracts.get(symbol)
            if held is not None and held["date"][0] == day:
                of_run.append(held)
            else:
                of_lake.append((symbol, day))
        return Before(pl.concat([*of_run, *self._contracts_of(of_lake), _none()]), earlier)

    def add(self, contracts: pl.DataFrame, facts: pl.DataFrame) -> None:
        """Take in the days of a file, contract rows in stored order, and what its snapshots are like."""
        last = facts.group_by("symbol").agg(pl.col("date").max())
        newest = contracts.join(last, on=list(SNAPSHOT_KEY), how="semi").select(CONTRACT_FACTS)
        for (symbol,), rows in newest.group_by("symbol", maintain_order=True):
            held = self._contracts.get(str(symbol))
            if held is None or held["date"][0] <= rows["date"][0]:
                self._contracts[str(symbol)] = rows
        self._facts = [pl.concat([facts, *self._facts])]

    def _stored(self, firsts: pl.DataFrame) -> pl.DataFrame:
        first, last = firsts["date"].min(), firsts["date"].max()
        assert isinstance(first, date)  # noqa: S101 (for the type checker)
        assert isinstance(last, date)  # noqa: S101
        symbols = firsts["symbol"].unique().to_list()
        rows = self._lake.strike_rows(
            [*SNAPSHOT_KEY, "underlying_price"], symbols, first - _FURTHEST, last - timedelta(days=1)
        )
        return facts_of_strikes(rows)

    def _contracts_of(self, snapshots: Sequence[tuple[str, date]]) -> list[pl.DataFrame]:
        found = []
        shared = [name for name in CONTRACT_KEY if name != "option_type"]
        of_sides = [f"{side}_{name}" for side in SIDES for name in ("listed", "volume", "open_interest")]
        for day in sorted({day for _, day in snapshots}):
            symbols = [symbol for symbol, on in snapshots if on == day]
            rows = self._lake.strike_rows([*shared, *of_sides], symbols, day, day)
            found += [
                rows.filter(pl.col(f"{side}_listed")).select(
                    *shared,
                    pl.lit(side).alias("option_type"),
                    *(pl.col(f"{side}_{name}").alias(name) for name in ("volume", "open_interest")),
                )
                for side in SIDES
            ]
        return found


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


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={name: CONTRACT_ROWS[name] for name in CONTRACT_FACTS})
