"""What every compiled function keeps, over all numbers a double can be: it never raises, and says NaN rather than nonsense.

The functions are found in the source, so that a new one is held to it too. Numbers are drawn over all magnitudes, together with
those at which arithmetic breaks: subnormal, huge, infinite, NaN, zero and negative.
"""

import ast
import math
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flowbt
from flowbt.backtest import plan_status as outcomes
from flowbt.backtest.allocation import ORDER_RECORDS, FillArrays
from flowbt.backtest.plan_rows import PlanArrays
from flowbt.pricing.gamma_profile import gamma_exposure
from flowbt.pricing.parity import delta_yield

Floats = npt.NDArray[np.float64]
ROOT = Path(flowbt.__file__).parent
DECORATORS = {"compiled", "elementwise", "_of_options"}
PRICING = ("price", "delta", "gamma", "theta", "vega", "vanna", "charm")
OPTIONS = [f"pricing.black_scholes.{name}" for name in PRICING]
IMPLIED = ["pricing.implied_kernel.volatility", "pricing.implied_kernel.status"]
ROWS = 6
EXAMPLES = settings(max_examples=100, deadline=None)

EDGES = (
    0.0, -0.0, 5e-324, 1e-310, 2.3e-308, 1e-300, 1e-160, 1e-20, 1e-5, 0.5, 1.0, 1.0 + 2.0**-52, 100.0, 1e20, 1e160, 1e300,
    1.7976931348623157e308, math.inf, -math.inf, math.nan, -1e-310, -1e-5, -1.0, -1e160, -1.7976931348623157e308,
)  # fmt: skip
positive = st.floats(-1074, 1023.99).map(lambda power: 2.0**power)
number = st.sampled_from(EDGES) | positive | positive.map(lambda size: -size) | st.floats(1e-3, 1e3)
places = st.integers(0, 2)


def arrays(elements: st.SearchStrategy[Any], dtype: Any = np.float64, size: int = ROWS) -> st.SearchStrategy[Any]:
    return st.lists(elements, min_size=size, max_size=size).map(lambda drawn: np.array(drawn, dtype=dtype))


def decorators_of(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Name):
            yield called.id


def compiled_functions() -> set[str]:
    """The compiled functions of flowbt that are called from Python: those that only other compiled ones call are part of them."""
    found = set()
    for path in ROOT.rglob("*.py"):
        functions = [
            node
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef) and DECORATORS & set(decorators_of(node))
        ]
        called = {
            node.func.id
            for function in functions
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found |= {f"{module}.{function.name}" for function in functions if function.name not in called}
    return found


def function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(f"flowbt.{module}"), attribute)  # type: ignore[no-any-return]


def test_every_compiled_function_is_looked_at_here() -> None:
    looked_at = {
        *OPTIONS,
        *IMPLIED,
        "pricing.gamma_profile.add_gamma_exposure",
        "pricing.parity.parity_yield",
        "metrics.catalogue.collars.collared",
        "metrics.engine.contract_match.match",
        "backtest.kernel.fill_plans",
        "backtest.allocation.allocate",
        "evaluation.inference.bootstrap._studentise",
        "evaluation.inference.circular_shift._rotated",
        "evaluation.inference.partition._even_starts",
    }
    assert compiled_functions() == looked_at


def is_number_or_nan(values: Any) -> bool:
    return not np.isinf(np.asarray(values, np.float64)).any()


@pytest.mark.parametrize("name", [*OPTIONS, *IMPLIED])
def test_options_at_every_corner_of_the_doubles(name: str) -> None:
    """All combinations of the numbers at which arithmetic breaks."""
    corners = np.array([-1.0, 0.0, 5e-324, 1e-160, 1e-5, 100.0, 1e160, 1.7e308, math.inf, math.nan])
    carry = [0.0, -1e300, 1e300]
    axes = np.meshgrid(*[corners] * 4, carry, carry, [True, False], indexing="ij")
    drawn = [axis.ravel() for axis in axes]
    assert is_number_or_nan(function(name)(*drawn[:6], drawn[6].astype(bool)))


