"""Size of moves: how far the price moved after each verdict, whichever way."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.inference import SIGNIFICANT
from flowbt.evaluation.move_size import MoveSize, SizeOutcome
from flowbt.report.evaluation.rows import DIRECTIONS, signed_interval
from flowbt.report.kit.formats import count, hundredths, p_phrase, p_value, percent
from flowbt.report.kit.section import Fact, Section
from flowbt.report.kit.table import Column, Table, words

METHOD: Final = (
    Fact(
        "Size of moves",
        "The range of the next session (log of high over low) and the absolute return of one session, less the symbol's mean.",
    ),
)
OUTCOMES: Final[dict[SizeOutcome, str]] = {
    "next_range": "range of the next session",
    "absolute_return": "absolute return",
}
COLUMNS: Final[tuple[Column[MoveSize], ...]] = (
    words("Outcome", lambda row: OUTCOMES[row.outcome]),
    words("Verdict", lambda row: row.verdict),
    Column("n", lambda row: count(row.n)),
    Column("Mean", lambda row: percent(row.mean, 2)),
    Column("Excess", lambda row: hundredths(row.excess)),
    Column("95% CI", lambda row: signed_interval(row.ci)),
    Column("p", lambda row: p_value(row.p_value)),
)


def section(sizes: Sequence[MoveSize]) -> Section:
    """How large the moves were after each verdict."""
    return Section("Size of moves", tables=(Table.of("Size of moves", COLUMNS, sizes),), detail=True)


def size_sentence(sizes: Sequence[MoveSize], horizon: HorizonEvaluation) -> str:
    """Whether the verdicts predict how far the price moves, whichever way: the strongest of all such tests.

    Args:
        sizes: after each verdict.
        horizon: the headline horizon: do the verdicts predict the direction, too?
    """
    tested = {
        row: row.p_value
        for row in sizes
        if row.verdict in DIRECTIONS and row.p_value is not None and row.excess is not None
    }
    if not tested:
        return ""
    strongest = min(tested, key=tested.__getitem__)
    # as many chances as tests: Bonferroni
    p = min(1.0, len(tested) * tested[strongest])
    counting = f"{p_phrase(p)} with all {len(tested)} such tests counted" if len(tested) > 1 else p_phrase(p)
    excess = strongest.excess or 0.0
    if p >= SIGNIFICANT:
        return f"It does not significantly predict the size of moves ({counting})."
    what = "the next session's range" if strongest.outcome == "next_range" else "the next absolute return"
    than = "larger" if excess > 0 else "smaller"
    rather = "" if _predicts_direction(horizon) else " rather than their direction"
    return (
        f"It predicts the size of moves{rather}: after {strongest.verdict} verdicts {what} was {percent(strongest.mean, 2)}, "
        f"{percent(abs(excess), 2)} {than} than average ({counting})."
    )


def _predicts_direction(horizon: HorizonEvaluation) -> bool:
    tested = [horizon.verdicts.cells[name].p_value for name in DIRECTIONS]
    return any(p is not None and p < SIGNIFICANT for p in tested)
