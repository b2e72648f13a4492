"""The snapshots before the days of a file, and what is already known of these days, from this run or from the lake.

The lake is read three times per file, however many symbols the file has, and once more for a file with a column of zeros.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from flowbt.lake.intake.runs import by_snapshot, doubtful, in_runs, of_snapshots
from flowbt.lake.placeholders import restore_zeros
from flowbt.lake.store import Lake
from flowbt.schema import CONTRACT_KEY, CONTRACT_ROWS, JUDGED_BY_DAY, SIDES, SNAPSHOT_KEY, ZERO_COLUMNS

CONTRACT_FACTS: Final = (*CONTRACT_KEY, "volume", "open_interest", "underlying_price")
NO_CONTRACTS: Final = pl.DataFrame(schema={name: CONTRACT_ROWS[name] for name in CONTRACT_FACTS})
KEPT_DAYS: Final = 2
"""Number of a symbol's last days of this run that are kept in full, since a day may come in several files. The last days with any open
interest and with any volume are kept as well."""
_FURTHEST: Final = timedelta(days=62)
"""How far back a symbol's last snapshot is searched: two months, enough for any holiday or gap in a vendor's files."""


@dataclass(frozen=True)
class EarlierSnapshots:
    """The snapshots before a file's first day of each symbol.

    Attributes:
        contracts: `CONTRACT_FACTS` of each symbol's last snapshot.
        snapshots: `symbol, date, strikes, underlying_price` of each symbol's snapshots of the last two months.
    """

    contracts: pl.DataFrame
    snapshots: pl.DataFrame


@dataclass(frozen=True)
class _KeptDay:
    """The `CONTRACT_FACTS` of a snapshot of this run, and its columns that have a number above 0."""

    contracts: pl.DataFrame
    above: frozenset[str]


class PreviousDays:
    """The snapshots of this run and, where this run has none, of the lake.

    Args:
        lake: the lake that the files are written to.
        waiting: for units (`symbol, date`), the `CONTRACT_FACTS` that this run has read and not yet written.
    """

    def __init__(self, lake: Lake, waiting: Callable[[pl.DataFrame], pl.DataFrame] | None = None) -> None:
        self._lake = lake
        self._waiting = waiting or (lambda _: NO_CONTRACTS)
        self._contracts: dict[str, dict[date, _KeptDay]] = {}
        self._facts: list[pl.DataFrame] = []

    def copy(self) -> "PreviousDays":
        """A copy, to which a file can be added that may still be refused."""
        other = PreviousDays(self._lake, self._waiting)
        other._contracts = {symbol: dict(days) for symbol, days in self._contracts.items()}
        other._facts = list(self._facts)
        return other

    def before(self, firsts: pl.DataFrame) -> EarlierSnapshots:
        """The snapshots before the first day of each symbol (`symbol, date`)."""
        stored = self._stored(firsts)
        facts = pl.concat([*self._facts, stored]).unique(SNAPSHOT_KEY, keep="first")
        earlier = facts.join(firsts.rename({"date": "first"}), on="symbol").filter(pl.col("date") < pl.col("first"))
        earlier = earlier.drop("first").sort(SNAPSHOT_KEY)
        last = earlier.group_by("symbol", maintain_order=True).last().select(SNAPSHOT_KEY)
        return EarlierSnapshots(self._known(last), earlier)

    def last_with(self, what: str, units: pl.DataFrame) -> pl.DataFrame:
        """The `CONTRACT_FACTS` of each symbol's last snapshot, among these (`symbol, date`), with a number above 0 in the column `what`."""
        units = units.select(SNAPSHOT_KEY)
        if not units.height:
            return NO_CONTRACTS
        columns, symbols = [f"{side}_{what}" for side in SIDES], units["symbol"].unique().to_list()
        rows = self._lake.strike_rows([*SNAPSHOT_KEY, *columns], symbols, *_span(units))
        of_lake = rows.filter(pl.max_horizontal(columns) > 0).select(SNAPSHOT_KEY)
        days_of_run = [
            (symbol, day)
            for symbol in symbols
            for day, kept in self._contracts.get(symbol, {}).items()
            if what in kept.above
        ]
        of_run = pl.DataFrame(days_of_run, schema=units.schema, orient="row")
        days = pl.concat([of_lake, of_run]).unique().join(units, on=list(SNAPSHOT_KEY), how="semi")
        return self._known(days.group_by("symbol").agg(pl.col("date").max()))

    def already_known(self, units: pl.DataFrame) -> pl.DataFrame:
        """The `CONTRACT_FACTS` of these units (`symbol, date`) that were read or stored before, as their sources gave them."""
        if not units.height:
            return NO_CONTRACTS
        waiting, stored = self._waiting(units), contracts_in(self._lake, units, given=True)
        return pl.concat([waiting, stored]).unique(CONTRACT_KEY, keep="first") if waiting.height else stored

    def add(self, contracts: pl.DataFrame, facts: pl.DataFrame) -> None:
        """Add days: the `CONTRACT_FACTS` of all their known contracts, and the facts about their snapshots."""
        days = in_runs(contracts, SNAPSHOT_KEY)[0].unique(maintain_order=True)
        for name in JUDGED_BY_DAY:
            none = (pl.col(name).max() > 0).fill_null(value=False).not_()
            without = by_snapshot(doubtful(contracts, none), none.not_().alias(name)).filter(~pl.col(name))
            days = days.join(without, on=list(SNAPSHOT_KEY), how="left", maintain_order="left")
        days = days.with_columns(pl.col(*JUDGED_BY_DAY).fill_null(value=True))
        of_symbol = [pl.col("date").rank("dense", descending=True).over("symbol") <= KEPT_DAYS]
        of_symbol += [pl.col("date") == pl.col("date").filter(name).max().over("symbol") for name in JUDGED_BY_DAY]
        kept = days.filter(pl.any_horizontal(of_symbol))
        has = {
            row[:2]: {name for name, has_number in zip(JUDGED_BY_DAY, row[2:], strict=True) if has_number}
            for row in kept.rows()
        }
        for (symbol, day), rows in of_snapshots(contracts, kept).group_by(SNAPSHOT_KEY):
            of_symbol_days = self._contracts.setdefault(str(symbol), {})
            of_symbol_days[day] = _KeptDay(rows, frozenset(has[symbol, day]))
            latest = sorted(of_symbol_days)
            keep = {*latest[-KEPT_DAYS:]}
            keep |= {
                max(of_name)
                for name in JUDGED_BY_DAY
                if (of_name := [one for one in latest if name in of_symbol_days[one].above])
            }
            self._contracts[str(symbol)] = {one: of_symbol_days[one] for one in latest if one in keep}
        self._facts = [pl.concat([facts, *self._facts])]

    def _known(self, units: pl.DataFrame) -> pl.DataFrame:
        """The `CONTRACT_FACTS` of these units (`symbol, date`), with null for placeholders."""
        of_run = [
            kept.contracts
            for symbol, day in units.iter_rows()
            if (kept := self._contracts.get(symbol, {}).get(day)) is not None
        ]
        own = pl.concat([NO_CONTRACTS, *of_run])
        others = units.join(in_runs(own, SNAPSHOT_KEY)[0], on=list(SNAPSHOT_KEY), how="anti")
        if not others.height:
            return own
        # in order, since rows of an expiry are processed together
        return pl.concat([own, self._waiting(others), contracts_in(self._lake, others, given=False)]).unique(
            CONTRACT_KEY, keep="first", maintain_order=True
        )

    def _stored(self, firsts: pl.DataFrame) -> pl.DataFrame:
        first, last = _span(firsts)
        rows = self._lake.strike_rows(
            [*SNAPSHOT_KEY, "underlying_price"],
            firsts["symbol"].unique().to_list(),
            first - _FURTHEST,
            last - timedelta(days=1),
        )
        return facts_of_strikes(rows)


