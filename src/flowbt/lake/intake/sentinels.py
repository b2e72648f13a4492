"""Columns that contain one placeholder number for a whole snapshot: they are detected at ingest and set to null.

A 0 for one contract is data; a 0 for every contract of a chain means that the source had no data. Taken as data, all positions would be
closed on that day and opened again on the next. Detected per snapshot (`find_placeholders`):

- `open_interest` all 0: if at least `FEWEST_HELD` of its contracts had open interest on the last snapshot with any. Without such a
  snapshot, or if it shares no contracts, at least `FEWEST` contracts must be 0. A small part of a chain with only new contracts, such as
  a newly listed expiry, keeps its zeros.
- `volume` all 0 on a session: if at least `FEWEST_TRADED` of its contracts traded on the last snapshot with any volume. Without such
  a snapshot, at least `FEWEST_LISTED` contracts must be listed: a small chain can have a day without trades.
- `open_interest` or `volume` all 0 in a file although other numbers for the same contracts and day are stored: the stored numbers stay.
- `bid` and `ask` all 0, or all bids 0 and no ask: no market offers every option for free.
- `delta`, `gamma`, `theta` or `vega` all 0, for at least `FEWEST` contracts.
- `iv` equal for at least `FEWEST_EQUAL` contracts of two or more expiries: set to null if most contracts have quotes to compute it from;
  otherwise kept and counted.

Open interest and volume are decided for the whole day, with all its files (`flowbt.lake.placeholders`). Only earlier snapshots are
used, never later ones. The source file keeps the original numbers; the lake has null, so no metric uses them.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from flowbt.calendar import is_session
from flowbt.expiries import LAST_TRADING_DAY, with_last_trading_day
from flowbt.lake.intake.runs import by_snapshot, doubtful
from flowbt.schema import CONTRACT_KEY, JUDGED_BY_DAY, QUOTE_COLUMNS, SNAPSHOT_KEY

# Numbers of contracts, see above. Open interest rarely vanishes for even a few contracts at once, while a contract without trades on a
# day is common: so volume needs more evidence.
FEWEST: Final = 10
FEWEST_HELD: Final = 5
FEWEST_TRADED: Final = 20
FEWEST_LISTED: Final = 500
FEWEST_EQUAL: Final = 50
MOSTLY: Final = 0.5
"""Volatilities are computed from quotes if at least this share of the contracts has a usable quote."""
MOST: Final = 0.6
"""A snapshot with at least this share of the contracts of the last one is a whole chain."""
UNIT: Final = list(SNAPSHOT_KEY)
KEY: Final = list(CONTRACT_KEY)
PLACEHOLDERS_SCHEMA: Final = {"symbol": pl.String(), "date": pl.Date(), "what": pl.String()}
NO_PLACEHOLDERS: Final = pl.DataFrame(schema=PLACEHOLDERS_SCHEMA)
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "open_interest": ("open_interest",),
    "volume": ("volume",),
    "quotes": ("bid", "ask"),
    "delta": ("delta",),
    "gamma": ("gamma",),
    "theta": ("theta",),
    "vega": ("vega",),
    "iv": ("iv",),
    "flat_iv": (),
    "restated_open_interest": ("open_interest",),
    "restated_volume": ("volume",),
}
"""What is detected, and the columns that are set to null; a `flat_iv` that no quote can replace is kept."""
CODES: Final = {
    what: "ALL_EQUAL_IV" if what.endswith("iv") else f"ALL_ZERO_{what.removeprefix('restated_').upper()}"
    for what in COLUMNS
}
"""The warnings that count the contracts."""


def restated_as_zero(rows: pl.DataFrame, known_contracts: pl.DataFrame) -> pl.DataFrame:
    """Columns of zeros for contracts whose numbers are already known for the same day: `symbol, date, what`.

    Some sources give zeros at certain hours of the day, so such zeros are not corrections, whatever the values of the other contracts.

    Args:
        rows: contract rows of whole or partial snapshots.
        known_contracts: `flowbt.lake.intake.previous_days.CONTRACT_FACTS` of the same snapshots, from files that were read before.
    """
    if not known_contracts.height:
        return NO_PLACEHOLDERS
    parts = [NO_PLACEHOLDERS]
    for what, fewest in (("open_interest", FEWEST_HELD), ("volume", FEWEST_TRADED)):
        zeros = _zeros(rows, what)
        if not zeros.height:
            continue
        with_number = known_contracts.filter(pl.col(what) > 0).join(zeros, on=UNIT, how="semi").select(KEY)
        again = (
            rows.select(KEY).join(with_number, on=KEY, how="semi").group_by(UNIT).len().filter(pl.col("len") >= fewest)
        )
        parts.append(again.select(*UNIT, pl.lit(f"restated_{what}").alias("what")))
    return pl.concat(parts)


def find_placeholders(
    rows: pl.DataFrame,
    today: pl.DataFrame,
    before: Callable[[str, pl.DataFrame], pl.DataFrame],
    exchanges: Mapping[str, str],
) -> pl.DataFrame:
    """Columns of snapshots that contain only a placeholder: `symbol, date, what`.

    Args:
        rows: contract rows of whole or partial snapshots.
        today: `flowbt.lake.intake.previous_days.CONTRACT_FACTS` of the same snapshots, including contracts from other files.
        before: gives the `CONTRACT_FACTS` of the last snapshot before these (`symbol, date`) with any number above 0 in a column.
        exchanges: by symbol, the MIC of the exchange whose sessions count.
    """
    flags = _constant_columns(rows)
    parts = [NO_PLACEHOLDERS]
    for what in COLUMNS:
        if what.startswith("restated"):
            continue
        if what not in JUDGED_BY_DAY:
            of_units = flags.filter(pl.col(what).fill_null(value=False)).select(UNIT)
        else:
            # all files of the day together
            of_units = _zeros(today, what)
            if what == "volume":
                open_days = [is_session(day, exchanges[symbol]) for symbol, day in of_units.iter_rows()]
                of_units = of_units.filter(pl.Series(open_days, dtype=pl.Boolean))
            if of_units.height:
                contracts = pl.concat([today, before(what, of_units)]).unique(KEY, keep="first")
                facts = with_last_trading_day(contracts, exchanges)
                of_units = (_lost_open_interest if what == "open_interest" else _lost_volume)(of_units, facts)
        parts.append(of_units.select(*UNIT, pl.lit(what).alias("what")))
    return pl.concat(parts)


def placeholders_as_null(rows: pl.DataFrame, suspected: pl.DataFrame) -> pl.DataFrame:
    """The rows with placeholders set to null, in the columns that they have."""
    for (what,), units in suspected.group_by("what", maintain_order=True):
        columns = [name for name in COLUMNS[str(what)] if name in rows.columns]
        marked = rows.join(
            units.select(*UNIT, has_placeholder=pl.lit(value=True)), on=UNIT, how="left", maintain_order="left"
        )
        keep = pl.col("has_placeholder").is_null()
        rows = marked.with_columns(pl.when(keep).then(name).alias(name) for name in columns).drop("has_placeholder")
    return rows


def without_placeholders(rows: pl.DataFrame, suspected: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with placeholders set to null, and separately the rows that have no other data.

    The first frame keeps zeros that are decided for the whole day (`flowbt.lake.placeholders`). The rows in the second frame are
    unchanged and have a column `reasons`.
    """
    if not suspected.height:
        return rows, rows.clear().with_columns(reasons=pl.lit("", pl.String))
    is_empty = (
        placeholders_as_null(rows, suspected).select(pl.all_horizontal(pl.col(*QUOTE_COLUMNS).is_null())).to_series()
    )
    codes = suspected.group_by(UNIT).agg(reasons=pl.col("what").replace_strict(CODES).str.join(" "))
    empty = rows.filter(is_empty).join(codes, on=UNIT, maintain_order="left")
    of_file = suspected.filter(~pl.col("what").is_in(JUDGED_BY_DAY))
    return placeholders_as_null(rows.filter(~is_empty), of_file), empty


