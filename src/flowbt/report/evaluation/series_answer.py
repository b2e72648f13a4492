"""The answer of a series in words: what followed its lowest and its highest values, and whether that could be chance."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from flowbt.evaluation.buckets import Bucket, BucketTest
from flowbt.evaluation.inference import FEWEST, SIGNIFICANT
from flowbt.evaluation.results import SeriesEvaluation
from flowbt.report.evaluation.buckets import two_digits
from flowbt.report.evaluation.prices import NOT_TRADABLE, price_answer
from flowbt.report.evaluation.rows import sessions
from flowbt.report.kit.formats import MISSING, cell, counted, day, p_phrase, plain, small_interval, small_percent

VALUE: Final = "value"
"""The name of a bucket that has one value of the series."""
PARTS: Final = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 8: "eighth", 10: "tenth"}
PLURALS: Final = {"half": "halves"}


class Outcome(NamedTuple):
    """What is compared between the lowest and the highest values, and its words."""

    mean: Callable[[Bucket], float]
    about: str
    verb: str
    noun: str
    write: Callable[[float], str]


OUTCOMES: Final = {
    "return": Outcome(lambda bucket: bucket.mean_return, "direction", "returned", "the mean return was", small_percent),
    "absolute_return": Outcome(
        lambda bucket: bucket.mean_abs_return, "the size of moves", "moved", "the mean absolute return was", two_digits
    ),
}


def series_answer(evaluation: SeriesEvaluation) -> str:
    """Does a series predict a price? In paragraphs, with a blank line between them."""
    prices = price_answer(evaluation.returns, evaluation.prices, evaluation.calendar)
    return "\n\n".join(filter(None, [bucket_answer(evaluation), prices]))


def bucket_answer(evaluation: SeriesEvaluation) -> str:
    """What followed the lowest and the highest bucket; what is significant comes first, else the direction."""
    buckets, tests, name = evaluation.buckets, evaluation.bucket_tests, evaluation.column
    period = f"from {day(evaluation.first)} to {day(evaluation.last)}"
    if len(buckets) == 1 and tests.cut == "values" and buckets[0].n > 1:
        return (
            f"{name} is {cell(buckets[0].low)} on all {buckets[0].n:,} days followed by a price {period}: the series is "
            "constant, so there is nothing to compare."
        )
    if len(buckets) < 2:
        return f"There are not enough values of {name} followed by a price {period}: there is nothing to compare."
    part = VALUE if tests.cut == "values" else _part(buckets)
    ordered = sorted(tests.outcomes, key=lambda test: not _is_significant(test))
    sentences = [
        _compared(test, buckets, part, "" if number else name, tests.horizon) for number, test in enumerate(ordered)
    ]
    if part == VALUE:
        shared = any(bucket.low != bucket.high for bucket in buckets)
        rare = f"; values of fewer than {FEWEST} days share one" if shared else ""
        sentences.append(f"There is one bucket for each value of {name}{rare}.")
    else:
        sentences.append(
            f"The {PLURALS.get(part, part + 's')} are cut at quantiles of the whole sample, which were not known at the time: "
            "this describes what followed and is not a trading rule."
        )
    return " ".join(filter(None, [*sentences, NOT_TRADABLE[evaluation.entry]]))


def _part(buckets: Sequence[Bucket]) -> str:
    """The name of a bucket: a fifth only where it is about that."""
    counts = [bucket.n for bucket in buckets]
    alike = min(counts) * 2 > max(counts)
    return PARTS.get(len(buckets), "bucket") if alike else "bucket"


def _values(bucket: Bucket) -> str:
    return cell(bucket.low) if bucket.low == bucket.high else f"{cell(bucket.low)} to {cell(bucket.high)}"


def _is_significant(test: BucketTest) -> bool:
    return test.p_value is not None and test.p_value < SIGNIFICANT


def _compared(test: BucketTest, buckets: Sequence[Bucket], part: str, name: str, horizon: int) -> str:
    """One outcome after the lowest and after the highest values; `name` where this is the first sentence."""
    outcome, low, high = OUTCOMES[test.outcome], buckets[0], buckets[-1]
    lowest, highest = outcome.write(outcome.mean(low)), outcome.write(outcome.mean(high))
    first, last = (f" ({_values(bucket)})" if part == VALUE and name else "" for bucket in (low, high))
    over = f"over the next {sessions(horizon)}"
    spread = outcome.mean(high) - outcome.mean(low) if test.spread is None else test.spread
    bounds = small_interval(test.ci)
    within = f" (95% CI {bounds})" if bounds != MISSING else ""
    difference = f"the difference, {small_percent(spread)}{within},"
    after = f"{lowest} after the lowest {part}, {highest} after the highest"
    if test.p_value is not None and _is_significant(test):
        verdict = f"{difference} is significant ({p_phrase(test.p_value)})."
        if name:
            return (
                f"After the lowest {part} of {name}{first}, the price {outcome.verb} {lowest} on average {over}, after the "
                f"highest{last} {highest}: {verdict}"
            )
        return f"As for {outcome.about}, {outcome.noun} {after}; {verdict}"
    means = (
        f"the price {outcome.verb} {lowest} on average {over} after its lowest {part}{first}, {highest} after its highest{last}"
        if name
        else f"{outcome.noun} {after}"
    )
    if test.p_value is None:
        return f"Whether {name or 'it'} predicts {outcome.about} cannot be tested: {means}, but {_too_little(low, high, part)}."
    not_significant = f"{means}; {difference} is not significant ({p_phrase(test.p_value)})"
    rank, rank_p = test.rank_correlation, test.rank_p_value
    if rank is None or rank_p is None or rank_p >= SIGNIFICANT:
        return f"{(name or 'It')} does not significantly predict {outcome.about}: {not_significant}."
    return (
        f"{(name or 'It')} predicts {outcome.about} weakly: {not_significant}, but the rank correlation over all values, "
        f"{plain(rank, 2)}, is ({p_phrase(rank_p)})."
    )


def _too_little(low: Bucket, high: Bucket, part: str) -> str:
    few = min(low.n, high.n)
    if few >= FEWEST:
        return "the history is too short or too uniform"
    with_it = "with it" if part == VALUE else f"in a {part}"
    return f"{counted(few, 'day')} {with_it} {'is' if few == 1 else 'are'} too few"
