"""Which levels were evaluated, which were left out, and how their distances were scaled."""

from typing import Final

from flowbt.evaluation.levels.align import REACH
from flowbt.evaluation.levels.prices import FIRST_RETURNS
from flowbt.evaluation.levels.study import LevelKind, LevelStudy
from flowbt.report.kit.formats import count, listed, plain
from flowbt.report.kit.section import Item
from flowbt.report.kit.table import Column, Table, words

MOST: Final = 8
"""Names in a list."""
REASONS: Final = {
    "no_level": "no price",
    "no_prices": "no price of the symbol on their day",
    "out_of_reach": f"a level more than {REACH:.0f} times the price or less than the inverse, as before a split",
}


def kinds_table(study: LevelStudy) -> Table:
    """The kinds of levels and how many of them have prices."""
    columns: tuple[Column[LevelKind], ...] = (
        words("Level", lambda kind: kind.kind),
        words("Treated as", lambda kind: kind.treated_as),
        Column("Levels", lambda kind: count(kind.n)),
        Column("Days", lambda kind: count(kind.dates)),
        Column("Symbols", lambda kind: count(kind.symbols)),
    )
    return Table.of("Kinds of levels", columns, study.kinds)


def input_items(study: LevelStudy) -> tuple[Item, ...]:
    """What was left out or assumed, as a list."""
    items = [
        Item("Columns", f"read as kinds of levels: {listed(study.columns, most=MOST)}.") if study.columns else None,
        _unrecognised(study),
        _without_cases(study),
        _left_out(study),
        _volatility(study),
    ]
    return tuple(filter(None, items))


def _unrecognised(study: LevelStudy) -> Item | None:
    unknown = [f"“{kind.kind}”" for kind in study.kinds if not kind.recognised]
    if not unknown:
        return None
    verb = (
        "is not a known kind of level: it is treated as a barrier, not as a pin"
        if len(unknown) == 1
        else "are not known kinds of levels: they are treated as barriers, not as pins"
    )
    return Item("Unrecognised kinds", f"{listed(unknown)} {verb}.")


def _without_cases(study: LevelStudy) -> Item | None:
    evaluated = {row.kind for row in study.gravity if any(measure.n for measure in row.measures)}
    evaluated |= {row.kind for row in study.touches if row.has_cases()}
    without = [kind.kind for kind in study.kinds if kind.kind not in evaluated]
    if not without:
        return None
    needed = f"an evaluation needs prices after a level, and {FIRST_RETURNS} daily returns before it for the volatility"
    return Item("Not evaluated", f"{listed(without, most=MOST)}: {needed}.")


def _left_out(study: LevelStudy) -> Item | None:
    reasons = [f"{plain(number, 0)} with {REASONS[reason]}" for reason, number in study.left_out.items()]
    if study.unreadable:
        reasons.append(f"{plain(study.unreadable, 0)} that could not be read")
    return Item("Left out", f"{listed(reasons)}.") if reasons else None


def _volatility(study: LevelStudy) -> Item | None:
    by_source = {
        source: [symbol for symbol, used in study.volatility.items() if used == source]
        for source in ("implied", "realised")
    }
    parts = (
        [f"implied at the money, 30 days, for {listed(by_source['implied'], most=MOST)}"]
        if by_source["implied"]
        else []
    )
    if by_source["realised"]:
        parts.append(f"realised, exponentially weighted, for {listed(by_source['realised'], most=MOST)}")
    return Item("Volatility", f"As known at the close: {'; '.join(parts)}.") if parts else None