@pytest.mark.parametrize("name", [*OPTIONS, *IMPLIED])
@EXAMPLES
@given(numbers=st.lists(number, min_size=6, max_size=6), is_call=st.booleans())
def test_options_of_any_numbers(name: str, numbers: list[float], is_call: bool) -> None:
    assert is_number_or_nan(function(name)(*numbers, is_call))


@EXAMPLES
@given(spot=positive, strike=positive, years=positive, volatility=positive, is_call=st.booleans())
def test_a_price_is_between_its_bounds_at_any_magnitude(
    spot: float, strike: float, years: float, volatility: float, is_call: bool
) -> None:
    price = float(function("pricing.black_scholes.price")(spot, strike, years, volatility, 0.0, 0.0, is_call))
    delta = float(function("pricing.black_scholes.delta")(spot, strike, years, volatility, 0.0, 0.0, is_call))
    intrinsic = max(spot - strike if is_call else strike - spot, 0.0)
    if not math.isnan(price):
        assert intrinsic <= price <= (spot if is_call else strike) * (1 + 1e-15)
    if not math.isnan(delta):
        assert 0 <= (delta if is_call else -delta) <= 1


@pytest.mark.parametrize("is_call", [True, False])
def test_a_volatility_without_end_is_worth_the_bound_or_nothing_is_said(is_call: bool) -> None:
    """d2 = d1 - inf is no number there, which must not come out as the least the option can be worth."""
    price = float(function("pricing.black_scholes.price")(110.0, 100.0, 1e10, 1e308, 0.0, 0.0, is_call))
    assert math.isnan(price) or price == pytest.approx(110.0 if is_call else 100.0)


@EXAMPLES
@given(price=positive, spot=positive, strike=positive, years=positive, is_call=st.booleans())
def test_the_status_is_that_of_the_volatility_at_any_magnitude(
    price: float, spot: float, strike: float, years: float, is_call: bool
) -> None:
    known = (price, spot, strike, years, 0.0, 0.0, is_call)
    volatility = float(function("pricing.implied_kernel.volatility")(*known))
    assert (int(function("pricing.implied_kernel.status")(*known)) == 0) == (volatility > 0)


GRID: Floats = np.array([place * math.log1p(0.1) / 40 for place in range(-44, 41)])


def profile(spot: float, rate: float, *columns: Floats) -> Floats:
    return gamma_exposure(spot, [columns], rate, GRID)


@EXAMPLES
@given(spot=number, rate=number, columns=st.lists(arrays(number), min_size=5, max_size=5))
def test_a_gamma_profile_of_any_numbers(spot: float, rate: float, columns: list[Floats]) -> None:
    assert is_number_or_nan(profile(spot, rate, *columns))


@EXAMPLES
@given(
    deviation=st.floats(-300, 3).map(lambda power: 10.0**power), away=st.sampled_from([0.0, 1e-12, -0.003, 0.09, 0.3])
)
def test_a_gamma_profile_is_the_gamma_at_each_spot_however_small_the_volatility(deviation: float, away: float) -> None:
    strike = 100 * math.exp(away)
    found = profile(100.0, 0.0, *(np.array([value]) for value in (strike, 1.0, deviation, 0.0, 10.0)))
    spots = 100 * np.exp(GRID)
    gamma = np.nan_to_num(function("pricing.black_scholes.gamma")(spots, strike, 1.0, deviation, 0.0, 0.0, True))
    expected = gamma * 10 * spots**2 * 0.01
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-20 * max(1.0, float(np.max(expected))))


def test_one_contract_that_cannot_be_priced_does_not_change_the_profile_of_the_others() -> None:
    sound = (100.0, 0.02, 0.2, 0.0, 1000.0)
    alone = profile(100.0, 0.04, *(np.array([value]) for value in sound))
    for absurd in ((100.0, 0.02, 1e-320, 0.0, 5.0), (math.inf, 0.02, 0.2, 0.0, 5.0), (100.0, 5e-324, 5e-324, 0.0, 5.0)):
        both = profile(100.0, 0.04, *(np.array(pair) for pair in zip(sound, absurd, strict=True)))
        np.testing.assert_array_equal(both, alone)


