"""Trade prints: which prints of a file complete the stored day, and when the file is refused.

Prints have no key, and equal rows are separate executions, so a tape that is ingested twice must not be counted twice. For each day:

1. The file has every stored execution (time, contract, price, size), equally often: it replaces the day.
2. Every print of the file is stored already: nothing is added.
3. The contracts in both trade in different time spans, or the prints in the common span are equal: the file is another part of the day,
   since vendors write one file per hour, page or contract. Prints in both are stored once.
4. Otherwise the file may be the same tape with other times, or another selection of it: it is refused (`DAY_DIFFERS`). So is a file whose
   contracts, prices and sizes mostly repeat stored ones at other times, as when a tape was read in the wrong time zone.
"""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from flowbt.lake.delta.tables import UNIT
from flowbt.lake.intake.merge import NO_ROWS, REMEDY, Completed, Days, Refusal
from flowbt.schema import PRINT_ORDER, PRINTS

CONTRACT: Final = ["root", "expiration", "strike", "option_type"]
TRADE: Final = [*CONTRACT, "price", "size"]
EXECUTION: Final = [*TRADE, "time"]
ALL: Final = list(PRINTS)
FEWEST: Final = 10
REPEATED: Final = 0.5
"""A file repeats the stored tape if more than this share of its prints, and at least `FEWEST` prints, have a stored contract, price and size."""


def complete_prints(given: pl.DataFrame, stored: pl.DataFrame, days: Days, same_run: pl.DataFrame) -> Completed:
    """Combine the prints of a file with the stored prints of the same days.

    Args:
        given: `flowbt.schema.PRINTS` from the file.
        stored: `flowbt.schema.PRINTS` of the same days from the lake.
        days: the user's choice (`flowbt.lake.intake.merge`); `update` adds every print that is not stored.
        same_run: `symbol, date` of days that an earlier file of the same command also has.
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
            rows.append(_union(ours, theirs))
            states = {"same": same, "added": ours.height - same}
        else:
            refusals.append(_refusal(symbol, day, same, ours.height, in_run=(symbol, day) in in_run))
            continue
        counts += [(symbol, day, n, state) for state, n in states.items() if n]
    outcomes = pl.DataFrame(counts, schema=NO_ROWS.schema, orient="row")
    return Completed(pl.concat(rows).sort(PRINT_ORDER), outcomes, tuple(refusals))


def _common(ours: pl.DataFrame, theirs: pl.DataFrame, columns: Sequence[str]) -> int:
    """How many rows the two have in common, by these columns, counting equal rows as often as both have them."""
    counts = [rows.group_by(columns).len() for rows in (ours, theirs)]
    both = counts[0].join(counts[1], on=list(columns), nulls_equal=True, suffix="_stored")
    return int(both.select(pl.min_horizontal("len", "len_stored").cast(pl.Int64).sum()).item())


def _is_other_part(ours: pl.DataFrame, theirs: pl.DataFrame) -> bool:
    """Whether the two agree in the contracts and time spans that both cover, and do not repeat each other elsewhere."""
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


def _union(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The prints of both; equal rows are kept as often as in the one that has more of them."""

    def numbered(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(copy=pl.int_range(pl.len()).over(ALL))

    new = numbered(ours).join(numbered(theirs), on=[*ALL, "copy"], how="anti", nulls_equal=True)
    return pl.concat([theirs, new.select(ALL)])


def _refusal(symbol: Any, day: Any, same: int, prints: int, *, in_run: bool) -> Refusal:
    new = f"{prints - same:,} of its {prints:,} prints are not in"
    conflict = "but are of the same contracts and times, or repeat their prices and sizes"
    if in_run:
        remedy = "ingest only the file that is right, or add the prints of both with --update"
        return Refusal(symbol, day, "DAY_IN_TWO_FILES", f"{new} that file, {conflict}: {remedy}")
    return Refusal(symbol, day, "DAY_DIFFERS", f"{symbol} on {day}: {new} the lake, {conflict}: {REMEDY}")
