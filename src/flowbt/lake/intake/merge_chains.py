"""Option chains: which contracts of a file complete the stored day, which restate it, and when the file is refused.

The contracts of the file and of the stored day are compared one by one. A contract is *contradicted* if a value is known in both and
differs. For each day:

1. The file has every stored contract: it replaces the day. If it lacks a whole column that the lake has, such as open interest, the
   stored column is kept when no contract is contradicted; otherwise the file is refused (`COLUMN_LOST`).
2. The file lacks stored contracts and contradicts none: the contracts of both are kept, and unknown values are filled in.
3. The file lacks stored contracts and contradicts others: it restates a *group* (root, expiration and side) if it has every stored
   contract of the group and comes from the same source, since vendors write one file per expiry or per side. Other groups are kept.
4. Otherwise the file may be truncated, or a snapshot taken at another time: it is refused (`DAY_DIFFERS`).

A file of a format whose files are parts (`part`) adds its contracts to the day. Of a contract that is stored with other values the later
quote is kept, by `quote_time`; where that is equal or unknown, the file that is ingested later counts.

Two files of one command have no order in time other than their quote times, so a file that contradicts an earlier one of the same command
is refused (`DAY_IN_TWO_FILES`), unless `--update` is given. Open interest of two different closes is never combined into one day (`TWO_CLOSES`).
"""

from datetime import date
from typing import Any, Final

import polars as pl

from flowbt.lake.delta.tables import UNIT
from flowbt.lake.intake.merge import (
    IN_ONE_COMMAND,
    NO_ROWS,
    REMEDY,
    STORED,
    Completed,
    Days,
    Refusal,
    contradicts,
    difference,
)
from flowbt.schema import (
    CONTRACT_KEY,
    CONTRACT_ROWS,
    QUOTE_COLUMNS,
    SNAPSHOT_COLUMNS,
    STRIKE_KEY,
    to_contract_rows,
    to_strike_rows,
)

KEY: Final = list(CONTRACT_KEY)
VALUES: Final = [name for name in CONTRACT_ROWS if name not in CONTRACT_KEY]
COMPARED: Final = (*QUOTE_COLUMNS, "multiplier", "underlying_price")
"""Values that must agree for two files to describe the same snapshot; `quote_time` and `source` may differ."""
GROUP: Final = [*UNIT, "root", "expiration", "option_type"]
IS_GIVEN, IS_STORED, IS_OLDER = pl.col("is_given"), pl.col("is_stored"), pl.col("is_older")


def complete_chains(given: pl.DataFrame, stored: pl.DataFrame, days: Days, same_run: pl.DataFrame) -> Completed:
    """Combine the strike rows of a file with the stored strike rows of the same days.

    Args:
        given: `flowbt.schema.STRIKE_ROWS` from the file.
        stored: `flowbt.schema.STRIKE_ROWS` of the same days from the lake.
        days: the user's choice (`flowbt.lake.intake.merge`).
        same_run: `symbol, date` of days that an earlier file of the same command also has.
    """
    both = _side_by_side(to_contract_rows(given), to_contract_rows(stored))
    both = both.with_columns(is_older=(pl.col("quote_time") < pl.col("quote_time" + STORED)).fill_null(value=False))
    verdicts = _verdicts(both, days, same_run)
    refusals = _refusals(both, verdicts.filter(pl.col("code").is_not_null()))
    both = both.join(verdicts.filter(pl.col("code").is_null()), on=UNIT, how="inner", maintain_order="left")
    result = _with_result(both, days)
    rows = result.filter(IS_GIVEN | ~pl.col("replaces")).select(
        *KEY, *(pl.col(f"{name} now").alias(name) for name in VALUES)
    )
    # columns shared by the call and the put of a strike are taken from the call, but only the put's file may have them
    shared = [pl.coalesce(name, pl.col(name).max().over(STRIKE_KEY)).alias(name) for name in SNAPSHOT_COLUMNS]
    return Completed(to_strike_rows(rows.with_columns(shared).select(*CONTRACT_ROWS)), _given(result, days), refusals)


