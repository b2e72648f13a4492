"""The tables of an evaluation's verdicts: what there was to judge, hit rates, returns, classes."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from flowbt.evaluation.inference import FEWEST
from flowbt.report.kit.formats import (
    MISSING,
    count,
    counted,
    hundredths,
    interval,
    known,
    p_value,
    percent,
    plain,
    points,
)
from flowbt.report.kit.glossary import COVERAGE, described
from flowbt.report.kit.significance import DIRECTIONS, number_of, reading
from flowbt.report.kit.table import Table, numbers, texts

Horizons: TypeAlias = Sequence[Mapping[str, Any]]


def hit_rate_table(horizons: Horizons) -> Table:
    """Hit rate against base rate, per horizon and verdict; luck is not judged on fewer than ten verdicts.

    A neutral verdict has no direction and no row; the note counts them.
    """
    rows = []
    for horizon, name, found in _cells(horizons):
        if name not in DIRECTIONS:
            continue
        enough = number_of(found) >= FEWEST
        rows.append(
            (
                *(horizon, name, count(found.get("n")), count(found.get("effective_n"))),
                *(percent(found.get("hit_rate")), interval(found.get("hit_ci"), lambda share: percent(share, 0))),
                *(percent(found.get("base_rate")), points(found.get("lift"), 1)),
                points(found.get("lift_over_expanding"), 1),
                interval(found.get("lift_ci"), points) if enough else MISSING,
                p_value(found.get("p_value")) if enough else MISSING,
                points(found.get("minimum_detectable")).lstrip("+") if enough else MISSING,
                reading(found),
            )
        )
    columns = (
        *numbers("Sessions"),
        *texts("Verdict"),
        *numbers(
            "n", "Effective n", "Hit rate", "Its 95%", "Base rate", "Lift", "Lift then", "Lift 95%", "p", "Visible"
        ),
        *texts("Reading"),
    )
    return Table("Hit rate against base rate", columns, tuple(rows), _units(horizons)).without_missing("Lift then")


def _units(horizons: Horizons) -> str:
    """The units of the table, and how many verdicts were neutral."""
    units = "Lift and the smallest visible lift in percentage points."
    first = ((horizons[0].get("verdicts") or {}) if horizons else {}).get("neutral") or {}
    neutral = known(first.get("n"))
    if neutral is None:
        return units
    return f"{units} Neutral, without a direction to judge: {counted(int(neutral), 'verdict')}."


def returns_table(horizons: Horizons) -> Table:
    """Mean returns per horizon and verdict, and what they are above the usual."""
    rows = []
    for horizon, name, found in _cells(horizons):
        enough = number_of(found) >= FEWEST
        rows.append(
            (
                *(horizon, name, count(found.get("n"))),
                *(hundredths(found.get("mean_return")), hundredths(found.get("mean_excess_return"))),
                interval(found.get("mean_excess_ci"), hundredths) if enough else MISSING,
                p_value(found.get("return_p_value")) if enough else MISSING,
                percent(found.get("return_minimum_detectable"), 2) if enough else MISSING,
            )
        )
    columns = (
        *numbers("Sessions"),
        *texts("Verdict"),
        *numbers("n", "Mean return", "Above the usual", "Its 95%", "p", "Visible"),
    )
    return Table("Mean return after a verdict", columns, tuple(rows)).without_missing("Visible")


def coverage_table(document: Mapping[str, Any]) -> Table:
    """How many verdicts of each kind there were, and on how many dates."""
    coverage = document.get("coverage") or {}
    counts = {**coverage, **(coverage.get("verdicts") or {})}
    ordered = {name: counts[name] for name in COVERAGE if name in counts}
    columns = (*texts("What"), *numbers("Number"), *texts("Meaning"))
    return Table("What there was to judge", columns, tuple(described(COVERAGE, ordered)))


def power_table(horizons: Horizons) -> Table:
    """For each verdict at each horizon: the number that counts, and the smallest edge that would have been seen."""
    rows = tuple(
        (
            *(count(horizon["horizon"]), name, count(found.get("n")), count(found.get("effective_n"))),
            *(percent(horizon.get("base_rate_up")), percent(horizon.get("no_move_share"))),
            points(found.get("minimum_detectable")).lstrip("+") if number_of(found) >= FEWEST else MISSING,
            percent(found.get("return_minimum_detectable"), 2) if number_of(found) >= FEWEST else MISSING,
        )
        for horizon in horizons
        for name, found in (horizon.get("verdicts") or {}).items()
        if found
    )
    columns = (
        *numbers("Sessions"),
        *texts("Verdict"),
        *numbers("n", "Effective n", "Share up", "Unmoved", "Visible lift", "Visible return"),
    )
    return Table("How large an edge would have been visible", columns, rows, "Visible lift in percentage points.")


def classes_table(horizons: Horizons) -> Table:
    """Fell, flat or rose, as told by the verdict: scores per horizon and dead band."""
    rows = tuple(
        (
            *(count(horizon["horizon"]), plain(found.get("dead_band")), count(found.get("n"))),
            *(plain(found.get("mcc"), 3, signed=True), plain(found.get("rps"), 4)),
            *(plain(found.get("rps_climatology"), 4), percent(found.get("rps_skill"), signed=True)),
        )
        for horizon in horizons
        for found in horizon.get("three_classes") or []
    )
    note = (
        "Dead band: a move within so many standard deviations, as expected beforehand, is flat. MCC: the correlation of "
        "verdict and outcome. RPS: ranked probability score, lower is better; skill: its gain on knowing only how often each happens."
    )
    headings = ("Sessions", "Dead band", "n", "MCC", "RPS", "RPS of base rates", "Skill")
    return Table("Fell, flat or rose: scores", numbers(*headings), rows, note)


def confusion_table(horizons: Horizons) -> Table:
    """What followed each verdict, counted, per horizon and dead band."""
    rows = []
    for horizon in horizons:
        for found in horizon.get("three_classes") or []:
            for name, counts in zip(("bearish", "neutral", "bullish"), found.get("confusion") or [], strict=False):
                total = sum(known(number) or 0 for number in counts)
                shares = [
                    f"{count(number)} ({percent((known(number) or 0) / total, 0)})" if total else count(number)
                    for number in counts
                ]
                rows.append((count(horizon["horizon"]), plain(found.get("dead_band")), name, *shares))
    columns = (*numbers("Sessions", "Dead band"), *texts("Verdict"), *numbers("Fell", "Flat", "Rose"))
    return Table("Fell, flat or rose: counts", columns, tuple(rows))


def _cells(horizons: Horizons) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Every verdict at every horizon, those never given included."""
    return [
        (count(horizon["horizon"]), name, found or {})
        for horizon in horizons
        for name, found in (horizon.get("verdicts") or {}).items()
    ]
