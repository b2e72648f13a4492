"""The answer of a series in words: what followed its lowest and its highest values, and whether that is luck."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from flowbt.evaluation.inference import FEWEST
from flowbt.report.evaluation.evidence import sessions
from flowbt.report.kit.formats import (
    MISSING,
    cell,
    counted,
    known,
    listed,
    p_phrase,
    percent,
    plain,
    small_interval,
    small_percent,
    span,
)
from flowbt.report.kit.significance import SIGNIFICANT, Document, number_of

VALUE: Final = "value"
"""What a bucket is called that holds one value of the series."""
PARTS: Final = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 8: "eighth", 10: "tenth"}


class Outcome(NamedTuple):
    """What is compared between the lowest and the highest values: where it stands, and how it is said."""

    key: str
    about: str
    verb: str
    noun: str
    write: Callable[[Any], str]


DIRECTION: Final = Outcome("return", "direction", "returned", "the mean return was", small_percent)
SIZE: Final = Outcome("abs_return", "the size of moves", "moved", "the mean move was", lambda value: percent(value, 2))
OUTCOMES: Final = {"return": DIRECTION, "absolute_return": SIZE}


def series_answer(document: Document) -> str:
    """Do the values of a series, cut into buckets, tell what follows? From the keys `buckets` and `bucket_tests`."""
    buckets = [bucket for bucket in document.get("buckets") or [] if number_of(bucket)]
    name = str(document.get("column") or document.get("series") or "the series")
    symbols = listed(document.get("symbols") or [])
    tests = document.get("bucket_tests") or {}
    if len(buckets) == 1 and tests.get("cut") == "values" and number_of(buckets[0]) > 1:
        of = f" of {symbols}" if symbols else ""
        return (
            f"{name} is {cell(buckets[0].get('low'))} on all {number_of(buckets[0]):,} days with a price{of} to follow"
            f"{span(document, ' from ')}: the series is constant, so nothing can be said."
        )
    if len(buckets) < 2:
        place = f" with a price{' of ' + symbols if symbols else ''} to follow them"
        return f"There are not enough values of {name}{place}{span(document, ' from ')}: nothing can be said."
    found = {row.get("outcome"): row for row in tests.get("outcomes") or []}
    # what is beyond luck comes first; else the direction
    part = VALUE if tests.get("cut") == "values" else _part(buckets)
    order = sorted(OUTCOMES, key=lambda outcome: not _beyond(found.get(outcome) or {}))
    who = symbols or "the price"
    horizon = tests.get("horizon") or 1
    said = [
        _compared(outcome, found.get(key) or {}, buckets, part, "" if place else name, who, horizon)
        for place, (key, outcome) in enumerate((key, OUTCOMES[key]) for key in order)
    ]
    if part == VALUE:
        shared = any(bucket.get("low") != bucket.get("high") for bucket in buckets)
        rare = f"; values of fewer than {FEWEST} days share one" if shared else ""
        said.append(f"There is one bucket for each value of {name}{rare}.")
    else:
        said.append(
            f"The {part if part != 'half' else 'halve'}s are cut at quantiles of the whole sample, which nobody knew at the "
            "time: this describes what followed and is no rule to trade by."
        )
    if document.get("entry") == "close":
        said.append("Returns start at the same session's close: this is what followed, not what could be traded.")
    return " ".join(filter(None, said))


def _part(buckets: Sequence[Document]) -> str:
    """What a bucket is called: a fifth only where it is about that."""
    counts = [number_of(bucket) for bucket in buckets]
    alike = min(counts) * 2 > max(counts)
    return PARTS.get(len(buckets), "bucket") if alike else "bucket"


def _values(bucket: Document) -> str:
    low, high = bucket.get("low"), bucket.get("high")
    return cell(low) if low == high else f"{cell(low)} to {cell(high)}"


def _beyond(test: Document) -> bool:
    p = known(test.get("p_value"))
    return p is not None and p < SIGNIFICANT


def _compared(
    outcome: Outcome, test: Document, buckets: Sequence[Document], part: str, name: str, who: str, horizon: Any
) -> str:
    """One outcome after the lowest and after the highest values; `name` where this is the first sentence."""
    low, high = buckets[0], buckets[-1]
    values = known(low.get(f"mean_{outcome.key}")), known(high.get(f"mean_{outcome.key}"))
    if None in values:
        return ""
    lowest, highest = map(outcome.write, values)
    those = [f" ({_values(bucket)})" if part == VALUE and name else "" for bucket in (low, high)]
    over = f"over the next {sessions(horizon)}"
    p, spread = known(test.get("p_value")), known(test.get("spread"))
    if spread is None:
        spread = (values[1] or 0.0) - (values[0] or 0.0)
    bounds = small_interval(test.get("ci"))
    within = f" (95% interval {bounds})" if bounds != MISSING else ""
    difference = f"the difference, {small_percent(spread)}{within},"
    if p is not None and p < SIGNIFICANT:
        luck = f"is more than luck explains ({p_phrase(p)})."
        if name:
            return (
                f"After the lowest {part} of {name}{those[0]}, {who} {outcome.verb} {lowest} on average {over}, after the "
                f"highest{those[1]} {highest}: {difference} {luck}"
            )
        return (
            f"About {outcome.about}: {outcome.noun} {lowest} after the lowest {part}, {highest} after the highest; "
            f"{difference} {luck}"
        )
    means = (
        f"{who} {outcome.verb} {lowest} on average {over} after its lowest {part}{those[0]}, {highest} after its "
        f"highest{those[1]}"
        if name
        else f"{outcome.noun} {lowest} after the lowest {part}, {highest} after the highest"
    )
    few = min(number_of(low), number_of(high))
    if p is None:
        with_it = "with it" if part == VALUE else f"in a {part}"
        why = (
            f"{counted(few, 'day')} {with_it} {'is' if few == 1 else 'are'} too few"
            if few < FEWEST
            else "the history is too short or too uniform"
        )
        return f"About {outcome.about} nothing can be said: {means}, but {why} to tell that from luck."
    within_luck = f"{means}; {difference} is within luck ({p_phrase(p)})"
    rank, rank_p = known(test.get("rank_correlation")), known(test.get("rank_p_value"))
    if rank is None or rank_p is None or rank_p >= SIGNIFICANT:
        return f"About {outcome.about} {name or 'it'} says nothing: {within_luck}."
    return (
        f"About {outcome.about} {name or 'it'} says little: {within_luck}, but the rank correlation over all values, "
        f"{plain(rank, 2)}, is not ({p_phrase(rank_p)})."
    )
