"""Where open interest piles up, each chain with one answer; places against a sort in Python."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.errors import DefinitionError
from flowbt.metrics import Request, compute

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]

# the calls of one published report and the puts of another
CALLS = {250: 5_000, 255: 10_000, 260: 7_467, 266: 8_401}
PUTS = {230: 132_452, 235: 20_000, 240: 124_776, 245: 120_817, 260: 30_000}


@pytest.fixture
def calls(chain: Chain) -> Callable[..., pl.DataFrame]:
    """Calls held by strike."""
    return lambda held, **options: chain({k: {"call_open_interest": oi} for k, oi in held.items()}, **options)


@pytest.fixture
def puts(chain: Chain) -> Callable[..., pl.DataFrame]:
    """Puts held by strike."""
    return lambda held, **options: chain({k: {"put_open_interest": oi} for k, oi in held.items()}, **options)


@pytest.mark.parametrize(("rank", "strike", "size"), [(1, 255, 10_000), (2, 266, 8_401), (4, 250, 5_000)])
def test_clusters_of_calls(rank: int, strike: float, size: int, calls: Chain, measure: Measure) -> None:
    assert measure(f"call_oi_cluster(rank={rank})", calls(CALLS)) == strike
    assert measure(f"call_oi_cluster_size(rank={rank})", calls(CALLS)) == size


@pytest.mark.parametrize(("rank", "strike", "size"), [(1, 230, 132_452), (2, 240, 124_776), (3, 245, 120_817)])
def test_clusters_of_puts(rank: int, strike: float, size: int, puts: Chain, measure: Measure) -> None:
    assert measure(f"put_oi_cluster(rank={rank})", puts(PUTS)) == strike
    assert measure(f"put_oi_cluster_size(rank={rank})", puts(PUTS)) == size


def test_the_first_cluster_is_the_default(calls: Chain, puts: Chain, measure: Measure) -> None:
    assert (measure("call_oi_cluster", calls(CALLS)), measure("put_oi_cluster", puts(PUTS))) == (255, 230)


def test_beyond_the_last_cluster_there_is_none(calls: Chain, measure: Measure) -> None:
    assert measure("call_oi_cluster(rank=3)", calls({95: 4, 100: 0, 105: 6})) is None
    assert measure("call_oi_cluster_size(rank=3)", calls({95: 4, 100: 0, 105: 6})) is None


@pytest.mark.parametrize("name", ["call_oi_cluster", "put_oi_cluster_size", "put_floor"])
def test_a_rank_below_the_first_is_refused(name: str, calls: Chain, measure: Measure) -> None:
    with pytest.raises(DefinitionError, match="rank=0"):
        measure(f"{name}(rank=0)", calls(CALLS))


def test_expiries_add_up_before_strikes_are_ranked(calls: Chain, measure: Measure) -> None:
    rows = [calls({100: 30, 105: 20}), calls({105: 20}, expiration=date(2026, 2, 20))]
    assert measure("call_oi_rank", *rows, grain="level") == [2, 1]


def test_what_expires_today_is_not_ranked(calls: Chain, measure: Measure) -> None:
    rows = [calls({95: 99}, expiration=date(2026, 1, 5)), calls({100: 1, 105: 2})]
    assert measure("call_oi_rank", *rows, grain="level") == [None, 2, 1]


OPEN_INTEREST = st.one_of(st.none(), st.integers(0, 3), st.integers(0, 10_000))
SNAPSHOTS = st.lists(st.lists(OPEN_INTEREST, min_size=1, max_size=12), min_size=1, max_size=4)


@given(snapshots=SNAPSHOTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_places_are_those_of_a_stable_sort(
    snapshots: list[list[int | None]], chain: Chain, store: Callable[..., Any]
) -> None:
    """Of strikes that tie the lower is first, in every snapshot by itself."""
    symbols = [f"S{n}" for n in range(len(snapshots))]
    chains = [
        chain({80 + n: {"call_open_interest": 1, "put_open_interest": oi} for n, oi in enumerate(held)}, symbol=symbol)
        for symbol, held in zip(symbols, snapshots, strict=True)
    ]
    found = compute(store(*chains), Request(tuple(symbols), grain="level", metrics=("put_oi_rank",)))
    expected: list[int | None] = []
    for held in snapshots:
        falling = sorted((n for n, oi in enumerate(held) if oi), key=lambda n: -(held[n] or 0))
        expected += [falling.index(n) + 1 if n in falling else None for n in range(len(held))]
    assert found["put_oi_rank"].to_list() == expected


def test_the_share_of_the_largest(calls: Chain, puts: Chain, measure: Measure) -> None:
    held = {90: 10, 95: 30, 100: 20, 105: 40}
    assert measure("call_oi_cluster_share", calls(held)) == 0.9
    assert measure("put_oi_cluster_share(k=1)", puts(held)) == 0.4


def test_concentration_is_the_sum_of_squared_shares(calls: Chain, puts: Chain, measure: Measure) -> None:
    assert measure("call_oi_concentration", calls({95: 1, 100: 3})) == 0.625
    assert measure("put_oi_concentration", puts({95: 5, 100: 5, 105: 5, 110: 5})) == 0.25
    assert measure("put_oi_concentration", puts({95: 0, 100: 7})) == 1


def test_the_band_of_a_published_report(puts: Chain, measure: Measure) -> None:
    rows = puts(PUTS, spot=260.5)
    assert (measure("put_oi_band_low", rows), measure("put_oi_band_high", rows)) == (230, 245)


def test_the_band_spans_the_largest_in_the_order_of_strikes(calls: Chain, measure: Measure) -> None:
    # the largest are at 104, 96 and 100: each 4 from its neighbour, though the first two are 8 apart
    rows = calls({96: 20, 98: 1, 100: 10, 104: 30})
    assert (measure("call_oi_band_low", rows), measure("call_oi_band_high", rows)) == (96, 104)


@pytest.mark.parametrize(("spot", "low"), [(100.0, 95), (99.9, None), (None, None)])
def test_neighbours_are_within_five_percent_of_the_spot(
    spot: float | None, low: float | None, calls: Chain, measure: Measure
) -> None:
    assert measure("call_oi_band_low", calls({95: 3, 100: 2, 102: 1}, spot=spot)) == low


def test_a_wider_reach_makes_a_band(calls: Chain, measure: Measure) -> None:
    rows = calls({90: 3, 100: 2, 110: 1})
    assert measure("call_oi_band_high", rows) is None
    assert measure("call_oi_band_high(within=0.1)", rows) == 110
    assert measure("call_oi_band_high(k=2, within=0.1)", rows) == 100


def test_one_strike_is_no_band(puts: Chain, measure: Measure) -> None:
    assert measure("put_oi_band_low", puts({95: 10, 100: 0})) is None


def test_two_strikes_are_a_band_of_the_three_largest(puts: Chain, measure: Measure) -> None:
    rows = puts({95: 10, 98: 5, 100: 0})
    assert (measure("put_oi_band_low", rows), measure("put_oi_band_high", rows)) == (95, 98)