def _side_by_side(given: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """The contracts of the file and of the lake side by side, and whether the file contradicts the stored values."""
    both = given.with_columns(is_given=pl.lit(value=True)).join(
        stored.with_columns(is_stored=pl.lit(value=True)), on=KEY, how="full", coalesce=True, suffix=STORED
    )
    return both.with_columns(
        pl.col("is_given", "is_stored").fill_null(value=False), contradicts(COMPARED).alias("contradicted")
    ).with_columns(
        in_whole_group=~(IS_STORED & ~IS_GIVEN).any().over(GROUP),
        group_contradicted=pl.col("contradicted").any().over(GROUP),
    )


def _verdicts(both: pl.DataFrame, days: Days, same_run: pl.DataFrame) -> pl.DataFrame:
    """For each day, whether the file `replaces` it, and the `code` if the file is refused."""
    shared = IS_GIVEN & IS_STORED
    lost = [
        (shared & pl.col(name + STORED).is_not_null()).any() & (IS_GIVEN & pl.col(name).is_not_null()).any().not_()
        for name in QUOTE_COLUMNS
    ]
    loses_cells = pl.any_horizontal(
        shared & pl.col(name + STORED).is_not_null() & pl.col(name).is_null() for name in QUOTE_COLUMNS
    )
    closes = [
        pl.col(f"oi_lag{suffix}").filter(pl.col(f"open_interest{suffix}").is_not_null()).drop_nulls()
        for suffix in ("", STORED)
    ]
    facts = both.group_by(UNIT, maintain_order=True).agg(
        whole=(IS_STORED & ~IS_GIVEN).any().not_(),
        contradicted=pl.col("contradicted").any(),
        restatable=(
            pl.col("in_whole_group") & (pl.col("source") == pl.col("source" + STORED)) | ~pl.col("contradicted")
        ).all(),
        lost=pl.any_horizontal(lost),
        loses_cells=loses_cells.any(),
        undated=(
            pl.col("contradicted")
            & (pl.col("quote_time") != pl.col("quote_time" + STORED)).fill_null(value=False).not_()
        ).any(),
        two_closes=(closes[0].n_unique() == 1) & (closes[1].n_unique() == 1) & (closes[0].first() != closes[1].first()),
    )
    facts = facts.join(same_run.select(UNIT).with_columns(in_run=pl.lit(value=True)), on=UNIT, how="left")
    in_run = pl.col("in_run").fill_null(value=False)
    whole, contradicted = pl.col("whole"), pl.col("contradicted")
    replaces: pl.Expr
    code: pl.Expr
    if days == "replace":
        replaces, code = pl.lit(value=True), pl.when(in_run & (contradicted | ~whole)).then(pl.lit("DAY_IN_TWO_FILES"))
    else:
        replaces = whole & ~in_run & (contradicted | ~pl.col("loses_cells"))
        code = (
            pl.when(in_run & contradicted)
            .then(pl.lit("DAY_IN_TWO_FILES"))
            .when(whole & contradicted & pl.col("lost"))
            .then(pl.lit("COLUMN_LOST"))
            .when(~whole & contradicted & ~pl.col("restatable"))
            .then(pl.lit("DAY_DIFFERS"))
            .when(~whole & contradicted & pl.col("lost"))
            .then(pl.lit("COLUMN_LOST"))
        )
    if days in {"update", "part"}:
        replaces, code = pl.lit(value=False), pl.lit(None, pl.String)
    if days == "part":
        code = pl.when(in_run & pl.col("undated")).then(pl.lit("DAY_IN_TWO_FILES"))
    two_closes = pl.when(~replaces & pl.col("two_closes").fill_null(value=False)).then(pl.lit("TWO_CLOSES"))
    return facts.select(*UNIT, replaces.alias("replaces"), pl.coalesce(code, two_closes).alias("code"))


def _with_result(both: pl.DataFrame, days: Days) -> pl.DataFrame:
    """The combined value of each column, in a column with ` now` after its name."""
    replaced = IS_GIVEN & (pl.col("replaces") | (pl.col("group_contradicted") & pl.lit(days == "complete")))
    first = {"update": IS_GIVEN, "part": IS_GIVEN & ~IS_OLDER}.get(days, pl.lit(value=False))
    held_from_file = pl.col("open_interest").is_not_null() & (first | pl.col(f"open_interest{STORED}").is_null())

    def now(name: str) -> pl.Expr:
        ours, theirs = pl.col(name), pl.col(name + STORED)
        # the lag belongs to the open interest, so it comes from the same file
        prefer_ours = held_from_file if name == "oi_lag" else first
        return (
            pl.when(replaced)
            .then(ours)
            .when(prefer_ours)
            .then(pl.coalesce(ours, theirs))
            .otherwise(pl.coalesce(theirs, ours))
            .alias(f"{name} now")
        )

    return both.with_columns(now(name) for name in VALUES)


def _given(result: pl.DataFrame, days: Days) -> pl.DataFrame:
    """The outcome of each contract of the file, and of stored contracts that are dropped (`flowbt.lake.intake.merge.Completed`)."""
    differs = [pl.col(f"{name} now").ne_missing(pl.col(name + STORED)) for name in VALUES]
    was_known = [pl.col(name + STORED).is_not_null() for name in VALUES]
    state = (
        pl.when(~IS_GIVEN & pl.col("replaces"))
        .then(pl.lit("dropped"))
        .when(~IS_GIVEN)
        .then(None)
        .when(~IS_STORED)
        .then(pl.lit("added"))
        .when(pl.lit(days == "part") & IS_OLDER & pl.col("contradicted"))
        .then(pl.lit("not taken"))
        .when(~pl.any_horizontal(differs))
        .then(pl.lit("same"))
        .when(pl.any_horizontal(differ & stored for differ, stored in zip(differs, was_known, strict=True)))
        .then(pl.lit("restated"))
        .otherwise(pl.lit("added"))
    )
    states = result.select(*KEY, pl.lit(1, pl.Int64).alias("rows"), state.alias("state"))
    return states.filter(pl.col("state").is_not_null()).select(*KEY, *NO_ROWS.columns[2:])


def _refusals(both: pl.DataFrame, refused: pl.DataFrame) -> tuple[Refusal, ...]:
    """The refused days by date; only the first one has a reason in full, since it is the one that is reported."""
    units = refused.select(*UNIT, "code").sort("date", "symbol").rows()
    return tuple(
        Refusal(symbol, day, code, "" if place else _reason(both, symbol, day, code))
        for place, (symbol, day, code) in enumerate(units)
    )


def _reason(both: pl.DataFrame, symbol: str, day: date, code: str) -> str:
    rows = both.filter((pl.col("symbol") == symbol) & (pl.col("date") == day))
    given, lacking = rows.filter(IS_GIVEN), rows.filter(~IS_GIVEN).height
    contradicted = rows.filter("contradicted")
    differ = f"{contradicted.height:,} of its {given.height:,} contracts differ"
    if contradicted.height:
        where = "there" if code == "DAY_IN_TWO_FILES" else "stored"
        differ += f" (for example {_example(contradicted.row(0, named=True), where)})"
    if code == "DAY_IN_TWO_FILES":
        return f"{differ}: {IN_ONE_COMMAND} (in a mapping file: part = true)"
    if code == "COLUMN_LOST":
        return (
            f"{symbol} on {day}: {differ} from the lake, and the file has no {', '.join(_lost(rows))}, which the lake has: "
            "use --replace to drop the stored values, or --update to keep them"
        )
    if code == "TWO_CLOSES":
        return (
            f"{symbol} on {day}: the open interest in the file and in the lake is of different closes: "
            "use --oi-lag to specify which close the file has"
        )
    return (
        f"{symbol} on {day}: {differ} from the lake, and the file lacks {lacking:,} of the stored contracts: {REMEDY}"
    )


def _example(row: dict[str, Any], where: str) -> str:
    contract = f"{row['expiration']} {row['strike']:g} {row['option_type']}"
    return f"the {contract}: {difference(row, COMPARED, where)}"


def _lost(rows: pl.DataFrame) -> list[str]:
    given, shared = rows.filter(IS_GIVEN), rows.filter(IS_GIVEN & IS_STORED)
    return [name for name in QUOTE_COLUMNS if given[name].is_null().all() and not shared[name + STORED].is_null().all()]
