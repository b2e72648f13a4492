"""What the answer of a series says in each case, word for word."""

from dataclasses import replace
from datetime import date

import pytest
from tests.report.market import series_evaluation

from flowbt.evaluation.buckets import Bucket, BucketTest, BucketTests
from flowbt.evaluation.results import SeriesEvaluation
from flowbt.report.evaluation.series_answer import bucket_answer, series_answer

IN_SAMPLE = (
    " The fifths are cut at quantiles of the whole sample, which were not known at the time: this describes what followed "
    "and is not a trading rule."
)
RETURN = BucketTest("return", 0.00021, (-0.001, 0.0014), 0.72, 0.02, (-0.02, 0.06), 0.6)
SIZE = BucketTest("absolute_return", -0.0087, (-0.0108, -0.0065), 0.0002, -0.352, (-0.4, -0.3), 0.0001)


def bucket(number: int, mean: float, size: float) -> Bucket:
    return Bucket(number, 487, number * 1.0, number + 0.5, number + 0.2, mean, None, size, None, 0.53)


@pytest.fixture(scope="module")
def base() -> SeriesEvaluation:
    """Five buckets of gex, the entry at the next close."""
    means = ((0.00021, 0.013), (0.0003, 0.008), (0.0005, 0.006), (0.0004, 0.005), (0.00042, 0.0043))
    buckets = tuple(bucket(number, *both) for number, both in enumerate(means, 1))
    tests = BucketTests(1, "quantiles", (RETURN, SIZE))
    return replace(
        series_evaluation(),
        buckets=buckets,
        bucket_tests=tests,
        entry="next_close",
        first=date(2011, 5, 2),
        last=date(2020, 11, 20),
    )


def with_p(series: SeriesEvaluation, direction: float | None, size: float | None) -> SeriesEvaluation:
    outcomes = (replace(RETURN, p_value=direction), replace(SIZE, p_value=size))
    return replace(series, bucket_tests=replace(series.bucket_tests, outcomes=outcomes))


def test_a_significant_size_comes_before_a_direction_that_is_not(base: SeriesEvaluation) -> None:
    assert bucket_answer(replace(base, entry="close")) == (
        "After the lowest fifth of gex, the price moved 1.30% on average over the next session, after the highest 0.43%: the "
        "difference, −0.87% (95% CI −1.08% to −0.65%), is significant (p < 0.001). It does not significantly predict "
        "direction: the mean return was +0.021% after the lowest fifth, +0.042% after the highest; the difference, +0.021% "
        f"(95% CI −0.10% to +0.14%), is not significant (p = 0.72).{IN_SAMPLE} Returns start at the same session's close: "
        "they show what followed, not what could be traded."
    )


def test_a_significant_direction_comes_first(base: SeriesEvaluation) -> None:
    assert bucket_answer(with_p(base, 0.01, 0.3)) == (
        "After the lowest fifth of gex, the price returned +0.021% on average over the next session, after the highest "
        "+0.042%: the difference, +0.021% (95% CI −0.10% to +0.14%), is significant (p = 0.010). It predicts the size of "
        "moves weakly: the mean absolute return was 1.30% after the lowest fifth, 0.43% after the highest; the difference, "
        "−0.87% (95% CI −1.08% to −0.65%), is not significant (p = 0.30), but the rank correlation over all values, −0.35, "
        f"is (p < 0.001).{IN_SAMPLE}"
    )


def test_both_significant(base: SeriesEvaluation) -> None:
    answer = bucket_answer(with_p(base, 0.01, 0.001))
    assert answer.startswith("After the lowest fifth of gex, the price returned")
    assert "As for the size of moves, the mean absolute return was 1.30% after the lowest fifth, 0.43% after" in answer


def test_neither_significant(base: SeriesEvaluation) -> None:
    assert bucket_answer(with_p(base, 0.6, 0.3)).startswith(
        "gex does not significantly predict direction: the price returned +0.021% on average over the next session after its "
        "lowest fifth, +0.042% after its highest; the difference, +0.021%"
    )


def test_without_a_p_value_nothing_is_claimed(base: SeriesEvaluation) -> None:
    untested = with_p(base, None, None)
    answer = bucket_answer(untested)
    assert answer.startswith("Whether gex predicts direction cannot be tested: the price returned +0.021%")
    assert "but the history is too short or too uniform." in answer
    few = replace(untested, buckets=tuple(replace(each, n=7) for each in untested.buckets))
    assert "but 7 days in a fifth are too few." in bucket_answer(few)


def test_a_spread_that_was_not_tested_is_the_difference_of_the_means(base: SeriesEvaluation) -> None:
    outcomes = (replace(RETURN, spread=None, ci=None, p_value=0.6),)
    series = replace(base, bucket_tests=replace(base.bucket_tests, outcomes=outcomes))
    assert "the difference, +0.021%, is not significant" in bucket_answer(series)


def test_other_numbers_of_buckets(base: SeriesEvaluation) -> None:
    for number, part in ((2, "half"), (4, "quarter"), (7, "bucket")):
        ends = (*[base.buckets[0]] * (number - 1), base.buckets[-1])
        answer = bucket_answer(replace(base, buckets=ends))
        assert f"After the lowest {part} of gex" in answer
        assert f"The {'halves' if number == 2 else part + 's'} are cut" in answer


def test_too_few_values(base: SeriesEvaluation) -> None:
    for buckets in ((), base.buckets[:1]):
        assert bucket_answer(replace(base, buckets=buckets)) == (
            "There are not enough values of gex followed by a price from 2011-05-02 to 2020-11-20: there is nothing to "
            "compare."
        )


def test_prices_are_the_last_paragraph(base: SeriesEvaluation) -> None:
    assert series_answer(base).split("\n\n")[1].startswith("Returns are price returns")
