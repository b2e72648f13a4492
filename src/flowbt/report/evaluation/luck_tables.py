"""The tables of what could be luck: placebo, direction and rank correlation, per horizon."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from flowbt.report.kit.formats import MISSING, count, hundredths, interval, known, p_value, percent, plain, points
from flowbt.report.kit.table import Table, numbers, texts

Horizons: TypeAlias = Sequence[Mapping[str, Any]]


def direction_table(horizons: Horizons) -> Table:
    """Bearish and bullish verdicts together, per horizon: shares right and expected, and two tests of them."""
    rows = []
    for horizon in horizons:
        found = horizon.get("direction")
        if not found:
            continue
        pesaran, henriksson = (found.get(name) or {} for name in ("pesaran_timmermann", "henriksson_merton"))
        rows.append(
            (
                *(count(horizon["horizon"]), count(found.get("n"))),
                *(percent(found.get("share_right")), percent(found.get("share_expected"))),
                *(
                    plain(pesaran.get("statistic")),
                    p_value(pesaran.get("p_value")),
                    points(henriksson.get("timing"), 1),
                ),
                *(interval(henriksson.get("ci"), points), p_value(henriksson.get("p_value"))),
            )
        )
    headings = ("Sessions", "n", "Right", "By chance", "PT", "PT p", "HM timing", "Its 95%", "HM p")
    note = (
        "PT: Pesaran and Timmermann's statistic, for whether verdict and outcome are independent. HM: Henriksson and "
        "Merton's timing, the shares right of rises and of falls less one, in percentage points."
    )
    return Table("Direction", numbers(*headings), tuple(rows), note)


def correlation_table(horizons: Horizons) -> Table:
    """Rank correlation of score and return, per horizon."""
    rows = tuple(
        (
            *(count(horizon["horizon"]), plain(horizon.get("information_coefficient"), 3, signed=True)),
            interval(horizon.get("ic_ci"), lambda bound: plain(bound, 3, signed=True)),
            *(p_value(horizon.get("ic_p_value")), plain(horizon.get("icir"))),
            str(horizon.get("ic_method") or MISSING).replace("_", " "),
        )
        for horizon in horizons
        if known(horizon.get("information_coefficient")) is not None
    )
    columns = (*numbers("Sessions", "IC", "Its 95%", "p", "ICIR"), *texts("Taken"))
    note = "IC: Spearman's rank correlation of score and return. ICIR: its mean over its standard deviation by date."
    return Table("Rank correlation", columns, rows, note).without_missing("ICIR")


def placebo_table(horizons: Horizons) -> Table:
    """Signed excess return beside what circular shifts of the same verdicts earned, per horizon."""
    rows = []
    for horizon in horizons:
        found = horizon.get("placebo") or {}
        p = found.get("p_value", horizon.get("placebo_p_value"))
        if known(p) is None and known(found.get("statistic")) is None:
            continue
        around = interval((found.get("low"), found.get("high")), hundredths)
        rows.append(
            (
                count(horizon["horizon"]),
                hundredths(found.get("statistic")),
                around,
                count(found.get("shifts")),
                p_value(p),
            )
        )
    columns = numbers("Sessions", "Signed excess", "95% of the shifts", "Shifts", "p")
    return Table("Placebo", columns, tuple(rows))


def other_tests_table(horizons: Horizons) -> Table:
    """What else was tested at each horizon, in short: placebo, direction, rank correlation; for the terminal."""
    rows = []
    for horizon in horizons:
        placebo, direction = horizon.get("placebo") or {}, horizon.get("direction") or {}
        pesaran, henriksson = (direction.get(name) or {} for name in ("pesaran_timmermann", "henriksson_merton"))
        row = (
            hundredths(placebo.get("statistic")),
            p_value(placebo.get("p_value", horizon.get("placebo_p_value"))),
            *(percent(direction.get("share_right")), percent(direction.get("share_expected"))),
            *(p_value(pesaran.get("p_value")), p_value(henriksson.get("p_value"))),
            plain(horizon.get("information_coefficient"), 3, signed=True),
            p_value(horizon.get("ic_p_value")),
        )
        if any(text != MISSING for text in row):
            rows.append((count(horizon["horizon"]), *row))
    headings = ("Sessions", "Signed excess", "Placebo p", "Right", "By chance", "PT p", "HM p", "IC", "IC p")
    return Table("Other tests", numbers(*headings), tuple(rows)).without_missing(*headings)
