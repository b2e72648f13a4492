"""Scopes: the same metric over fewer contracts, and nothing but that."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.errors import DefinitionError, FlowbtError, UnknownNameError
from flowbt.lake import Lake
from flowbt.metrics import SHIPPED, Catalogue, Request, collecting, compute, metric
from flowbt.metrics.engine.scope import parse_scope
from flowbt.schema import PRINTS, conform

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
MONDAY, FRIDAY = date(2026, 1, 5), date(2026, 1, 9)
THIRD_FRIDAY, LATER = date(2026, 1, 16), date(2026, 2, 6)


@pytest.fixture
def rows(chain: Chain) -> pl.DataFrame:
    """Calls and puts at 90, 100, 110 with the spot at 100; their volumes are powers of two, so that a sum names its parts."""
    strikes = (90, 100, 110)

    def expiry(expiration: date, power: int) -> pl.DataFrame:
        return chain(
            {
                strike: {
                    "call_volume": 2 ** (power + place),
                    "call_delta": (0.9, 0.5, 0.1)[place],
                    "call_last": (12.0, 4.0, 1.0)[place],
                    "put_volume": 2 ** (power + 3 + place),
                    "put_delta": (-0.1, -0.5, -0.9)[place],
                    "put_last": (1.0, 4.0, 12.0)[place],
                }
                for place, strike in enumerate(strikes)
            },
            expiration=expiration,
        )

    return pl.concat([expiry(MONDAY, 0), expiry(FRIDAY, 6), expiry(THIRD_FRIDAY, 12), expiry(LATER, 18)])


TODAY_CALLS, FRIDAY_CALLS = 1 + 2 + 4, 2**6 * 7
THIRD_CALLS, LATER_CALLS = 2**12 * 7, 2**18 * 7


@pytest.mark.parametrize(
    ("scope", "calls"),
    [
        ("all", TODAY_CALLS + FRIDAY_CALLS + THIRD_CALLS + LATER_CALLS),
        ("dte=0", TODAY_CALLS),
        ("dte<4", TODAY_CALLS),
        ("dte<=4", TODAY_CALLS + FRIDAY_CALLS),
        ("dte>4", THIRD_CALLS + LATER_CALLS),
        ("dte>=11,dte<=20", THIRD_CALLS),
        ("expiry=2026-02-06", LATER_CALLS),
        ("expiry=nearest", FRIDAY_CALLS),
        ("expiry=this_friday", FRIDAY_CALLS),
        ("expiry=monthly", THIRD_CALLS),
        ("dte=0,moneyness>=1", 2 + 4),
        ("dte=0,otm", 4),
        ("dte=0,itm", 1),
        ("dte=0,delta<=0.5", 2 + 4),
        (" dte = 0 , otm ", 4),
    ],
)
def test_calls_that_a_scope_counts(scope: str, calls: int, rows: pl.DataFrame, measure: Measure) -> None:
    assert measure(f"call_volume[{scope}]", rows) == calls


@pytest.mark.parametrize(("scope", "puts"), [("dte=0,otm", 8), ("dte=0,itm", 32), ("dte=0,delta<0.5", 8)])
def test_puts_that_a_scope_counts(scope: str, puts: int, rows: pl.DataFrame, measure: Measure) -> None:
    assert measure(f"put_volume[{scope}]", rows) == puts


def test_the_friday_of_a_holiday_week_is_the_day_before(chain: Chain, measure: Measure) -> None:
    """Good Friday 2026 is 3 April."""
    rows = chain({100: {"call_volume": 7}}, day=date(2026, 3, 30), expiration=date(2026, 4, 2))
    assert measure("call_volume[expiry=this_friday]", rows) == 7


def test_on_a_friday_this_friday_is_the_next(chain: Chain, measure: Measure) -> None:
    rows = [chain({100: {"call_volume": volume}}, day=FRIDAY, expiration=expiration)
            for volume, expiration in ((1, FRIDAY), (2, THIRD_FRIDAY))]  # fmt: skip
    assert measure("call_volume[expiry=this_friday]", *rows) == 2


def test_volume_weighted_by_delta(rows: pl.DataFrame, measure: Measure) -> None:
    assert measure("call_volume[dte=0,weight=delta]", rows) == pytest.approx(1 * 0.9 + 2 * 0.5 + 4 * 0.1)


def test_volume_weighted_by_premium(rows: pl.DataFrame, measure: Measure) -> None:
    ratio = (8 * 1.0 + 16 * 4.0 + 32 * 12.0) / (1 * 12.0 + 2 * 4.0 + 4 * 1.0)
    assert measure("put_call_volume_ratio[dte=0,weight=premium]", rows) == pytest.approx(ratio)


def test_open_interest_weighted_by_the_middle_of_the_quote(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"call_open_interest": 10, "call_bid": 1.0, "call_ask": 3.0, "call_last": 9.0}})
    assert measure("call_open_interest[weight=premium]", rows) == 20


def test_a_snapshot_without_a_contract_in_the_scope_is_null_and_stays(
    rows: pl.DataFrame, chain: Chain, measure: Measure
) -> None:
    other = chain({100: {"call_volume": 5}}, day=date(2026, 1, 6), expiration=LATER)
    assert measure("call_volume[dte=0]", rows, other) == [TODAY_CALLS, None]


def test_without_a_spot_nothing_is_out_of_the_money(chain: Chain, measure: Measure) -> None:
    assert measure("call_volume[otm]", chain({110: {"call_volume": 5}}, spot=None)) is None


def test_the_nearest_expiry_of_a_scope(chain: Chain, measure: Measure) -> None:
    """At snapshot grain an expiry's number is that of the nearest live expiry in the scope."""
    rows = pl.concat(
        chain({strike: {"call_open_interest": 5, "put_open_interest": 5}}, expiration=expiration)
        for strike, expiration in ((95, FRIDAY), (105, LATER))
    )
    assert measure("max_pain", rows) == 95
    assert measure("max_pain[dte>10]", rows) == 105


