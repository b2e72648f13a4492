"""The two views of a chain are the same facts, and frames are brought to their contract without loss."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.schema import (
    CONTRACT_KEY,
    CONTRACT_ROWS,
    QUOTE_COLUMNS,
    STORED_ORDER,
    STRIKE_ROWS,
    conform,
    listed,
    to_contract_rows,
    to_strike_rows,
)

Chain = Callable[..., pl.DataFrame]

VALUE = st.one_of(st.none(), st.integers(0, 1000))
KEY = st.tuples(
    st.sampled_from(["AAA", "BBB"]),
    st.sampled_from([date(2026, 1, 5), date(2026, 1, 6)]),
    st.sampled_from(["AAA", "AAA1"]),
    st.sampled_from([date(2026, 1, 16), date(2026, 2, 20)]),
    st.sampled_from([95.0, 100.0, 102.5]),
    st.sampled_from(["call", "put"]),
)


@st.composite
def contracts(draw: st.DrawFn) -> pl.DataFrame:
    """Contract rows, unique by key, each with something known of it, in the order of the key."""
    rows = []
    for key in draw(st.lists(KEY, min_size=1, max_size=12, unique=True)):
        known = {name: draw(VALUE) for name in ("last", "volume", "gamma", "open_interest")}
        shared = {"multiplier": 100, "underlying_price": 100, "oi_lag": 1, "source": "test"}
        rows.append({**dict(zip(CONTRACT_KEY, key, strict=True)), **shared, **known, "bid": draw(st.integers(0, 5))})
    return conform(pl.DataFrame(rows, infer_schema_length=None), CONTRACT_ROWS).sort(CONTRACT_KEY)


@given(contracts())
@settings(deadline=None, max_examples=60)
def test_contracts_to_strikes_and_back(rows: pl.DataFrame) -> None:
    assert to_contract_rows(to_strike_rows(rows)).equals(rows)


@given(contracts(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_strike_rows_are_in_stored_order_whatever_came(rows: pl.DataFrame, random: Any) -> None:
    order = list(range(rows.height))
    random.shuffle(order)
    strikes = to_strike_rows(rows[order])
    assert strikes.equals(strikes.sort(STORED_ORDER))
    assert dict(strikes.schema) == dict(STRIKE_ROWS)


def test_a_call_and_a_put_of_one_strike_are_one_row(chain: Chain) -> None:
    row = to_strike_rows(to_contract_rows(chain({100: {"call_volume": 1, "put_volume": 2}})))
    assert row.select("strike", "call_volume", "put_volume").rows() == [(100, 1, 2)]


@pytest.mark.parametrize(("side", "other"), [("call", "put"), ("put", "call")])
def test_a_side_that_is_not_listed_is_all_null(side: str, other: str, chain: Chain) -> None:
    row = to_strike_rows(to_contract_rows(chain({100: {f"{side}_volume": 1}})))
    assert row[f"{side}_volume"].to_list() == [1]
    assert row["underlying_price"].to_list() == [100]
    assert row.select(f"{other}_{name}" for name in QUOTE_COLUMNS).null_count().sum_horizontal().item() == 11


def test_a_side_that_is_not_listed_is_no_contract(chain: Chain) -> None:
    assert to_contract_rows(chain({100: {"put_volume": 1}}))["option_type"].to_list() == ["put"]


@pytest.mark.parametrize("column", QUOTE_COLUMNS)
def test_a_side_is_listed_if_anything_is_known_of_it(column: str, chain: Chain) -> None:
    row = chain({100: {f"call_{column}": 0}})
    assert row.select(call=listed("call"), put=listed("put")).rows() == [(True, False)]


def test_roots_of_one_strike_stay_apart(chain: Chain) -> None:
    rows = pl.concat([chain({100: {"call_volume": 1}}, root=root) for root in ("AAA1", "AAA")])
    assert to_strike_rows(to_contract_rows(rows))["root"].to_list() == ["AAA", "AAA1"]


def test_conform_adds_orders_and_drops() -> None:
    frame = pl.DataFrame({"extra": [1], "strike": [100], "symbol": ["AAA"]})
    assert conform(frame, {"symbol": pl.String(), "iv": pl.Float64(), "strike": pl.Float64()}).equals(
        pl.DataFrame(
            {"symbol": ["AAA"], "iv": [None], "strike": [100.0]},
            schema={"symbol": pl.String, "iv": pl.Float64, "strike": pl.Float64},
        )
    )


def test_conform_refuses_what_a_dtype_cannot_hold() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        conform(pl.DataFrame({"oi_lag": [300]}), {"oi_lag": pl.Int8()})