def contracts_in(lake: Lake, units: pl.DataFrame, *, given: bool) -> pl.DataFrame:
    """The `CONTRACT_FACTS` of these units (`symbol, date`) in a lake.

    Args:
        lake: the lake.
        units: the snapshots.
        given: whether placeholders are 0, as their source gave them, or null.
    """
    if not units.height:
        return NO_CONTRACTS
    shared = [name for name in (*CONTRACT_KEY, "underlying_price") if name != "option_type"]
    of_sides = [f"{side}_{name}" for side in SIDES for name in ("listed", *JUDGED_BY_DAY)]
    marks = ZERO_COLUMNS.values() if given else ()
    rows = lake.strike_rows([*shared, *of_sides, *marks], units["symbol"].unique().to_list(), *_span(units))
    rows = restore_zeros(rows.join(units, on=list(SNAPSHOT_KEY), how="semi"))
    return pl.concat(
        rows.filter(pl.col(f"{side}_listed"))
        .with_columns(
            pl.lit(side).alias("option_type"), *(pl.col(f"{side}_{name}").alias(name) for name in JUDGED_BY_DAY)
        )
        .select(CONTRACT_FACTS)
        for side in SIDES
    )


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
    """`symbol, date, strikes, underlying_price` of contract rows in stored order, in which the rows of a strike are neighbours."""
    strike = ("root", "expiration", "strike", *SNAPSHOT_KEY)
    another = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in strike)
    rows = rows.select(*SNAPSHOT_KEY, "underlying_price", another.alias("another"))
    strikes = pl.col("another").sum().cast(pl.Int64).alias("strikes")
    return by_snapshot(rows, strikes, pl.col("underlying_price").first()).sort(SNAPSHOT_KEY)