def test_a_change_of_open_interest_within_a_scope(chain: Chain, measure: Measure) -> None:
    def held(day: date, near: int, far: int) -> pl.DataFrame:
        return pl.concat(
            chain({110: {"call_open_interest": count}}, day=day, expiration=expiration)
            for count, expiration in ((near, FRIDAY), (far, LATER))
        )

    days = [held(MONDAY, 10, 100), held(date(2026, 1, 6), 15, 300)]
    assert measure("call_oi_change[dte<=7]", *days) == [None, 5]


def test_scopes_in_one_request_do_not_disturb_each_other(rows: pl.DataFrame, store: Callable[..., Any]) -> None:
    names = ("call_volume", "call_volume[dte=0]", "net_premium[otm]", "call_volume[otm,dte=0]", "net_premium")
    lake = store(rows)
    together = compute(lake, Request(("AAA",), metrics=names))
    for name in names:
        assert together[name].equals(compute(lake, Request(("AAA",), metrics=(name,)))[name])


def test_a_delta_that_the_source_does_not_give_is_computed(chain: Chain, measure: Measure) -> None:
    rows = chain({100: {"call_volume": 1, "call_iv": 0.2}, 120: {"call_volume": 2, "call_iv": 0.2}})
    assert measure("call_volume[delta<=0.4]", rows) == 2
    delta = measure("call_unit_delta", rows, grain="strike")
    assert measure("call_volume[weight=delta]", rows) == pytest.approx(delta[0] + 2 * delta[1])


@pytest.mark.parametrize(
    ("scope", "blocks"), [("expiry=nearest", 0), ("dte>10", 1), ("otm", 1), ("itm", 0), ("delta<=0.3", 1)]
)
def test_prints_of_the_contracts_in_a_scope(scope: str, blocks: int, chain: Chain, tmp_path: Path) -> None:
    """One print, in the later expiry, which says neither its delta nor the spot; of none in the scope there are 0 blocks, not null."""
    lake = Lake(tmp_path)
    strike = {"call_volume": 20_000, "call_delta": 0.2}
    lake.write_strike_rows(pl.concat(chain({110: strike}, expiration=expiration) for expiration in (FRIDAY, LATER)))
    told = {
        "symbol": "AAA", "date": MONDAY, "time": datetime(2026, 1, 5, 15, tzinfo=UTC), "root": "AAA", "expiration": LATER,
        "strike": 110.0, "option_type": "call", "price": 2.0, "size": 20_000, "multiplier": 100.0, "source": "test",
    }  # fmt: skip
    lake.write_prints(conform(pl.DataFrame([told]), PRINTS))
    assert compute(lake, Request(("AAA",), metrics=(f"blocks[{scope}]",))).item(0, 2) == blocks


