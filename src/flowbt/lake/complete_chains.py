"""Option chains: which contracts of a file join those stored of the day, which restate them, and when the file is refused.

Per day, with the contracts of the file and those stored compared one by one (a contract is *contradicted* where a value is known on
both sides and differs):

1. The file has every stored contract: it is the day, and replaces it. But a column that it does not give at all, as all open
   interest, is not dropped with the day: it stays where nothing is contradicted, else the file is refused.
2. The file lacks stored contracts and contradicts none: both are kept, and cells known from one of them only are filled in.
3. It lacks stored contracts and contradicts others: it restates those whose *group* (root, expiration and side) it has whole,
   as vendors write a file per expiry or side, provided that it is of the same source. The other groups stay as they are.
4. Otherwise it may as well be a truncated file, or a snapshot of another moment: refused.

Two files of one command have no order in time, so a file that contradicts an earlier one of the same command is always refused.
The open interest of two different closes never makes one day.
"""

from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from flowbt.lake.completion import NO_ROWS, REMEDY, STORED, Completed, Days, Refusal, contradicts, difference
from flowbt.lake.tables import UNIT
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
"""What two files of one moment agree in; when and from where it was taken may differ."""
GROUP: Final = [*UNIT, "root", "expiration", "option_type"]
IS_GIVEN, IS_STORED = pl.col("is_given"), pl.col("is_stored")


def complete_chains(given: pl.DataFrame, stored: pl.DataFrame, days: Days, same_run: pl.DataFrame) -> Completed:
    """Whole days of strike rows, from those of a file and those stored of the same days.

    Args:
        given: `flowbt.schema.STRIKE_ROWS`.
        stored: the same of the same days, as the lake holds them.
        days: what the user says of the file (`flowbt.lake.completion`).
        same_run: `symbol, date` of days of which an earlier file of the same command had rows.
    """
    both = _beside(to_contract_rows(given), to_contract_rows(stored))
    verdicts = _verdicts(both, days, same_run)
    refusals = _refusals(both, verdicts.filter(pl.col("code").is_not_null()))
    both = both.join(verdicts.filter(pl.col("code").is_null()), on=UNIT, how="inner", maintain_order="left")
    result = _with_result(both, days)
    rows = result.filter(IS_GIVEN | ~pl.col("replaces")).select(
        *KEY, *(pl.col(f"{name} now").alias(name) for name in VALUES)
    )
    # what is said once for the call and the put of a strike is taken from the call, and may be known from the put's file only
    shared = [pl.coalesce(name, pl.col(name).max().over(STRIKE_KEY)).alias(name) for name in SNAPSHOT_COLUMNS]
    return Completed(to_strike_rows(rows.with_columns(shared).select(*CONTRACT_ROWS)), _given(result), refusals)


