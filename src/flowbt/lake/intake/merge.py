"""How the rows of a file are combined with the rows that the lake already has for the same days.

A day may come in one file or in several, for example one per expiry, so a file is not assumed to be the whole day:

- Contracts that the lake does not have are added to the day.
- A file with every stored contract of the day restates the day.
- A file with some of the stored contracts restates them only if they are clearly a part of the day (`flowbt.lake.intake.merge_chains`).
- Otherwise the file is refused: no stored value is dropped or changed unless the user asks for it.

`Days` is the user's choice: `complete` applies these rules, `replace` treats each file as the whole day, and `update` treats each file as
a part of the day whose values overwrite the stored ones. `part` is for formats whose files are parts: `update`, except that an older quote
does not overwrite a later one. The result does not depend on the order in which the parts of a day arrive. Of values that contradict each
other, the later quote is kept if the format is a `part` format with quote times, and otherwise the file that is ingested later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

import polars as pl

from flowbt.lake.delta.tables import UNIT

Days = Literal["complete", "replace", "update", "part"]
STORED: Final = " stored"
"""After the name of a column: its value in the lake."""
REMEDY: Final = (
    "use --replace if the file is the whole day, or --update if its values correct a part of it "
    "(in a mapping file: part = true)"
)
IN_ONE_COMMAND: Final = (
    "ingest only the file that is right, or both one after the other, the second with --replace if it is the whole day or with --update "
    "if its values correct the first"
)
"""What to do about two files of one command that differ."""
NO_ROWS: Final = pl.DataFrame(
    schema={"symbol": pl.String(), "date": pl.Date(), "rows": pl.Int64(), "state": pl.String()}
)


@dataclass(frozen=True)
class Refusal:
    """A day of a file that cannot be combined with the stored day, and the reason."""

    symbol: str
    date: date
    code: str
    reason: str


class UnitsRefusedError(Exception):
    """Some days cannot be stored; nothing was written."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(f"{one.code}: {one.reason}" for one in refusals))
        self.refusals = tuple(refusals)


@dataclass(frozen=True)
class Completed:
    """Whole days, combined from the rows of a file and the stored rows.

    Attributes:
        rows: rows of the table, for the days that are not refused.
        given: outcome of the file's rows: `symbol, date`, for chains also the contract, `rows` (a count) and `state`: `same` (as stored),
            `added` (a new row, or new values where none were known), `restated`, `not taken` (an older quote than the stored one), and
            `dropped` for stored rows that were removed.
        refusals: the days that are refused.
    """

    rows: pl.DataFrame
    given: pl.DataFrame = field(default_factory=lambda: NO_ROWS)
    refusals: tuple[Refusal, ...] = ()


def contradicts(names: Sequence[str]) -> pl.Expr:
    """Whether any of these values is known in both the file and the lake, and differs."""
    return pl.any_horizontal((pl.col(name) != pl.col(name + STORED)).fill_null(value=False) for name in names)


def complete_by_key(
    given: pl.DataFrame, stored: pl.DataFrame, days: Days, same_run: pl.DataFrame, *, key: Sequence[str]
) -> Completed:
    """Combine price bars or corporate actions: values in the file overwrite stored ones, and values it does not give are kept.

    Args:
        given: rows of the table.
        stored: the stored rows of the same days.
        days: the user's choice; `replace` drops what the file does not have.
        same_run: `symbol, date` of days that an earlier file of the same command also has; unless `days` is `update`, their values must
            not differ.
        key: the columns that identify a row.
    """
    values = [name for name in given.columns if name not in key]
    both = given.with_columns(is_given=pl.lit(value=True)).join(
        stored.with_columns(is_stored=pl.lit(value=True)), on=list(key), how="full", coalesce=True, suffix=STORED
    )
    both = both.with_columns(
        pl.col("is_given", "is_stored").fill_null(value=False), contradicts(values).alias("contradicts")
    )
    differing = both.filter("contradicts" if days != "update" else pl.lit(value=False))
    refused = differing.join(same_run, on=UNIT, how="semi").unique(UNIT, keep="first", maintain_order=True)
    refusals = [
        Refusal(row["symbol"], row["date"], "DAY_IN_TWO_FILES", f"{difference(row, values, 'there')}: {IN_ONE_COMMAND}")
        for row in refused.iter_rows(named=True)
    ]
    both = both.join(refused, on=UNIT, how="anti", maintain_order="left")
    if days == "replace":
        result = [pl.col(name) for name in values]
        kept = both.filter("is_given")
    else:
        result = [pl.coalesce(name, name + STORED).alias(name) for name in values]
        kept = both
    in_both = pl.col("is_given") & pl.col("is_stored")
    changed = pl.any_horizontal(
        expression.ne_missing(pl.col(name + STORED)) for name, expression in zip(values, result, strict=True)
    )
    lost = pl.any_horizontal(
        pl.col(name + STORED).is_not_null() & expression.ne_missing(pl.col(name + STORED))
        for name, expression in zip(values, result, strict=True)
    )
    state = (
        pl.when(~pl.col("is_given"))
        .then(pl.lit("dropped" if days == "replace" else None, pl.String))
        .when(in_both & ~changed)
        .then(pl.lit("same"))
        .when(in_both & lost)
        .then(pl.lit("restated"))
        .otherwise(pl.lit("added"))
    )
    states = both.select(*UNIT, state.alias("state")).drop_nulls("state")
    counted = states.group_by(*UNIT, "state").agg(pl.len().cast(pl.Int64).alias("rows")).select(NO_ROWS.columns)
    return Completed(kept.select(*key, *result).select(given.columns), counted, tuple(refusals))


def difference(row: Mapping[str, Any], names: Iterable[str], where: str = "stored") -> str:
    """The first number that differs, as text for a message; `where` describes the other number."""
    for name in names:
        ours, theirs = row[name + STORED], row[name]
        if ours is not None and theirs is not None and ours != theirs:
            return f"{name} {theirs:g}, {where} {ours:g}"
    return "some values differ"
