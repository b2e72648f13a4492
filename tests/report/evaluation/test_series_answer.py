"""What the answer of a series says in each case, word for word."""

from typing import Any

from flowbt.report import evaluation_answer, series_answer

Document = dict[str, Any]
IN_SAMPLE = (
    " The fifths are cut at quantiles of the whole sample, which nobody knew at the time: this describes what followed "
    "and is no rule to trade by."
)


def with_p(series: Document, **p_values: float | None) -> Document:
    for row in series["bucket_tests"]["outcomes"]:
        row["p_value"] = p_values[row["outcome"]]
    return series | {"entry": "next_open"}


def test_sizes_beyond_luck_come_before_a_direction_within_it(series: Document) -> None:
    assert evaluation_answer(series) == (
        "After the lowest fifth of gex, SPX moved 1.30% on average over the next session, after the highest 0.43%: the "
        "difference, −0.87% (95% interval −1.08% to −0.65%), is more than luck explains (p < 0.001). About direction it "
        "says nothing: the mean return was +0.021% after the lowest fifth, +0.042% after the highest; the difference, "
        f"+0.021% (95% interval −0.10% to +0.14%), is within luck (p = 0.72).{IN_SAMPLE} Returns start at the same "
        "session's close: this is what followed, not what could be traded."
    )


def test_a_direction_beyond_luck_comes_first(series: Document) -> None:
    answer = series_answer(with_p(series, **{"return": 0.01, "absolute_return": 0.3}))
    assert answer == (
        "After the lowest fifth of gex, SPX returned +0.021% on average over the next session, after the highest +0.042%: "
        "the difference, +0.021% (95% interval −0.10% to +0.14%), is more than luck explains (p = 0.010). About the size "
        "of moves it says little: the mean move was 1.30% after the lowest fifth, 0.43% after the highest; the "
        "difference, −0.87% (95% interval −1.08% to −0.65%), is within luck (p = 0.30), but the rank correlation over all "
        f"values, −0.35, is not (p < 0.001).{IN_SAMPLE}"
    )


def test_both_beyond_luck(series: Document) -> None:
    answer = series_answer(with_p(series, **{"return": 0.01, "absolute_return": 0.001}))
    assert answer.startswith("After the lowest fifth of gex, SPX returned")
    assert "About the size of moves: the mean move was 1.30% after the lowest fifth, 0.43% after the highest;" in answer


def test_neither_beyond_luck(series: Document) -> None:
    answer = series_answer(with_p(series, **{"return": 0.6, "absolute_return": 0.3}))
    assert answer.startswith(
        "About direction gex says nothing: SPX returned +0.021% on average over the next session after its lowest "
        "fifth, +0.042% after its highest; the difference, +0.021%"
    )


def test_without_a_p_value_nothing_is_claimed(series: Document) -> None:
    answer = series_answer(with_p(series, **{"return": None, "absolute_return": None}))
    assert answer.startswith("About direction nothing can be said: SPX returned +0.021%")
    assert "but the history is too short or too uniform to tell that from luck." in answer
    for bucket in series["buckets"]:
        bucket["n"] = 7
    assert "but 7 days in a fifth are too few to tell that from luck." in series_answer(series)


def test_means_without_tests_are_still_told(series: Document) -> None:
    older = {key: series[key] for key in ("series", "buckets", "symbols")}
    assert series_answer(older).startswith("About direction nothing can be said: SPX returned +0.021%")


def test_other_numbers_of_buckets(series: Document) -> None:
    for number, part in ((2, "half"), (4, "quarter"), (7, "bucket")):
        ends = [series["buckets"][0]] * (number - 1) + [series["buckets"][-1]]
        answer = series_answer(series | {"buckets": ends})
        assert f"After the lowest {part} of gex" in answer
        assert f"The {'halves' if number == 2 else part + 's'} are cut" in answer


def test_too_few_values() -> None:
    document = {"series": "f.csv", "column": "gex", "symbols": ["SPX"], "buckets": [{"bucket": 1, "n": 3}]}
    assert series_answer(document) == (
        "There are not enough values of gex with a price of SPX to follow them: nothing can be said."
    )
    assert evaluation_answer({"series": "f.csv", "horizons": None}) == (
        "There are not enough values of f.csv with a price to follow them: nothing can be said."
    )
