"""What makes prices comparable over splits and dividends, and nothing else."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.calendar import sessions
from flowbt.evaluation.adjustment import factor_by_actions, factor_by_adjusted_closes, half_tick
from flowbt.evaluation.forward_returns import Entry, outcomes_of
from flowbt.schema import CORPORATE_ACTIONS, PRICE_BARS, conform

DAYS = sessions(date(2026, 1, 5), date(2026, 12, 31))
NAN = float("nan")


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def actions(*rows: tuple[int, str, float]) -> pl.DataFrame:
    found = [{"symbol": "AAA", "date": DAYS[row], "kind": kind, "value": value} for row, kind, value in rows]
    return conform(pl.DataFrame(found), CORPORATE_ACTIONS)


def bars(closes: list[float], adjusted: list[float] | None = None) -> pl.DataFrame:
    prices = dict.fromkeys(("open", "high", "low", "close"), closes)
    frame = pl.DataFrame({"symbol": "AAA", "date": DAYS[: len(closes)], **prices, "adj_close": adjusted or None})
    return conform(frame, PRICE_BARS)


def test_half_a_tick_is_half_of_the_last_decimal_and_at_most_half_a_cent() -> None:
    assert half_tick(column(100, 100.5, NAN, 100.125, 7))[:, 0] == pytest.approx([0.005, 0.005, 0.005, 0.0005, 0.0005])


def test_a_number_from_single_precision_has_the_decimals_that_it_was_written_with() -> None:
    assert half_tick(column(float(np.float32(100.49))))[0, 0] == 0.005


def test_the_factor_is_constant_to_the_bit_between_actions() -> None:
    closes = column(100, 101, 99.5, 100.25, 100.75, 102)
    ratio = np.array([0.97, 0.97, 0.97, 0.99, 0.99, 0.99])[:, None]
    factor = factor_by_adjusted_closes(closes, np.round(closes * ratio, 6))[:, 0]
    assert len(set(factor[:3].tolist())) == len(set(factor[3:].tolist())) == 1
    assert factor[3] / factor[2] == pytest.approx(0.99 / 0.97, abs=1e-7)


def test_a_dividend_of_a_cent_is_seen_in_closes_of_two_decimals_at_usual_prices() -> None:
    closes = column(20, 20, 20, 20)
    factor = factor_by_adjusted_closes(closes, column(19.98, 19.98, 20, 20))[:, 0]
    assert factor[2] / factor[1] == pytest.approx(20 / 19.98)


def test_a_missing_adjusted_close_leaves_the_factor_unknown_and_the_next_as_it_was() -> None:
    factor = factor_by_adjusted_closes(column(10, 10, 10), column(9.5, NAN, 9.5))[:, 0]
    assert np.array_equal(factor, [0.95, NAN, 0.95], equal_nan=True)


def test_the_future_does_not_change_the_factor() -> None:
    draws = np.random.default_rng(0)
    closes = np.asarray(np.round(100 * np.exp(np.cumsum(draws.normal(0, 0.01, (80, 2)), axis=0)), 2), dtype=np.float64)
    paid = np.cumprod(np.where(draws.random((80, 2)) < 0.05, 1.004, 1.0), axis=0)
    adjusted = np.asarray(np.round(closes * paid, 4), dtype=np.float64)
    whole = factor_by_adjusted_closes(closes, adjusted)
    for cut in (1, 30, 79):
        assert np.array_equal(factor_by_adjusted_closes(closes[:cut], adjusted[:cut]), whole[:cut])


PRICES = st.lists(st.integers(396, 404), min_size=8, max_size=30).map(lambda ticks: [tick / 4 for tick in ticks])


@settings(max_examples=60, deadline=None)
@given(PRICES, st.floats(0.3, 1.0), st.integers(4, 8), st.sampled_from(["next_open", "next_close", "close"]))
def test_adjusted_closes_without_an_action_change_no_return_by_a_bit(
    closes: list[float], ratio: float, decimals: int, entry: Entry
) -> None:
    adjusted = [round(close * ratio, decimals) for close in closes]
    plain, with_them = outcomes_of(bars(closes), entry), outcomes_of(bars(closes, adjusted), entry)
    for start, end in ((0, 1), (0, 5), (2, 4), (0, -3)):
        assert np.array_equal(plain.between(start, end), with_them.between(start, end), equal_nan=True)
    assert np.array_equal(plain.past(5), with_them.past(5), equal_nan=True)


def test_a_dividend_that_makes_up_for_the_fall_is_no_move() -> None:
    """From 100.25 to 99.25 with a dividend of 1: nothing was made, though no number of digits says so."""
    closes, paid = [100.25, 100.25, 99.25, 99.25], 1.0
    adjusted = [round(close * (1 - paid / 100.25), 6) for close in closes[:2]] + closes[2:]
    by_closes = outcomes_of(bars(closes, adjusted), "close").between(0, 1)[:3, 0]
    on_file = outcomes_of(bars(closes), "close", actions((2, "dividend", paid))).between(0, 1)[:3, 0]
    assert by_closes.tolist() == on_file.tolist() == [0.0, 0.0, 0.0]


def test_a_cent_more_than_the_dividend_is_a_move() -> None:
    closes = [100.25, 99.26]
    found = outcomes_of(bars(closes), "close", actions((1, "dividend", 1.0))).between(0, 1)
    assert found[0, 0] == pytest.approx(0.01 / 99.25)


def test_adjusted_closes_and_actions_on_file_are_never_both_used() -> None:
    closes = [100.0, 100.0, 50.0, 50.0]
    adjusted = [49.0, 49.0, 50.0, 50.0]  # a split of 2 and a dividend of 1 of 50
    on_file = actions((2, "split", 2.0), (2, "dividend", 1.0))
    for given_actions in (None, on_file):
        found = outcomes_of(bars(closes, adjusted), "close", given_actions).between(0, 1)[:3, 0]
        assert found == pytest.approx([0.0, 50 / 49 - 1, 0.0])
    assert outcomes_of(bars(closes), "close", on_file).between(0, 1)[1, 0] == pytest.approx(50 / 49 - 1)


def test_a_day_without_an_adjusted_close_is_joined_by_the_actions_on_file() -> None:
    """A dividend of 1 in 50 while there are adjusted closes, and one on the day after their last."""
    closes, adjusted = [50.0, 49.0, 49.0, 48.0], [49.0, 49.0, 49.0, None]
    frame = bars(closes, adjusted)  # type: ignore[arg-type]
    moves = outcomes_of(frame, "close", actions((1, "dividend", 1.0), (3, "dividend", 1.0))).between(0, 1)
    assert moves[:3, 0].tolist() == [0.0, 0.0, 0.0]
    assert outcomes_of(frame, "close").between(0, 3)[0, 0] == pytest.approx(48 / 49 - 1)


def test_a_finer_tick_that_comes_later_is_not_lost() -> None:
    """From 100 to 100.003: a move, though the first price has no third decimal."""
    assert outcomes_of(bars([100.0, 100.003]), "close").between(0, 1)[0, 0] == pytest.approx(0.00003)
    assert outcomes_of(bars([100.003, 100.0]), "close").between(0, -1)[1, 0] == pytest.approx(0.00003)


def test_an_action_takes_effect_on_the_first_bar_after_a_gap() -> None:
    closes = column(100, NAN, NAN, 10)
    found = factor_by_actions(actions((1, "split", 10.0)), DAYS[:4], ["AAA"], closes, closes)
    assert found.splits[:, 0].tolist() == [1, 1, 1, 10]
    paid = column(100, NAN, 99, 99)
    assert factor_by_actions(actions((1, "dividend", 1.0)), DAYS[:4], ["AAA"], paid, paid).total[2, 0] == 100 / 99


def test_a_split_is_judged_by_the_open_not_by_what_the_day_made_of_it() -> None:
    """A stock dividend of 1 for 20 on a day that closes 6% up."""
    closes, opens = column(105, 106), column(105, 100)
    assert factor_by_actions(actions((1, "split", 1.05)), DAYS[:2], ["AAA"], opens, closes).splits[1, 0] == 1.05


def test_a_split_in_the_adjusted_closes_alone_makes_more_shares() -> None:
    closes = [100.0, 100.0, 50.0, 50.0]
    found = outcomes_of(bars(closes, [50.0, 50.0, 50.0, 50.0]), "close")
    assert found.splits[:, 0].tolist() == [1, 1, 2, 2]
    dividend = outcomes_of(bars([100.0, 98.0], [98.0, 98.0]), "close")
    assert dividend.splits[:, 0].tolist() == [1, 1]
