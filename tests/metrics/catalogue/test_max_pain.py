"""Max pain against adding up every holder's payout at every strike."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.metrics import Request, compute
from flowbt.metrics.catalogue.max_pain import slope_above

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
Held = dict[float, tuple[int | None, int | None]]


@pytest.fixture
def held(chain: Chain) -> Callable[..., pl.DataFrame]:
    """Calls and puts held by strike."""

    def make(strikes: Held, **options: Any) -> pl.DataFrame:
        rows = {k: {"call_open_interest": call, "put_open_interest": put} for k, (call, put) in strikes.items()}
        return chain(rows, **options)

    return make


def by_hand(strikes: Held, spot: float) -> tuple[float | None, float | None, float | None]:
    """Lower end, upper end and value, from the payout at each strike."""
    if not any((call or 0) + (put or 0) for call, put in strikes.values()):
        return None, None, None
    payout = {
        x: sum((call or 0) * max(x - k, 0) + (put or 0) * max(k - x, 0) for k, (call, put) in strikes.items())
        for x in strikes
    }
    flat = [x for x in sorted(payout) if payout[x] == min(payout.values())]
    value = flat[-1] if abs(flat[-1] - spot) < abs(flat[0] - spot) else flat[0]
    return flat[0], flat[-1], value


OPEN_INTEREST = st.one_of(st.none(), st.integers(0, 3), st.integers(0, 10_000))
STRIKES = st.dictionaries(
    st.integers(1, 40).map(lambda half: 80 + half / 2), st.tuples(OPEN_INTEREST, OPEN_INTEREST), min_size=1, max_size=8
)


@given(expiries=st.lists(STRIKES, min_size=1, max_size=12), spot=st.integers(160, 200).map(lambda half: half / 2))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_agrees_with_the_payout_at_every_strike(
    expiries: list[Held], spot: float, held: Callable[..., pl.DataFrame], store: Callable[..., Any]
) -> None:
    chains = [
        held(
            {k: (0 if c is None and p is None else c, p) for k, (c, p) in strikes.items()},
            expiration=date(2026, 1, 6 + n),
            spot=spot,
        )
        for n, strikes in enumerate(expiries)
    ]
    names = ("max_pain_low", "max_pain_high", "max_pain")
    found = compute(store(*chains), Request(("AAA",), grain="expiry", metrics=names))
    assert found.select(names).rows() == [by_hand(strikes, spot) for strikes in expiries]


def test_three_strikes_by_hand(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    # at 95: puts 20 * 5 = 100; at 100: calls 10 * 5 = 50; at 105: calls 10 * 10 + 5 * 5 = 125
    assert measure("max_pain", held({95: (10, 0), 100: (5, 20), 105: (0, 0)})) == 100


@pytest.mark.parametrize(("spot", "value"), [(99.0, 95), (100.0, 95), (101.0, 105), (120.0, 105), (80.0, 95)])
def test_of_a_flat_minimum_the_end_nearest_the_spot(
    spot: float, value: float, held: Callable[..., pl.DataFrame], measure: Measure
) -> None:
    rows = held({95: (10, 0), 100: (0, 0), 105: (0, 10)}, spot=spot)
    assert measure("max_pain_low", rows) == 95
    assert measure("max_pain_high", rows) == 105
    assert measure("max_pain", rows) == value


@pytest.mark.parametrize(
    ("strikes", "ends"),
    [
        ({95: (0, 0), 100: (10, 0), 105: (5, 0), 110: (0, 0)}, (95, 100)),
        ({95: (0, 0), 100: (0, 10), 105: (0, 5), 110: (0, 0)}, (105, 110)),
    ],
    ids=["calls only", "puts only"],
)
def test_one_side_only(
    strikes: Held, ends: tuple[float, float], held: Callable[..., pl.DataFrame], measure: Measure
) -> None:
    rows = held(strikes)
    assert (measure("max_pain_low", rows), measure("max_pain_high", rows)) == ends


def test_roots_of_an_expiry_settle_apart(held: Callable[..., pl.DataFrame], store: Callable[..., Any]) -> None:
    """SPX in the morning, SPXW at the close; at snapshot grain the first of them counts."""
    lake = store(held({95: (10, 0), 105: (0, 5)}), held({95: (0, 0), 100: (1, 0), 105: (0, 9)}, root="AAAW"))
    found = compute(lake, Request(("AAA",), grain="expiry", metrics=("max_pain",)))
    assert found.select("root", "max_pain").rows() == [("AAA", 95), ("AAAW", 105)]
    assert compute(lake, Request(("AAA",), metrics=("max_pain",)))["max_pain"].item() == 95


def test_without_a_spot_the_lower_end(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    rows = held({95: (10, 0), 105: (0, 10)}, spot=None)
    assert measure("max_pain", rows) == 95
    assert measure("max_pain_gap", rows) is None


def test_the_gap_is_a_fraction_of_max_pain(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    assert measure("max_pain_gap", held({250: (10, 10)}, spot=260.5)) == pytest.approx(0.042)


@pytest.fixture
def expiries(held: Callable[..., pl.DataFrame]) -> list[pl.DataFrame]:
    """One that expires today, with max pain 50, and six more with 101, 104, 102, 103, 120 and none."""
    pain = {5: 50, 6: 101, 7: 104, 8: 102, 9: 103, 12: 120}
    chains = [held({value: (10, 10)}, expiration=date(2026, 1, day)) for day, value in pain.items()]
    return [*chains, held({100: (0, 0)}, expiration=date(2026, 1, 13))]


def test_a_snapshots_is_that_of_the_nearest_live_expiry(expiries: list[pl.DataFrame], measure: Measure) -> None:
    assert measure("max_pain", *expiries) == 101
    assert measure("nearest_expiration", *expiries) == date(2026, 1, 6)
    assert measure("days_to_expiry", *expiries) == 1


def test_every_expiry_has_its_own(expiries: list[pl.DataFrame], measure: Measure) -> None:
    assert measure("max_pain", *expiries, grain="expiry") == [None, 101, 104, 102, 103, 120, None]


def test_the_term_structure_spans_the_next_four(expiries: list[pl.DataFrame], measure: Measure) -> None:
    assert measure("max_pain_term_structure", *expiries) == 3
    assert measure("max_pain_term_structure(expiries=2)", *expiries) == 3
    assert measure("max_pain_term_structure(expiries=1)", *expiries) == 0
    assert measure("max_pain_term_structure(expiries=5)", *expiries) == 19


def payout(strikes: Held, price: float) -> float:
    """What the holders are paid at a price, per share of a contract."""
    return sum((call or 0) * max(price - k, 0) + (put or 0) * max(k - price, 0) for k, (call, put) in strikes.items())


@given(strikes=STRIKES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_slopes_are_the_payouts_and_never_fall(strikes: Held, held: Callable[..., pl.DataFrame]) -> None:
    """Slopes that never fall make the payout convex; just above the last strike only calls pay."""
    prices = [*sorted(strikes), max(strikes) + 1]
    found = held(strikes).select(slope_above()).to_series().to_list()
    assert found == [
        (payout(strikes, upper) - payout(strikes, lower)) / (upper - lower) for lower, upper in pairwise(prices)
    ]
    assert found == sorted(found)


@given(strikes=STRIKES, spot=st.integers(150, 210).map(lambda half: half / 2))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_at_no_price_are_holders_paid_less_than_at_a_listed_strike(
    strikes: Held, spot: float, held: Callable[..., pl.DataFrame], measure: Measure
) -> None:
    value = measure("max_pain", held(strikes | {80: (0, 1)}, spot=spot))
    strikes = strikes | {80: (0, 1)}
    assert value in strikes
    assert payout(strikes, value) == min(payout(strikes, quarter / 4) for quarter in range(300, 440))


@given(strikes=STRIKES, factor=st.integers(2, 1_000))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_more_of_everything_moves_nothing(
    strikes: Held, factor: int, held: Callable[..., pl.DataFrame], store: Callable[..., Any]
) -> None:
    listed = {k: (call or 0, put or 0) for k, (call, put) in strikes.items()}
    more = {k: (call * factor, put * factor) for k, (call, put) in listed.items()}
    found = compute(
        store(held(listed), held(more, symbol="BBB")),
        Request(("AAA", "BBB"), metrics=("max_pain_low", "max_pain_high", "max_pain", "max_pain_width")),
    )
    assert found.row(0)[2:] == found.row(1)[2:]


def test_the_width_of_a_flat_minimum(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    assert measure("max_pain_width", held({95: (10, 0), 100: (0, 0), 105: (0, 10)}, spot=104)) == 10
    assert measure("max_pain_width", held({95: (10, 0), 100: (5, 20), 105: (0, 0)})) == 0
    assert measure("max_pain_width", held({95: (0, 0)})) is None


@pytest.fixture
def pinned_at(held: Callable[..., pl.DataFrame]) -> Callable[..., list[pl.DataFrame]]:
    """Live expiries with these max pains, each on its own grid of strikes."""

    def make(*pains: float, step: float = 1.0, spot: float | None = 100.0) -> list[pl.DataFrame]:
        return [
            held({pain: (10, 10), pain + step: (0, 0)}, expiration=date(2026, 1, 6 + n), spot=spot)
            for n, pain in enumerate(pains)
        ]

    return make


@pytest.mark.parametrize(
    ("pains", "step", "spot", "flat"),
    [
        ((250, 250, 250, 250), 1, 260.5, True),
        ((250, 251, 250, 251), 1, 260.5, True),
        ((250, 252, 250, 250), 1, 260.5, False),
        ((250, 252, 250, 250), 1, 800.0, True),
        ((250, 252, 250, 250), 1, 799.0, False),
        ((250, 252, 250, 250), 2, 260.5, True),
        ((250, 250, 250, 250, 400), 1, 260.5, True),
        ((250, 251), 1, None, True),
        ((250, 252), 1, None, None),
        ((250,), 1, 260.5, None),
    ],
)
def test_max_pain_is_flat_within_a_step_or_a_share_of_the_spot(
    pains: tuple[float, ...],
    step: float,
    spot: float | None,
    flat: bool | None,
    pinned_at: Callable[..., list[pl.DataFrame]],
    measure: Measure,
) -> None:
    assert measure("max_pain_flat", *pinned_at(*pains, step=step, spot=spot)) is flat


def test_the_widest_grid_decides_what_is_one_step(
    pinned_at: Callable[..., list[pl.DataFrame]], held: Callable[..., pl.DataFrame], measure: Measure
) -> None:
    wide = held({105: (10, 10), 110: (0, 0)}, expiration=date(2026, 1, 12))
    assert measure("max_pain_flat", *pinned_at(100, 100), wide) is True
    assert measure("max_pain_flat(expiries=3)", *pinned_at(100, 106), wide) is False


def test_flat_over_other_expiries_and_another_share(
    pinned_at: Callable[..., list[pl.DataFrame]], measure: Measure
) -> None:
    rows = pinned_at(250, 251, 254, spot=260.5)
    assert measure("max_pain_flat", *rows) is False
    assert measure("max_pain_flat(expiries=2)", *rows) is True
    assert measure("max_pain_flat(spot_share=0.02)", *rows) is True


def test_an_expiry_in_which_nothing_is_held_is_passed_over(
    pinned_at: Callable[..., list[pl.DataFrame]], held: Callable[..., pl.DataFrame], measure: Measure
) -> None:
    empty = held({100: (0, 0), 150: (0, 0)}, expiration=date(2026, 1, 12))
    assert measure("max_pain_flat", *pinned_at(100, 106), empty) is False