@EXAMPLES
@given(
    expiry=arrays(places, np.int64).map(np.sort),
    columns=st.lists(arrays(number), min_size=4, max_size=4),
    rate=number,
)
def test_a_yield_by_parity_of_any_numbers(expiry: Any, columns: list[Floats], rate: float) -> None:
    strike, years, spot, excess = columns
    assert is_number_or_nan(function("pricing.parity.parity_yield")(expiry, strike, years, spot, excess, rate))


@EXAMPLES
@given(columns=st.lists(arrays(number), min_size=5, max_size=5), is_call=st.booleans(), rate=number)
def test_a_yield_by_delta_of_any_numbers(columns: list[Floats], is_call: bool, rate: float) -> None:
    spot, strike, years, volatility, delta = columns
    assert is_number_or_nan(delta_yield(spot, strike, years, volatility, delta, is_call, rate))


@EXAMPLES
@given(
    expiry=arrays(places, np.int32).map(np.sort),
    columns=st.lists(arrays(number), min_size=4, max_size=4),
    limits=st.tuples(number, number, number),
)
def test_collars_of_any_numbers(expiry: Any, columns: list[Floats], limits: tuple[float, float, float]) -> None:
    matched = function("metrics.catalogue.collars.collared")(expiry, *columns, *limits)
    with np.errstate(over="ignore"):  # the bound may be infinite
        most = columns[0][columns[0] > 0].sum(initial=0.0)
    assert 0 <= matched <= most


@pytest.mark.parametrize("delta", [math.nan, math.inf])
def test_an_unknown_delta_makes_no_collar(delta: float) -> None:
    one = np.array([10.0])
    assert (
        function("metrics.catalogue.collars.collared")(
            np.zeros(1, np.int32), one, np.array([-0.3]), one, np.array([delta]), 0.8, 1.25, 0.15
        )
        == 0
    )


@EXAMPLES
@given(strike=arrays(number), expiration=arrays(places, np.int32), root=arrays(places, np.uint32))
def test_contracts_of_two_sessions_at_any_strikes(strike: Floats, expiration: Any, root: Any) -> None:
    """Three rows then, three now: whatever they hold, a match is the same contract."""
    start, rows, neighbour = (np.array(values, np.int64) for values in ((0, 3), (3, 3), (-1, 0)))
    found = function("metrics.engine.contract_match.match")(expiration, root, strike, start, rows, neighbour, 1)
    assert len(found) == 3
    for row, other in enumerate(found, start=3):
        if other >= 0:
            assert other < 3
            assert (strike[row], expiration[row], root[row]) == (strike[other], expiration[other], root[other])


SESSIONS = 4
price = positive | st.floats(50, 150)


def with_missing(drawn: tuple[list[Floats], npt.NDArray[np.bool_]]) -> list[Floats]:
    """Bars, of which some are missing whole, as the grid has them."""
    return [np.where(drawn[1], math.nan, prices).reshape(2, SESSIONS) for prices in drawn[0]]


bars = st.tuples(
    st.lists(arrays(price, size=2 * SESSIONS), min_size=4, max_size=4),
    arrays(st.sampled_from([False, False, True]), np.bool_, 2 * SESSIONS),
).map(with_missing)


@EXAMPLES
@given(
    bars=bars,
    shares=arrays(st.sampled_from([1.0, 2.0, 0.1, 1e-4, 1e4]), size=2 * SESSIONS).map(
        lambda drawn: drawn.reshape(2, SESSIONS)
    ),
    numbers=st.lists(arrays(number), min_size=5, max_size=5),
    side=arrays(st.sampled_from([1, -1]), np.int64),
    kind=arrays(st.sampled_from(list(outcomes.ENTRY_KINDS.values())), np.int64),
    symbol=arrays(st.integers(0, 1), np.int64),
    first=arrays(st.integers(1, SESSIONS + 1), np.int64),
    counts=st.lists(arrays(st.sampled_from([1, 2, 2**31]), np.int64), min_size=3, max_size=3),
)
def test_plans_of_any_numbers(
    bars: list[Floats],
    shares: Floats,
    numbers: list[Floats],
    side: Any,
    kind: Any,
    symbol: Any,
    first: Any,
    counts: list[Any],
) -> None:
    """Whatever has been split in between."""
    level, target, target_offset, stop, stop_offset = numbers
    valid_for, exit_after, expiry = counts
    ready = np.zeros(ROWS, np.int8)
    plans = PlanArrays(
        ready, symbol, side, kind, level, first, valid_for, target, target_offset, stop, stop_offset, exit_after, expiry
    )
    filled = function("backtest.kernel.fill_plans")(*bars, shares, plans)
    entered = filled.entry_at >= 0
    assert set(filled.outcome.tolist()) <= set(outcomes.REASONS)
    assert np.isnan(filled.entry_price[~entered]).all()
    assert not np.isnan(filled.entry_price[entered]).any()
    assert (filled.exit_at[entered] >= filled.entry_at[entered]).all()
    assert (filled.exit_at < SESSIONS).all()