def count_affected(rows: pl.DataFrame, suspected: pl.DataFrame) -> dict[str, int]:
    """The number of contracts in the affected snapshots, by warning code; for open interest and volume, the contracts with a 0."""
    pairs = rows.select(*UNIT, *JUDGED_BY_DAY).join(suspected, on=UNIT)
    own = pl.coalesce(pl.when(pl.col("what").str.ends_with(name)).then(pl.col(name) == 0) for name in JUDGED_BY_DAY)
    of_column = pl.col("what").str.contains("open_interest|volume")
    counts = (
        pairs.filter(~of_column | own.fill_null(value=False)).group_by(code=pl.col("what").replace_strict(CODES)).len()
    )
    return dict(counts.sort("code").iter_rows())


def _zeros(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    """The snapshots (`symbol, date`) with numbers in a column, none of them above 0."""
    zero = (pl.col(what).max() == 0).fill_null(value=True)
    return by_snapshot(doubtful(rows, zero), zero=pl.col(what).max() == 0).filter("zero").select(UNIT)


def _constant_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """For each snapshot that may have such a column, whether a column has the same number for all contracts."""
    given = [name for name in _GREEKS if rows[name].null_count() < rows.height]
    may_be = [(pl.col(name).abs().max() == 0).fill_null(value=True) for name in ("bid", *given)]
    rows = doubtful(rows, pl.any_horizontal(*may_be, (pl.col("iv").min() == pl.col("iv").max()).fill_null(value=True)))
    iv = pl.col("iv").drop_nulls()
    equal = (iv.len() >= FEWEST_EQUAL) & (iv.min() == iv.max()) & (pl.col("expiration").n_unique() > 1)
    quoted = ((pl.col("bid") > 0) & (pl.col("ask") >= pl.col("bid"))).fill_null(value=False).mean() >= MOSTLY
    zero = {name: (pl.col(name).count() >= FEWEST) & (pl.col(name).abs().max() == 0) for name in _GREEKS}
    return by_snapshot(
        rows,
        quotes=(pl.col("bid").max() == 0) & (pl.col("ask").max().fill_null(0) == 0),
        iv=equal & quoted,
        flat_iv=equal & ~quoted,
        **zero,
    )


_GREEKS: Final = ("delta", "gamma", "theta", "vega")


def _lost_open_interest(units: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    """The snapshots whose zero open interest contradicts the last one, or, without one, is too widespread."""
    counts = _compare_with_last(units, contracts, "open_interest")
    contradicted = pl.col("shared") >= FEWEST_HELD
    small_part = (pl.col("alive") >= FEWEST_HELD) & (pl.col("now") < MOST * pl.col("before"))
    return counts.filter(contradicted | (~small_part & (pl.col("now") >= FEWEST)))


def _lost_volume(units: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    """The snapshots without volume whose contracts traded before, or, without an earlier one, are too many."""
    counts = _compare_with_last(units, contracts, "volume")
    return counts.filter(
        (pl.col("shared") >= FEWEST_TRADED) | ((pl.col("before") == 0) & (pl.col("now") >= FEWEST_LISTED))
    )


def _compare_with_last(units: pl.DataFrame, contracts: pl.DataFrame, name: str) -> pl.DataFrame:
    """Counts of contracts per snapshot.

    `now`: contracts with a known number; `before`: contracts of the last snapshot with any number above 0; `alive`: those of them
    that were above 0 and can still be traded on the day; `shared`: those of `alive` that the snapshot has.
    """
    now = contracts.filter(pl.col(name).is_not_null()).join(units, on=UNIT, how="semi")
    positive = contracts.filter(pl.col(name) > 0)
    days = positive.select("symbol", pl.col("date").alias("last")).unique()
    last = (
        units.join(days, on="symbol").filter(pl.col("last") < pl.col("date")).group_by(UNIT).agg(pl.col("last").max())
    )
    contract = ["symbol", "root", "expiration", "strike", "option_type"]
    alive = last.join(positive.rename({"date": "last"}), on=["symbol", "last"]).filter(
        pl.col(LAST_TRADING_DAY) >= pl.col("date")
    )
    shared = alive.join(now, on=[*contract, "date"], how="semi")
    before = last.join(contracts.rename({"date": "last"}), on=["symbol", "last"])
    counts = units
    for label, rows in {"now": now, "before": before, "alive": alive, "shared": shared}.items():
        counts = counts.join(rows.group_by(UNIT).agg(pl.len().alias(label)), on=UNIT, how="left")
    return counts.with_columns(pl.col("now", "before", "alive", "shared").fill_null(0))
