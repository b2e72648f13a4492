"""The tables of the rest of an evaluation: over time, as a portfolio, of sizes, scores, controls and buckets."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from flowbt.report.kit.formats import (
    MISSING,
    count,
    counted,
    hundredths,
    interval,
    known,
    listed,
    p_phrase,
    p_value,
    percent,
    plain,
)
from flowbt.report.kit.glossary import CALENDAR_TIME, SPLITS, TIMING, described
from flowbt.report.kit.significance import extremes, named
from flowbt.report.kit.table import Table, numbers, texts

Document: TypeAlias = Mapping[str, Any]
Documents: TypeAlias = Sequence[Document]

OUTCOMES: Final = {
    "next_range": "range of the next session",
    "absolute_return": "size of the return",
    "return": "return",
}


def decay_table(document: Document) -> Table:
    """Signed excess return in each window after the entry."""
    rows = tuple(
        (
            f"{plain(window.get('from'), 0)}–{plain(window.get('to'), 0)}",
            *_estimate(window, "signed_excess"),
            p_value(window.get("p_value")),
        )
        for window in document.get("decay") or []
    )
    return Table("Window by window", numbers("Sessions after entry", "Signed excess", "Its 95%", "p"), rows)


def delay_table(document: Document) -> Table:
    """Signed excess return when acted upon late."""
    delay = document.get("delay") or {}
    rows = tuple((plain(row.get("lag"), 0), *_estimate(row, "signed_excess")) for row in delay.get("lags") or [])
    note = f"Over {counted(int(over), 'session')}. " if (over := known(delay.get("horizon"))) else ""
    note += "A lag of −1 acts before the verdict was known: it could not be traded."
    return Table("Acting late", numbers("Sessions late", "Signed excess", "Its 95%"), rows, note)


def calendar_table(document: Document) -> Table:
    """The verdicts as one daily portfolio, each measure with what it means."""
    found = document.get("calendar_time") or {}
    rows = described(CALENDAR_TIME, {name: found[name] for name in CALENDAR_TIME if name in found})
    timing = found.get("timing") or {}
    rows += described(TIMING, {name: timing[name] for name in TIMING if name in timing})
    over = known(found.get("horizon"))
    title = (
        f"As a daily portfolio, each verdict held {counted(int(over), 'session')}" if over else "As a daily portfolio"
    )
    return Table(title, (*texts("Measure"), *numbers("Value"), *texts("Meaning")), tuple(rows))


def volatility_table(document: Document) -> Table:
    """How large the moves were after each verdict, whichever way they went."""
    rows = tuple(
        (
            OUTCOMES.get(str(row.get("outcome")), str(row.get("outcome"))),
            str(row.get("verdict")),
            *(count(row.get("n")), percent(row.get("mean"), 2)),
            *(*_estimate(row, "excess"), p_value(row.get("p_value"))),
        )
        for row in document.get("volatility") or []
    )
    columns = (*texts("Outcome", "Verdict"), *numbers("n", "Mean", "Above the usual", "Its 95%", "p"))
    return Table("Size of moves, whichever way", columns, rows)


def stability_table(document: Document) -> Table:
    """Signed excess return in parts of the verdicts; of many symbols left out in turn, the extremes."""
    parts: Documents = document.get("stability") or []
    rows = tuple(
        (
            SPLITS.get(str(row.get("by")), str(row.get("by"))),
            str(row.get("group")),
            count(row.get("n")),
            *_estimate(row, "signed_excess"),
        )
        for row in extremes(parts)
    )
    columns = (*texts("Split", "Part"), *numbers("n", "Signed excess", "Its 95%"))
    left_out = len(parts) - len(rows)
    note = f"The {counted(left_out, 'symbol')} that change it least when left out are not shown." if left_out else ""
    return Table("Part by part", columns, rows, note)


def calibration_table(document: Document) -> Table:
    """How often the price rose against how often the score said so."""
    found = document.get("calibration") or {}
    rows = tuple(
        (
            *(percent(row.get("predicted")), percent(row.get("observed"))),
            *(interval(row.get("ci"), lambda share: percent(share, 0)), count(row.get("n"))),
        )
        for row in found.get("bins") or []
    )
    return Table("Reliability of the score", numbers("Said", "Rose", "Its 95%", "n"), rows, calibration_note(found))


def calibration_note(found: Document) -> str:
    """The Brier score beside that of the base rate known then."""
    if known(found.get("brier")) is None:
        return ""
    return (
        f"Brier score {plain(found.get('brier'), 4)}, that of the base rate known then "
        f"{plain(found.get('brier_climatology'), 4)}: skill {percent(found.get('skill'), signed=True)} "
        f"({p_phrase(found.get('p_value'))}); above zero the score tells more than the base rate."
    )


def incremental_table(document: Document) -> Table:
    """What the signal adds to a regression of the return on what is known anyway."""
    found: Documents = document.get("incremental") or []
    rows = tuple(
        (
            *(count(row.get("horizon")), count(row.get("n"))),
            *(hundredths(row.get("coefficient_alone")), p_value(row.get("p_value_alone"))),
            *(*_estimate(row, "coefficient"), p_value(row.get("p_value"))),
            *(percent(row.get("r2_controls"), 2), percent(row.get("r2_with_signal"), 2)),
        )
        for row in found
    )
    headings = ("Sessions", "n", "Alone", "p alone", "With controls", "Its 95%", "p", "R² of controls", "R² with it")
    names = [str(name) for row in found[:1] for name in row.get("controls") or []]
    note = f"Return per unit of the signal. Controls: {listed(names, most=20)}." if names else ""
    return Table("Beside what is known anyway", numbers(*headings), rows, note)


def thresholds_table(document: Document) -> Table:
    """What other thresholds of the score would have given."""
    found = document.get("thresholds") or {}
    rows = tuple(
        (
            *(plain(row.get("threshold")), count(row.get("n"))),
            *(hundredths(row.get("signed_excess")), plain(row.get("t"))),
        )
        for row in found.get("rows") or []
    )
    return Table("Other thresholds", numbers("|Score| above", "n", "Signed excess", "t"), rows, thresholds_note(found))


def thresholds_note(found: Document) -> str:
    """How likely luck alone makes the best of so many thresholds look as good."""
    if known(found.get("max_t_p_value")) is None:
        return ""
    return f"The best of these would look as good by luck alone with max-t {p_phrase(found['max_t_p_value'])}."


def buckets_table(document: Document) -> Table:
    """What followed the values of a series, from its lowest (bucket 1) to its highest."""
    rows = tuple(
        (
            *(count(bucket.get("bucket")), count(bucket.get("n"))),
            *(number(bucket.get("low")), number(bucket.get("mean_value")), number(bucket.get("high"))),
            *(hundredths(bucket.get("mean_return")), interval(bucket.get("return_ci"), hundredths)),
            *(percent(bucket.get("mean_abs_return"), 2), interval(bucket.get("abs_return_ci"), _size)),
            percent(bucket.get("up_rate")),
        )
        for bucket in document.get("buckets") or []
    )
    headings = ("Bucket", "n", "From", "Mean value", "To", "Mean return", "Its 95%")
    columns = numbers(*headings, "Mean size of a return", "Size 95%", "Share up")
    at = named(document.get("horizons"), (document.get("bucket_tests") or {}).get("horizon"))
    anyway = percent(at.get("base_rate_up"))
    note = f"The price rose after {anyway} of all values." if anyway != MISSING else ""
    table = Table("What followed low and high values", columns, rows, note)
    return table.without_missing("From", "To", "Its 95%", "Size 95%")


def bucket_tests_table(document: Document) -> Table:
    """Highest bucket less lowest, and the rank correlation over all values, for the return and its size."""
    found = document.get("bucket_tests") or {}
    rows = tuple(
        (
            OUTCOMES.get(str(row.get("outcome")), str(row.get("outcome"))),
            *_estimate(row, "spread"),
            *(p_value(row.get("p_value")), plain(row.get("rank_correlation"), 3, signed=True)),
            p_value(row.get("rank_p_value")),
        )
        for row in found.get("outcomes") or []
    )
    columns = (*texts("Outcome"), *numbers("Highest less lowest", "Its 95%", "p", "Rank correlation", "Its p"))
    return Table("Highest against lowest bucket", columns, rows)


def number(value: Any) -> str:
    """A value of any size: `0.4512`, `12,345`, `3.30 bn`."""
    found = known(value)
    if found is None:
        return MISSING
    for size, word in ((1e9, "bn"), (1e6, "M")):
        if abs(found) >= size:
            return f"{plain(found / size)} {word}"
    if 0 < abs(found) < 1e-3:
        return f"{found:.3g}".replace("-", "−")
    return plain(found, 0 if abs(found) >= 1e4 else 4)


def _estimate(row: Document, name: str) -> tuple[str, str]:
    return hundredths(row.get(name)), interval(row.get("ci"), hundredths)


def _size(value: Any) -> str:
    return percent(value, 2)