def _beside(given: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """The contracts of both, with where each is from and whether the file contradicts what is stored of it."""
    both = given.with_columns(is_given=pl.lit(value=True)).join(
        stored.with_columns(is_stored=pl.lit(value=True)), on=KEY, how="full", coalesce=True, suffix=STORED
    )
    return both.with_columns(
        pl.col("is_given", "is_stored").fill_null(value=False), contradicts(COMPARED).alias("contradicted")
    ).with_columns(
        # a group is whole where the file lacks none of its stored contracts
        in_whole_group=~(IS_STORED & ~IS_GIVEN).any().over(GROUP),
        group_contradicted=pl.col("contradicted").any().over(GROUP),
    )


def _verdicts(both: pl.DataFrame, days: Days, same_run: pl.DataFrame) -> pl.DataFrame:
    """Of each day how the file's rows and the stored ones are put together, or the `code` for which the file is refused.

    `replaces`: the file's rows are the day; `restates`: where the file contradicts a group, its rows count.
    """
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
    if days == "update":
        replaces, code = pl.lit(value=False), pl.lit(None, pl.String)
    two_closes = pl.when(~replaces & pl.col("two_closes").fill_null(value=False)).then(pl.lit("TWO_CLOSES"))
    return facts.select(*UNIT, replaces.alias("replaces"), pl.coalesce(code, two_closes).alias("code"))


def _with_result(both: pl.DataFrame, days: Days) -> pl.DataFrame:
    """Beside each value what it is `now`."""
    replaced = IS_GIVEN & (pl.col("replaces") | (pl.col("group_contradicted") & pl.lit(days != "update")))
    first = IS_GIVEN if days == "update" else pl.lit(value=False)
    held_from_file = pl.col("open_interest").is_not_null() & (first | pl.col(f"open_interest{STORED}").is_null())

    def now(name: str) -> pl.Expr:
        ours, theirs = pl.col(name), pl.col(name + STORED)
        # which close it is of is said by who gives the open interest
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


def _given(result: pl.DataFrame) -> pl.DataFrame:
    """What became of each contract of the file, and of the stored ones that it replaces (`flowbt.lake.completion.Completed`)."""
    differs = [pl.col(f"{name} now").ne_missing(pl.col(name + STORED)) for name in VALUES]
    known = [pl.col(name + STORED).is_not_null() for name in VALUES]
    state = (
        pl.when(~IS_GIVEN & pl.col("replaces"))
        .then(pl.lit("dropped"))
        .when(~IS_GIVEN)
        .then(None)
        .when(~IS_STORED)
        .then(pl.lit("added"))
        .when(~pl.any_horizontal(differs))
        .then(pl.lit("same"))
        .when(pl.any_horizontal(differ & told for differ, told in zip(differs, known, strict=True)))
        .then(pl.lit("restated"))
        .otherwise(pl.lit("added"))
    )
    states = result.select(*KEY, pl.lit(1, pl.Int64).alias("rows"), state.alias("state"))
    return states.filter(pl.col("state").is_not_null()).select(*KEY, *NO_ROWS.columns[2:])


def _refusals(both: pl.DataFrame, refused: pl.DataFrame) -> tuple[Refusal, ...]:
    return tuple(_refusals_of(both, refused.select(*UNIT, "code").iter_rows()))


def _refusals_of(both: pl.DataFrame, refused: Iterable[tuple[Any, ...]]) -> Iterable[Refusal]:
    for symbol, day, code in refused:
        rows = both.filter((pl.col("symbol") == symbol) & (pl.col("date") == day))
        given, lacking = rows.filter(IS_GIVEN), rows.filter(~IS_GIVEN).height
        odd = rows.filter("contradicted")
        differing = f"{odd.height:,} of the {given.height:,} contracts here"
        if odd.height:
            differing += f" differ ({_example(odd.row(0, named=True))})"
        reason = {
            "DAY_IN_TWO_FILES": f"{differing}: ingest the files one after the other with --update, or only the one that is right",
            "DAY_DIFFERS": f"{symbol} on {day}: {differing} from the lake, and the file lacks {lacking:,} contracts of that day: {REMEDY}",
            "COLUMN_LOST": (
                f"{symbol} on {day}: {differing} from the lake, and the file gives no {', '.join(_lost(rows))}, which the lake has: "
                "--replace drops what is stored, --update keeps what the file does not give"
            ),
            "TWO_CLOSES": (
                f"{symbol} on {day}: the open interest here is of another close than that stored of the same day: "
                "say with --oi-lag which close it is of"
            ),
        }[code]
        yield Refusal(symbol, day, code, reason)


def _example(row: dict[str, Any]) -> str:
    contract = f"{row['expiration']} {row['strike']:g} {row['option_type']}"
    return f"the {contract}: {difference(row, COMPARED)}"


def _lost(rows: pl.DataFrame) -> list[str]:
    given, shared = rows.filter(IS_GIVEN), rows.filter(IS_GIVEN & IS_STORED)
    return [name for name in QUOTE_COLUMNS if given[name].is_null().all() and not shared[name + STORED].is_null().all()]
