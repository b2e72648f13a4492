"""Hit rates: how often a verdict came true, against the base rate."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.inference import DETECTABLE, FEWEST, SIGNIFICANT
from flowbt.evaluation.inference.hac import NORMAL_95
from flowbt.evaluation.verdicts import VerdictCell
from flowbt.report.evaluation.rows import DIRECTIONS, VerdictRow, directional_rows, sessions, verdict_rows
from flowbt.report.kit.formats import (
    MISSING,
    count,
    counted,
    interval,
    p_phrase,
    p_value,
    percent,
    plain,
    points,
    small_percent,
)
from flowbt.report.kit.section import Fact, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table, words

METHOD: Final = (
    Fact(
        "Base rate",
        "How often the symbol moved that way after any session with a verdict. A hit rate is compared with the base rate and "
        "never with one half: in a rising market a bearish verdict is wrong more often than not.",
    ),
    Fact(
        "Lift",
        "Hit rate less base rate, in percentage points; each symbol is compared with its own base rate. Expanding lift: the "
        "hit rate less the base rate as known at the time.",
    ),
    Fact("Effective n", "The number of independent verdicts that would be as informative."),
    Fact(
        "Minimum detectable",
        "The smallest true lift, or return, that would be significant four times in five: "
        f"{plain(DETECTABLE / NORMAL_95)} times half the width of the interval.",
    ),
    Fact("Last sessions", "Verdicts too recent for a horizon to have passed are in none of its numbers."),
)


def section(horizons: Sequence[HorizonEvaluation]) -> Section:
    """Hit rate against base rate, by verdict and horizon."""
    rows = directional_rows(horizons)
    note = "Lift and minimum detectable lift in percentage points."
    neutral = max((row.cell.n for row in verdict_rows(horizons[:1]) if row.verdict not in DIRECTIONS), default=0)
    if neutral:
        note += f" Not shown: {counted(neutral, 'neutral verdict')}, which have no direction to judge."
    table = Table.of("Hit rate", COLUMNS, rows, note)
    figures: tuple[Figure, ...] = ()
    if any(row.cell.lift is not None for row in rows):
        figures = (
            Figure(
                "Hit rate",
                "Dots: lift, the hit rate less the base rate (how often the price moved that way anyway), with 95% confidence "
                "intervals; where an interval includes zero the lift is not significant.",
                lambda width: lift_chart(rows, width),
            ),
        )
    return Section("Hit rate", figures=figures, tables=(table,))


def result_of(cell: VerdictCell) -> str:
    """The result of one verdict at one horizon, in a word or two."""
    if not cell.n:
        return "no verdicts"
    if cell.n < FEWEST:
        return "too few"
    if cell.p_value is None:
        return "not testable"
    if cell.p_value >= SIGNIFICANT:
        return "not significant"
    return "significant" if (cell.lift or 0.0) > 0 else "wrong direction"


COLUMNS: Final[tuple[Column[VerdictRow], ...]] = (
    Column("Sessions", lambda row: count(row.horizon.horizon)),
    words("Verdict", lambda row: row.verdict),
    Column("n", lambda row: count(row.cell.n)),
    Column("Hit rate", lambda row: percent(row.cell.hit_rate)),
    Column("95% CI", lambda row: interval(row.cell.hit_ci, lambda share: percent(share, 0)), detail=True),
    Column("Base rate", lambda row: percent(row.cell.base_rate)),
    Column("Lift", lambda row: points(row.cell.lift, 1)),
    Column("Expanding lift", lambda row: points(row.cell.lift_over_expanding, 1), detail=True, if_any=True),
    Column("Lift 95% CI", lambda row: interval(row.cell.lift_ci, points)),
    Column("p", lambda row: p_value(row.cell.p_value)),
    Column("Minimum detectable", lambda row: points(row.cell.minimum_detectable).lstrip("+")),
    words("Result", lambda row: result_of(row.cell), detail=True),
)


def verdict_sentences(row: VerdictRow, place: str) -> str:
    """Hit rate against base rate for one verdict, and how significant the difference is.

    Args:
        row: the verdict at the headline horizon.
        place: ` in IWM and TLT`, or nothing.
    """
    cell, noun = row.cell, DIRECTIONS[row.verdict][0]
    hit, base, lift = cell.hit_rate, cell.base_rate, cell.lift
    if hit is None or base is None or lift is None:
        return f"{counted(cell.n, f'{row.verdict} verdict').capitalize()}{place} could not be judged."
    after = f"followed by a {noun} over the next {sessions(row.horizon.horizon)}"
    if cell.n == 1:
        outcome = "was" if hit > 0 else "was not"
        return (
            f"The one {row.verdict} verdict{place} {outcome} {after}, against a base rate of {percent(base, 0)}. "
            "One verdict is too few to judge."
        )
    # more digits where rounding would make the three numbers disagree
    digits = 0 if round(100 * hit) - round(100 * base) == round(100 * lift) else 1
    subject = f"The {cell.n} {row.verdict} verdicts" if cell.n < FEWEST else f"{row.verdict.capitalize()} verdicts"
    rates = f"{percent(hit, digits)} of the time, against a base rate of {percent(base, digits)}"
    return f"{subject}{place} were {after} {rates}. {_judged(row, lift, digits)}"


def _judged(row: VerdictRow, lift: float, digits: int) -> str:
    """What to make of a lift: too few verdicts, not significant and how large it would have to be, or significant."""
    cell, p = row.cell, row.cell.p_value
    if cell.n < FEWEST:
        return f"{cell.n} verdicts are too few to judge."
    difference = f"The difference, {_in_points(lift, digits)}"
    if p is None and row.horizon.verdicts.sessions == cell.n:
        return "The verdict was the same on every day, so there is nothing to compare it with."
    if p is None:
        return f"{difference}, cannot be tested: the history is too short or too uniform."
    if p >= SIGNIFICANT:
        return f"{difference}, is not significant ({p_phrase(p)}) and could well be chance.{_power(cell)}"
    bounds = interval(cell.lift_ci, lambda bound: points(bound, digits))
    within = f" (95% CI {bounds})" if bounds != MISSING else ""
    wrong = "" if lift > 0 else " in the wrong direction"
    excess = cell.mean_excess_return
    size = f" The mean excess return was {small_percent(excess)}." if excess is not None else ""
    return f"{difference}{within}, is significant{wrong} ({p_phrase(p)}) and unlikely to be chance.{size}"


def _power(cell: VerdictCell) -> str:
    """How large a lift would have been significant."""
    least = cell.minimum_detectable
    if least is None:
        return ""
    number = counted(cell.n, "verdict")
    if least > 1 - (cell.base_rate or 0.0):
        return f" {number} are too few to detect an edge of any size."
    return f" {number} can only detect a lift of {_in_points(least, 0).lstrip('+')} or more."


def _in_points(value: float, digits: int) -> str:
    text = points(value, digits)
    return f"{text} {'point' if text.lstrip('+−') == '1' else 'points'}"


def lift_chart(rows: Sequence[VerdictRow], width: int) -> Spec:
    """Lift over the base rate by verdict and horizon: a forest plot, with hit rate and base rate in words."""
    from flowbt.report.kit.forest import Row, forest_plot  # noqa: PLC0415 (altair takes a second to import)
    from flowbt.report.kit.palette import VERDICTS  # noqa: PLC0415

    drawn = []
    for row in sorted(rows, key=lambda row: list(DIRECTIONS).index(row.verdict)):
        cell = row.cell
        if cell.lift is None:
            continue
        low, high = (100 * bound for bound in cell.lift_ci) if cell.lift_ci else (None, None)
        after = counted(row.horizon.horizon, "session")
        tip = (
            f"{row.verdict}, {after}, n = {count(cell.n)}: hit rate {percent(cell.hit_rate)}, base rate "
            f"{percent(cell.base_rate)}, lift {points(cell.lift, 1)} points ({interval(cell.lift_ci, points)}), "
            f"{p_phrase(cell.p_value)}"
        )
        rates = f"{percent(cell.hit_rate, 0)} v {percent(cell.base_rate, 0)}"
        drawn.append(Row(row.verdict, after, VERDICTS[row.verdict], 100 * cell.lift, low, high, rates, tip))
    return forest_plot(drawn, width, "+~f", "hit v base", "lift in percentage points")
