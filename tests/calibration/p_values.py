"""Every p-value and interval that an evaluation prints, by the section it stands in."""

from collections.abc import Iterator

import numpy as np

from flowbt.evaluation.buckets import evaluate_buckets
from flowbt.evaluation.calendar_time import calendar_time
from flowbt.evaluation.calibration import calibration
from flowbt.evaluation.classification import direction
from flowbt.evaluation.event_study import decay
from flowbt.evaluation.family import family
from flowbt.evaluation.incremental import controls_of, incremental
from flowbt.evaluation.information_coefficient import information_coefficient
from flowbt.evaluation.move_size import move_sizes
from flowbt.evaluation.panel import Panel
from flowbt.evaluation.placebo import placebo
from flowbt.evaluation.thresholds import thresholds
from flowbt.evaluation.verdicts import evaluate_verdicts

SIZES = "about the size of moves, not their direction"


def p_values(panel: Panel, horizon: int) -> Iterator[tuple[str, float | None]]:
    """Section and p-value, as many times as a section prints one."""
    found = evaluate_verdicts(panel, horizon)
    for cell in found.cells.values():
        yield "return after a verdict", cell.return_p_value
    for lift in found.lifts.values():
        yield "lift", lift.p_value
    yield (
        "best lift of all horizons",
        family([evaluate_verdicts(panel, each) for each in {1, horizon}]).max_t_p_value,
    )
    shifts = placebo(panel, horizon)
    yield "placebo", shifts.p_value if shifts else None
    yield "information coefficient", information_coefficient(panel, horizon).p_value
    told = direction(panel, horizon)
    yield "Pesaran-Timmermann", told.pesaran_timmermann.p_value
    yield "Henriksson-Merton", told.henriksson_merton.p_value
    held = calendar_time(panel, horizon)
    yield "calendar time: mean", held.p_value
    yield "calendar time: timing", held.timing.p_value
    added = incremental(panel, horizon, controls_of(panel, {}))
    yield "coefficient alone", added.p_value_alone
    yield "coefficient beside controls", added.p_value
    yield "Brier skill", calibration(panel, horizon).p_value
    yield "best threshold", thresholds(panel, horizon).max_t_p_value
    for each in evaluate_buckets(panel, horizon, 5)[1].outcomes:
        yield f"bucket spread: {each.outcome}", each.p_value
        yield f"rank correlation: {each.outcome}", each.rank_p_value
    if horizon == 1:
        for row in move_sizes(panel):
            yield f"size of the next move: {row.outcome}", row.p_value
        for window in decay(panel):
            yield f"decay, {window.end - window.start} sessions long", window.p_value


def intervals(panel: Panel, horizon: int) -> Iterator[tuple[str, float | None, tuple[float, float] | None]]:
    """Quantity, value and its 95% interval, of those that an edge shows in."""
    found = evaluate_verdicts(panel, horizon)
    for name in ("bearish", "bullish"):
        cell = found.cells[name]
        if cell.lift is not None and cell.mean_excess_return is not None:
            yield f"lift, {name}", cell.lift, cell.lift_ci
            yield f"excess return, {name}", cell.mean_excess_return, cell.mean_excess_ci
    ic = information_coefficient(panel, horizon)
    yield "information coefficient", ic.value, ic.ci
    held = calendar_time(panel, horizon)
    yield "calendar time: mean", held.mean_daily, held.ci
    if held.timing.mean_daily is not None:
        yield "calendar time: timing", held.timing.mean_daily, held.timing.ci


def about_direction(section: str) -> bool:
    """Whether the section asks where the price goes, not how far: what follows prices says truly how wild they will be."""
    return "absolute" not in section and "size" not in section


def finite(value: float | None) -> bool:
    """Whether there is a number."""
    return value is not None and bool(np.isfinite(value))
