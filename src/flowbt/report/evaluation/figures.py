"""The figures of an evaluation's page: which charts, under which title, with a sentence on how to read each."""

from collections.abc import Mapping
from typing import Any

from flowbt.report.evaluation.evidence import sessions
from flowbt.report.evaluation.tables import calibration_note, thresholds_note
from flowbt.report.kit.formats import counted, known
from flowbt.report.kit.page import HALF, Figure, figure
from flowbt.report.kit.significance import cells, headline

Document = Mapping[str, Any]


def bucket_figures(document: Document) -> list[Figure]:
    """Return, and size of the return, after each bucket."""
    from flowbt.report.evaluation.score_charts import buckets_chart  # noqa: PLC0415 (altair takes a second to import)

    buckets = document.get("buckets") or []
    over = known((document.get("bucket_tests") or {}).get("horizon"))
    following = f"the next {sessions(over)}" if over else "what followed"
    figures = []
    if any(known(bucket.get("mean_return")) is not None for bucket in buckets):
        note = f"Dots: mean return of {following} after the values of a bucket, with 95% intervals; a slope tells direction."
        figures.append(figure("Mean return", note, lambda width: buckets_chart(buckets, "return", width), HALF))
    if any(known(bucket.get("mean_abs_return")) is not None for bucket in buckets):
        note = (
            f"Dots: mean size of the return of {following}, whichever way, with 95% intervals; a slope tells calm times "
            "from wild ones."
        )
        figures.append(
            figure("Mean size of a return", note, lambda width: buckets_chart(buckets, "abs_return", width), HALF)
        )
    return figures


def lift_figures(document: Document) -> list[Figure]:
    """Lift over the base rate, by verdict and horizon."""
    from flowbt.report.evaluation.charts import lift_chart  # noqa: PLC0415

    horizons = document.get("horizons") or []
    if all(known(cell.get("lift")) is None for _, _, cell in cells(horizons)):
        return []
    note = (
        "Dots: lift, the hit rate less the base rate (how often the price moved that way anyway), with 95% intervals; an "
        "interval that crosses zero is within luck."
    )
    return [figure("Hit rate against base rate", note, lambda width: lift_chart(horizons, width))]


def return_figures(document: Document) -> list[Figure]:
    """Mean return above the usual, by verdict and horizon."""
    from flowbt.report.evaluation.charts import returns_chart  # noqa: PLC0415

    horizons = document.get("horizons") or []
    if all(known(cell.get("mean_excess_return")) is None for _, _, cell in cells(horizons)):
        return []
    than = "mean of all symbols that day" if document.get("excess_over") == "universe" else "symbols' own mean"
    note = f"Above the {than} over the same number of sessions, with 95% intervals; a good bearish verdict lies below zero."
    return [figure("Mean return after a verdict", note, lambda width: returns_chart(horizons, width))]


def luck_figures(document: Document) -> list[Figure]:
    """What the same verdicts earned on other days."""
    from flowbt.report.evaluation.charts import placebo_chart  # noqa: PLC0415

    horizon = headline(document.get("horizons") or []) or {}
    placebo = horizon.get("placebo") or {}
    if not placebo.get("histogram"):
        return []
    note = (
        f"Grey: what the same verdicts, shifted in time, earned over {counted(int(horizon['horizon']), 'session')}; dashes: "
        "95% of the shifts lie between; an observed value among the grey is luck."
    )
    return [figure("The same verdicts on other days", note, lambda width: placebo_chart(placebo, width))]


def timing_figures(document: Document) -> list[Figure]:
    """Around the entry, window by window, and acting late."""
    from flowbt.report.evaluation import timing_charts as charts  # noqa: PLC0415

    figures = []
    path, decay = document.get("path") or [], document.get("decay") or []
    lags = (document.get("delay") or {}).get("lags") or []
    if any(known(row.get("mean")) is not None for row in path):
        note = (
            "Mean path of the excess return, 0 at the entry (dashes), with 95% bands; what moved before the entry is what the "
            "verdict saw, only what follows could be earned."
        )
        figures.append(figure("Before and after", note, lambda width: charts.path_chart(path, width)))
    if any(known(row.get("signed_excess")) is not None for row in decay):
        note = "Dashes: excess return in the verdict's direction within each window, bands: 95%; the windows do not overlap."
        figures.append(figure("Window by window", note, lambda width: charts.decay_chart(decay, width), HALF))
    if any(known(row.get("signed_excess")) is not None for row in lags):
        over = known((document.get("delay") or {}).get("horizon"))
        note = (
            f"Excess return{' over ' + counted(int(over), 'session') if over else ''} when acted upon late; −1 could not be "
            "traded, and a cliff between 0 and 1 points at a leak."
        )
        figures.append(figure("Acting late", note, lambda width: charts.delay_chart(lags, width), HALF))
    return figures


def stability_figures(document: Document) -> list[Figure]:
    """Part by part, and through the years."""
    from flowbt.report.evaluation.charts import stability_chart  # noqa: PLC0415
    from flowbt.report.evaluation.timing_charts import rolling_chart  # noqa: PLC0415

    stability, rolling = document.get("stability") or [], document.get("rolling") or {}
    figures = []
    points = rolling.get("points") or []
    if any(known(row.get("signed_excess")) is not None for row in stability):
        note = "Excess return in the verdict's direction in parts of the data, with 95% intervals; an edge has one sign in most."
        figures.append(figure("Part by part", note, lambda width: stability_chart(stability, width), HALF))
    if len(points) > 1:
        window = known(rolling.get("window"))
        last = f"the last {counted(int(window), 'session')}" if window else "the last sessions"
        note = (
            f"Hit rate of the verdicts of {last} (line) beside the base rate known then (dashes); only the gap counts."
        )
        figures.append(figure("Through the years", note, lambda width: rolling_chart(points, width), HALF))
    return figures


def score_figures(document: Document) -> list[Figure]:
    """Reliability, and what other thresholds would have given."""
    from flowbt.report.evaluation.score_charts import reliability_chart, threshold_chart  # noqa: PLC0415

    calibration, thresholds = document.get("calibration") or {}, document.get("thresholds") or {}
    bins, rows = calibration.get("bins") or [], thresholds.get("rows") or []
    figures = []
    if any(known(row.get("observed")) is not None for row in bins):
        note = "An honest score lies on the diagonal (dashes); above, the number in each bin. " + calibration_note(
            calibration
        )
        figures.append(
            figure("Reliability of the score", note.strip(), lambda width: reliability_chart(bins, width), HALF)
        )
    if any(known(row.get("signed_excess")) is not None for row in rows):
        note = "Excess return in the verdict's direction at each threshold. " + thresholds_note(thresholds)
        figures.append(figure("Other thresholds", note.strip(), lambda width: threshold_chart(rows, width), HALF))
    return figures