@EXAMPLES
@given(
    prices=st.lists(arrays(positive | st.floats(50, 150)), min_size=2, max_size=2),
    size=arrays(st.floats(0.01, 1)),
    direction=arrays(st.sampled_from([1, -1]), np.int64),
    row=arrays(st.integers(0, 1), np.int64),
    marks=arrays(price | st.just(math.nan), size=2 * SESSIONS).map(lambda drawn: drawn.reshape(2, SESSIONS)),
    cash=number,
    fees=st.sampled_from([0.0, 0.001, 0.5]),
)
def test_an_account_of_any_prices(
    prices: list[Floats], size: Floats, direction: Any, row: Any, marks: Floats, cash: float, fees: float
) -> None:
    """Orders are of a positive and finite number of shares, whatever the prices."""
    at = np.sort(np.arange(ROWS) % (SESSIONS - 1) + 1)
    phase, reason = np.zeros(ROWS, np.int8), np.full(ROWS, outcomes.TIME, np.int8)
    leaves = np.minimum(at + 1, SESSIONS - 1)
    fills = FillArrays(row, direction, reason, at, prices[0], leaves, phase, prices[1], size, np.zeros_like(row))
    records = np.empty(2 * ROWS, ORDER_RECORDS)
    verdict, written = function("backtest.allocation.allocate")(fills, marks, np.zeros_like(marks), cash, fees, records)
    assert set(verdict.tolist()) <= {outcomes.TAKEN, outcomes.OVERLAP, outcomes.NO_CASH}
    orders = records[:written]
    assert written <= 2 * ROWS
    assert ((orders["size"] > 0) & np.isfinite(orders["size"])).all()


@EXAMPLES
@given(series=arrays(number, size=24).map(lambda drawn: drawn.reshape(12, 2)), seed=st.integers(0, 9))
def test_a_bootstrap_of_any_series(series: Floats, seed: int) -> None:
    days = np.random.default_rng(seed).integers(0, 12, (3, 12))
    drawn = np.full((3, 2), -7.0)
    function("evaluation.inference.bootstrap._studentise")(series, days, np.array([0, 4, 8, 12]), drawn)
    moderate = (np.abs(series) < 1e100).all() and ((np.abs(series) > 1e-100) | (series == 0)).all()
    assert not moderate or np.isfinite(drawn).all()


@EXAMPLES
@given(sides=st.lists(arrays(number, size=24).map(lambda drawn: drawn.reshape(2, 12)), min_size=2, max_size=2))
def test_a_signal_shifted_round_any_series(sides: list[Floats]) -> None:
    numerators, squares, errors = function("evaluation.inference.circular_shift._rotated")(*sides, np.arange(12), 2)
    moderate = all((np.abs(side) < 1e50).all() for side in sides)
    assert len(numerators) == len(squares) == len(errors) == 12
    assert not moderate or (np.isfinite(numerators).all() and np.isfinite(errors).all())


@EXAMPLES
@given(counts=st.lists(st.integers(1, 10**6), min_size=2, max_size=9), groups=st.integers(1, 8))
def test_groups_of_any_numbers_of_equal_values(counts: list[int], groups: int) -> None:
    """They begin one after the other, the first with the first value."""
    groups = min(groups, len(counts) - 1)
    total = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    starts = function("evaluation.inference.partition._even_starts")(total, groups)
    assert starts[0] == 0
    assert (np.diff(starts) > 0).all()
    assert starts[-1] < len(counts)
