"""Checks of option chains that need earlier days: copies of the day before, stale open interest, placeholder columns, flags."""

from dataclasses import dataclass, field

import polars as pl

from flowbt.lake.flags import contract_flags, impossible_lasts
from flowbt.lake.intake.day_checks import NO_DAYS, check_days
from flowbt.lake.intake.previous_days import NO_CONTRACTS, PreviousDays
from flowbt.lake.intake.quality import counted
from flowbt.lake.intake.sentinels import (
    NO_PLACEHOLDERS,
    find_placeholders,
    placeholders_as_null,
    restated_as_zero,
    without_placeholders,
)
from flowbt.lake.intake.symbol_exchanges import SymbolExchanges
from flowbt.schema import SNAPSHOT_KEY


@dataclass(frozen=True)
class SnapshotChecks:
    """The results for the snapshots of a group of days.

    Attributes:
        days: `symbol, date` and `flowbt.lake.intake.day_checks.DAY_FLAGS`.
        placeholders: `symbol, date, what` of columns that contain only a placeholder (`flowbt.lake.intake.sentinels`).
        warnings: number of contracts for each warning code.
    """

    days: pl.DataFrame = field(default_factory=lambda: NO_DAYS)
    placeholders: pl.DataFrame = field(default_factory=lambda: NO_PLACEHOLDERS)
    warnings: dict[str, int] = field(default_factory=dict)


def check_snapshots(
    rows: pl.DataFrame,
    units: pl.DataFrame,
    previous: PreviousDays,
    exchange_of: SymbolExchanges,
    *,
    any_day: bool,
    whole_days: bool,
) -> SnapshotChecks:
    """Check the contract rows of whole or partial snapshots, and add these snapshots to `previous`.

    Args:
        rows: contract rows.
        units: `symbol, date` of their snapshots.
        previous: the snapshots before, and what is already known about these days.
        exchange_of: the exchange of each symbol, whose sessions apply.
        any_day: accept days without a session.
        whole_days: the rows are whole days, so contracts that are already known are ignored.

    Raises:
        RejectedFileError: `NOT_A_SESSION` or `COPY_OF_PREVIOUS_DAY`.
    """
    firsts = units.group_by("symbol").agg(pl.col("date").min())
    if not firsts.height:
        return SnapshotChecks()
    before, exchanges = previous.before(firsts), exchange_of.of(firsts["symbol"])
    known_contracts = NO_CONTRACTS if whole_days else previous.already_known(units.select(SNAPSHOT_KEY))
    restated = restated_as_zero(rows, known_contracts)
    rows = placeholders_as_null(rows, restated)
    days = check_days(rows, before, exchanges, any_day=any_day, known_contracts=known_contracts)

    def last_with(what: str, units: pl.DataFrame) -> pl.DataFrame:
        return previous.last_with(what, before.snapshots.join(units, on="symbol", how="semi"))

    new = find_placeholders(rows, days.contracts, last_with, exchanges)
    facts = days.facts.select("symbol", "date", "strikes", "underlying_price")
    previous.add(placeholders_as_null(days.contracts, new), facts)
    placeholders = pl.concat([restated, new])
    warnings = _warnings(without_placeholders(rows, placeholders)[0])
    return SnapshotChecks(days.facts.select(NO_DAYS.columns), placeholders, warnings)


def _warnings(kept: pl.DataFrame) -> dict[str, int]:
    flags = {name.upper(): flag for name, flag in contract_flags().items()}
    flags |= {"MISSING_UNDERLYING": pl.col("underlying_price").is_null()}
    with_last = kept.filter(pl.col("last") > 0, (pl.col("volume") > 0).fill_null(value=True))
    return counted(kept, flags) | counted(with_last, {"IMPOSSIBLE_LAST": impossible_lasts()})