def test_contracts_of_one_root(chain: Chain, measure: Measure) -> None:
    rows = [chain({100: {"call_volume": volume}}, root=root) for volume, root in ((3, "AAA"), (5, "AAAW"))]
    assert measure("call_volume", *rows) == 8
    assert measure("call_volume[root=AAAW]", *rows) == 5


def test_conditions_may_come_in_any_order() -> None:
    assert parse_scope("otm,dte<=7") == parse_scope("dte<=7.0, otm")


def test_a_metric_that_compares_two_scopes(rows: pl.DataFrame, store: Callable[..., Any]) -> None:
    own = Catalogue(parent=SHIPPED)
    with collecting(own):

        @metric(grain="snapshot", unit="1")
        def front_share() -> pl.Expr:
            """Share of the call volume that expires within a week."""
            return pl.col("call_volume[dte<=7]") / pl.col("call_volume()")

    names = ("front_share", "front_share[dte<=11]")
    found = compute(store(rows), Request(("AAA",), metrics=names), own)
    week = TODAY_CALLS + FRIDAY_CALLS
    assert found["front_share"].item() == week / (week + THIRD_CALLS + LATER_CALLS)
    assert found["front_share[dte<=11]"].item() == week / (week + THIRD_CALLS)


def test_a_metric_over_all_contracts_inside_a_scope(rows: pl.DataFrame, store: Callable[..., Any]) -> None:
    own = Catalogue(parent=SHIPPED)
    with collecting(own):

        @metric(grain="snapshot", unit="1")
        def share_of_all() -> pl.Expr:
            """Share of the call volume of all contracts."""
            return pl.col("call_volume()") / pl.col("call_volume[all]")

    found = compute(store(rows), Request(("AAA",), metrics=("share_of_all[dte=0]",)), own)
    assert found.item(0, 2) == TODAY_CALLS / (TODAY_CALLS + FRIDAY_CALLS + THIRD_CALLS + LATER_CALLS)


def test_several_scopes_below_the_snapshot_are_refused(rows: pl.DataFrame, store: Callable[..., Any]) -> None:
    own = Catalogue(parent=SHIPPED)
    with collecting(own):

        @metric(grain="snapshot", unit="USD")
        def mixed() -> pl.Expr:
            """Sum of the premium of two scopes' rows."""
            return pl.col("call_premium[otm]").sum() + pl.col("put_premium").sum()

    with pytest.raises(DefinitionError, match=r"'mixed\(\)' reads rows and metrics, or metrics under several scopes"):
        compute(store(rows), Request(("AAA",), metrics=("mixed",)), own)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dt<=7", "unknown condition 'dt'.*did you mean 'dte'"),
        ("dte", "write it as in dte<=7"),
        ("dte<=soon", "'soon' in the scope .* is not a valid number"),
        ("otm=1", "write otm alone"),
        ("expiry=2026-13-01", "is not a valid expiry: write expiry=2026-06-19 or expiry=nearest"),
        ("expiry<2026-01-01", "write expiry="),
        ("weight=gamma", "write weight=delta or weight=premium"),
        ("dte<=7 otm", "is not a valid condition of a scope"),
    ],
)
def test_what_is_no_scope(text: str, said: str) -> None:
    with pytest.raises(FlowbtError, match=said):
        parse_scope(text)


def test_an_unknown_metric_under_a_scope() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'gex'"):
        SHIPPED.parse("gexx[otm]")


@given(cut=st.integers(0, 40))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_add_up_to_the_whole(cut: int, rows: pl.DataFrame, store: Callable[..., Any]) -> None:
    names = ("call_volume", f"call_volume[dte<={cut}]", f"call_volume[dte>{cut}]")
    whole, below, above = compute(store(rows), Request(("AAA",), metrics=names)).row(0)[2:]
    assert (below or 0) + (above or 0) == whole
