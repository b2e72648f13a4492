"""Write the rows of files: each day is combined with the stored day and written whole, in one commit.

The rules are in `flowbt.lake.intake.merge`. They are applied while no other writer can commit, so two processes that write two parts of
a day lose neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl

from flowbt.lake.delta.tables import ACTIONS, CHAINS, PRICES, TABLES, TAPE, UNIT
from flowbt.lake.delta.write import write_units
from flowbt.lake.derived_columns import as_stored
from flowbt.lake.intake.merge import NO_ROWS, Completed, Days, UnitsRefusedError, complete_by_key
from flowbt.lake.intake.merge_chains import complete_chains
from flowbt.lake.intake.merge_prints import complete_prints
from flowbt.lake.placeholders import restore_zeros
from flowbt.lake.store import Lake
from flowbt.schema import PRINTS, STRIKE_ROWS, ZERO_COLUMNS

Rule = Callable[[pl.DataFrame, pl.DataFrame, Days, pl.DataFrame], Completed]
RULES: Final[Mapping[str, Rule]] = {
    CHAINS.name: complete_chains,
    PRICES.name: partial(complete_by_key, key=UNIT),
    ACTIONS.name: partial(complete_by_key, key=[*UNIT, "kind"]),
    TAPE.name: complete_prints,
}
NO_UNITS: Final = pl.DataFrame(
    schema={name: NO_ROWS.schema[name] for name in UNIT}
)  # a query would start threads on import


@dataclass(frozen=True)
class WriteOutcome:
    """The outcome of writing days.

    Attributes:
        states: `symbol, date, state`: the day is `new`, `unchanged`, or `restated` (completed or changed).
        given: for days that were stored with other content, the outcome of the rows (`flowbt.lake.intake.merge.Completed`).
    """

    states: pl.DataFrame
    given: pl.DataFrame


def write_days(
    lake: Lake,
    table: str,
    rows: pl.DataFrame,
    note: Mapping[str, str] | None = None,
    *,
    days: Days = "complete",
    same_run: pl.DataFrame = NO_UNITS,
    stale: pl.DataFrame | None = None,
    unknown: pl.DataFrame | None = None,
    dry_run: bool = False,
) -> WriteOutcome:
    """Write rows of whole or partial days in one commit.

    Args:
        lake: the lake to write to.
        table: `chains`, `prices`, `prints` or `actions`.
        rows: strike rows, bars, prints or actions.
        note: facts to keep with the commit.
        days: the user's choice (`flowbt.lake.intake.merge`).
        same_run: `symbol, date` of days that an earlier file of the same command also has.
        stale: for chains, `symbol, date` of days that repeat the open interest of the day before.
        unknown: for chains, `symbol, date, what` of columns with only a placeholder, in the file and the stored parts of its days.
        dry_run: apply the rules and write nothing.

    Raises:
        UnitsRefusedError: some days cannot be combined with the stored ones; nothing was written.
    """
    columns = {CHAINS.name: STRIKE_ROWS, TAPE.name: PRINTS}.get(table)
    given = NO_ROWS

    def stored(whole: pl.DataFrame) -> pl.DataFrame:
        return whole if columns is None else as_stored(whole, columns, table, stale, unknown)

    def complete(parts: pl.DataFrame) -> pl.DataFrame:
        nonlocal given
        lake.forget()
        own = parts if columns is None else restore_zeros(parts).select(*columns)
        completed = RULES[table](own, _stored_rows(lake, table, own), days, same_run)
        if completed.refusals:
            raise UnitsRefusedError(completed.refusals)
        given = completed.given
        return stored(completed.rows)

    states = write_units(lake.ledger.to_write(TABLES[table]), stored(rows), note or {}, complete, dry_run=dry_run)
    lake.forget()
    return WriteOutcome(states, given)


def _stored_rows(lake: Lake, table: str, units: pl.DataFrame) -> pl.DataFrame:
    """The stored rows of the same days."""
    symbols = units["symbol"].unique().to_list()
    first, last = units.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
    if table == CHAINS.name:
        rows = restore_zeros(lake.strike_rows([*STRIKE_ROWS, *ZERO_COLUMNS.values()], symbols, first, last))
    elif table == TAPE.name:
        rows = lake.prints(symbols, first, last)
    else:
        rows = lake.bars(symbols) if table == PRICES.name else lake.actions(symbols)
    return rows.join(units, on=UNIT, how="semi", maintain_order="left")
