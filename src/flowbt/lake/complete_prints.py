"""Trade prints: which executions of a file join those stored of the day, and when the file is refused.

Executions have no key, and equal rows are as many executions, so a tape that comes twice must not be added up. Per day:

1. The file has every stored execution (time, contract, price, size) as often: it is the day, and replaces it.
2. Every print of the file is stored already: nothing is added.
3. Contracts that both have do not trade in the same span of time, or the prints in that span are equal: the file is another
   part of the day, as vendors write a file per hour, page or contract. What both have counts once.
4. Otherwise it may be the same tape with other times, or another selection of it: refused. So is a part that mostly repeats
   contracts, prices and sizes at other times, as a tape does that was read in a wrong time zone.
"""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from flowbt.lake.completion import NO_ROWS, REMEDY, Completed, Days, Refusal
from flowbt.lake.tables import UNIT
from flowbt.schema import PRINT_ORDER, PRINTS

CONTRACT: Final = ["root", "expiration", "strike", "option_type"]
TRADE: Final = [*CONTRACT, "price", "size"]
EXECUTION: Final = [*TRADE, "time"]
ALL: Final = list(PRINTS)
FEWEST: Final = 10
REPEATED: Final = 0.5
"""A part of at least `FEWEST` prints repeats a tape where more than this share of them has the contract, price and size of others."""


def complete_prints(given: pl.DataFrame, stored: pl.DataFrame, days: Days, same_run: pl.DataFrame) -> Completed:
    """Whole days of prints, from those of a file and those stored of the same days.

    Args:
        given: `flowbt.schema.PRINTS`.
        stored: the same of the same days, as the lake holds them.
        days: what the user says of the file (`flowbt.lake.completion`); `update` adds what is not stored, without asking.
        same_run: `symbol, date` of days of which an earlier file of the same command had rows.
    """
    in_run = set(same_run.select(UNIT).iter_rows())
    rows, counts, refusals = [given.clear()], [], []
    for (symbol, day), ours in given.group_by(UNIT, maintain_order=True):
        theirs = stored.filter((pl.col("symbol") == symbol) & (pl.col("date") == day))
        same = _common(ours, theirs, ALL)
        has_all, all_known = same == theirs.height, same == ours.height
        is_day = _common(ours, theirs, EXECUTION) == theirs.height
        restates = days == "replace" or (is_day and days == "complete")
        if has_all or (restates and (symbol, day) not in in_run):
            rows.append(ours)
            states = {"same": same}
            states |= {"added": ours.height - same} if has_all else {"restated": ours.height - same}
            states |= {} if is_day else {"dropped": theirs.height - same}
        elif days != "replace" and (all_known or days == "update" or _is_other_part(ours, theirs)):
            rows.append(_together(ours, theirs))
            states = {"same": same, "added": ours.height - same}
        else:
            refusals.append(_refusal(symbol, day, same, ours.height, in_run=(symbol, day) in in_run))
            continue
        counts += [(symbol, day, n, state) for state, n in states.items() if n]
    told = pl.DataFrame(counts, schema=NO_ROWS.schema, orient="row")
    return Completed(pl.concat(rows).sort(PRINT_ORDER), told, tuple(refusals))


def _common(ours: pl.DataFrame, theirs: pl.DataFrame, columns: Sequence[str]) -> int:
    """How many rows both have, in these columns; equal rows count as often as both have them."""
    counts = [rows.group_by(columns).len() for rows in (ours, theirs)]
    both = counts[0].join(counts[1], on=list(columns), nulls_equal=True, suffix="_stored")
    return int(both.select(pl.min_horizontal("len", "len_stored").cast(pl.Int64).sum()).item())


def _is_other_part(ours: pl.DataFrame, theirs: pl.DataFrame) -> bool:
    """Whether the two agree in all contracts and spans of time that both have, and do not repeat each other elsewhere."""
    span = [pl.col("time").min().alias("first"), pl.col("time").max().alias("last")]
    spans = ours.group_by(CONTRACT).agg(span).join(theirs.group_by(CONTRACT).agg(span), on=CONTRACT, suffix="_stored")
    spans = spans.select(
        *CONTRACT, first=pl.max_horizontal("first", "first_stored"), last=pl.min_horizontal("last", "last_stored")
    )
    inside_ours, inside_theirs = (
        rows.join(spans, on=CONTRACT).filter(pl.col("time").is_between("first", "last")).select(ALL)
        for rows in (ours, theirs)
    )
    both = _common(inside_ours, inside_theirs, ALL)
    if not inside_ours.height == inside_theirs.height == both:
        return False
    ours, theirs = (rows.join(spans, on=CONTRACT, how="semi") for rows in (ours, theirs))
    fewer = min(ours.height, theirs.height) - both
    return fewer < FEWEST or _common(ours, theirs, TRADE) - both <= REPEATED * fewer


def _together(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The prints of both, each as often as the one that has it more often."""

    def numbered(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(copy=pl.int_range(pl.len()).over(ALL))

    new = numbered(ours).join(numbered(theirs), on=[*ALL, "copy"], how="anti", nulls_equal=True)
    return pl.concat([theirs, new.select(ALL)])


def _refusal(symbol: Any, day: Any, same: int, prints: int, *, in_run: bool) -> Refusal:
    told = f"{prints - same:,} of the {prints:,} prints here are not among those"
    if in_run:
        return Refusal(
            symbol,
            day,
            "DAY_IN_TWO_FILES",
            f"{told}, and trade the same contracts at the same time: ingest only the file that is right, or both with --update",
        )
    return Refusal(
        symbol,
        day,
        "DAY_DIFFERS",
        f"{symbol} on {day}: {told} in the lake, and trade the same contracts in the same span of time: {REMEDY}",
    )
