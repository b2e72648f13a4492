"""What a tape of a few prints says."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.lake import Lake
from flowbt.metrics import Request, compute
from flowbt.metrics.catalogue.tape import is_first_of_sweep, is_sweep, print_premium
from flowbt.schema import PRINTS, conform

Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]
Taped = Callable[..., Any]

TODAY, EXPIRATION = date(2026, 1, 5), date(2026, 1, 16)
NOON = datetime(2026, 1, 5, 17, tzinfo=UTC)


def fill(option_type: str = "call", side: str | None = "ask", at: float = 0, **columns: Any) -> dict[str, Any]:
    """10 contracts of the strike of 100 at 2 USD, that many milliseconds after noon: 2,000 USD."""
    return {
        "option_type": option_type,
        "side": side,
        "time": NOON + timedelta(milliseconds=at),
        "strike": 100.0,
        "price": 2.0,
        "size": 10,
        "multiplier": 100.0,
        "exchange": "C",
    } | columns


def tape_of(*fills: dict[str, Any]) -> pl.DataFrame:
    shared = {"symbol": "AAA", "root": "AAA", "date": TODAY, "expiration": EXPIRATION, "source": "test"}
    return conform(pl.DataFrame([shared | row for row in fills], infer_schema_length=None), PRINTS)


@pytest.fixture
def taped(chain: Chain, store: Store) -> Taped:
    """A metric of the day of these prints, whose chain has the strike of 100; by print where the grain says so."""

    def value(name: str, *fills: dict[str, Any], grain: str = "snapshot", **columns: Any) -> Any:
        traded = {"call_volume": 1, "put_volume": 1, "call_last": 2.0, "put_last": 2.0} | columns
        lake = store(chain({100: traded}))
        if fills:
            lake.write_prints(tape_of(*fills))
        found = compute(lake, Request(("AAA",), grain=grain, metrics=(name,)))[name].to_list()
        return found if grain == "print" else found[0]

    return value


def test_premium_is_price_times_size_times_multiplier() -> None:
    tape = tape_of(fill(), fill(multiplier=10.0, size=7))
    assert tape.select(print_premium.expression(print_premium.key({})))["price"].to_list() == [2000, 140]


def test_prints_are_shown_one_by_one_in_the_order_of_time(taped: Taped) -> None:
    assert taped("print_premium", fill(at=2, size=3), fill(at=1, size=2), grain="print") == [400, 600]


@pytest.mark.parametrize(
    ("option_type", "side", "signed"),
    [
        ("call", "ask", 2000),
        ("call", "bid", -2000),
        ("put", "ask", -2000),
        ("put", "bid", 2000),
        ("call", "mid", None),
        ("put", None, None),
    ],
)
def test_sign_of_a_print(option_type: str, side: str | None, signed: float | None, taped: Taped) -> None:
    assert taped("print_signed_premium", fill(option_type, side), grain="print") == [signed]


@pytest.mark.parametrize(
    ("columns", "block"),
    [
        ({"size": 10_000, "price": 0.01}, True),
        ({"size": 9_999, "price": 0.01}, False),
        ({"size": 1_000, "price": 2.0}, True),
        ({"size": 1_000, "price": 1.99}, False),
    ],
    ids=["10,000 contracts", "9,999 contracts", "200,000 USD", "199,000 USD"],
)
def test_block(columns: dict[str, Any], block: bool, taped: Taped) -> None:
    assert taped("is_block", fill(**columns), grain="print") == [block]


SIDES_OF_THE_DAY = (
    fill("call", "ask", size=50),
    fill("call", "bid", size=20),
    fill("call", "mid", size=500),
    fill("put", "ask", size=15),
    fill("put", "bid", size=5),
    fill("put", None, size=10),
)
"""In USD: calls 10,000 bought, 4,000 sold and 100,000 in the middle; puts 3,000 bought, 1,000 sold, 2,000 unknown."""


def test_net_premium_signed_leaves_the_middle_out(taped: Taped) -> None:
    assert taped("net_premium_signed", *SIDES_OF_THE_DAY) == (10_000 - 4_000) - (3_000 - 1_000)


def test_coverage_is_what_crossed_the_spread(taped: Taped) -> None:
    assert taped("signed_premium_coverage", *SIDES_OF_THE_DAY) == pytest.approx(18 / 120)


def test_net_premium_signed_of_a_side_that_traded_alone(taped: Taped) -> None:
    assert taped("net_premium_signed", fill("put", "ask")) == -2000


@pytest.mark.parametrize("side", ["mid", None])
def test_where_nobody_is_known_to_have_crossed_the_spread_the_net_is_unknown(side: str | None, taped: Taped) -> None:
    assert taped("signed_premium_coverage", fill(side=side)) == 0
    assert taped("net_premium_signed", fill(side=side)) is None


def test_a_dividend_play_is_left_out_unless_asked_for(chain: Chain, store: Store) -> None:
    """25 deep calls that turned over, one of them on the tape; beside them a put bought."""
    deep = {
        "call_delta": 0.95,
        "call_volume": 300,
        "call_open_interest": 100,
        "call_last": 40.0,
        "put_last": 0.01,
    }
    lake = store(chain({**{50.0 + place: deep for place in range(25)}, 100.0: {"put_volume": 10, "put_last": 2.0}}))
    lake.write_prints(tape_of(fill(strike=60.0, price=40.0), fill("put", "ask")))
    names = ("net_premium_signed", "net_premium_signed(dividend_plays=include)")
    assert compute(lake, Request(("AAA",), metrics=names)).row(0)[2:] == (-2000, 38_000)


def test_a_scope_counts_its_contracts(taped: Taped) -> None:
    fills = (fill("call", "ask"), fill("put", "ask", delta=-0.6))
    assert taped("net_premium_signed[delta<=0.5]", *fills, call_delta=0.4, put_delta=-0.6) == 2000
    assert taped("signed_premium_coverage[dte>30]", *fills) is None


@pytest.mark.parametrize(
    "name",
    [
        "net_premium_signed",
        "signed_premium_coverage",
        "blocks",
        "block_premium",
        "net_block_premium",
        "sweeps",
        "sweep_premium",
        "net_sweep_premium",
    ],
)
def test_without_a_tape_nothing_is_known(name: str, taped: Taped) -> None:
    assert taped(name) is None


BLOCKS = (
    fill("call", "ask", size=2000),
    fill("put", "ask", size=1000, at=1),
    fill("put", "mid", size=3000, at=2),
    fill("call", "ask", at=3),
)
"""In USD: calls 400,000 bought, puts 200,000 bought and 600,000 in the middle; the last is no block."""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blocks", 3),
        ("block_premium", 1_200_000),
        ("net_block_premium", 200_000),
        ("blocks(min_block_premium=400000)", 2),
        ("net_block_premium(min_block_premium=2000)", 202_000),
        ("block_premium(min_block_size=1, min_block_premium=1000000000)", 1_202_000),
    ],
)
def test_blocks_of_the_day(name: str, value: float, taped: Taped) -> None:
    assert taped(name, *BLOCKS) == value


@pytest.mark.parametrize(("side", "net"), [("mid", None), ("bid", -400_000)])
def test_net_of_blocks_of_no_side_is_unknown(side: str, net: float | None, taped: Taped) -> None:
    assert taped("net_block_premium", fill(side=side, size=2000), fill()) == net


def test_a_day_without_blocks_has_none(taped: Taped) -> None:
    assert [taped(name, fill()) for name in ("blocks", "block_premium", "net_block_premium")] == [0, 0, 0]


def swept(*fills: dict[str, Any], within: int = 10) -> list[bool | None]:
    expression = is_sweep.expression(is_sweep.key({"within_ms": within}))
    return tape_of(*fills).select(expression.alias("swept"))["swept"].to_list()


def test_one_order_over_two_exchanges_is_a_sweep_however_long_it_takes() -> None:
    fills = fill(order="1"), fill(order="1", exchange="X", at=60_000), fill(order="2", at=60_001)
    assert swept(*fills) == [True, True, False]


def test_one_order_on_one_exchange_is_none() -> None:
    """Another order on another exchange in the same millisecond does not make it one."""
    assert swept(fill(order="1"), fill(order="1"), fill(order="2", exchange="X")) == [False] * 3


def test_an_order_over_two_contracts_sweeps_neither() -> None:
    assert swept(fill(order="1"), fill("put", order="1", exchange="X")) == [False, False]


@pytest.mark.parametrize(("apart", "sweep"), [(0, True), (10, True), (10.001, False)])
def test_without_an_order_two_exchanges_within_the_window(apart: float, sweep: bool) -> None:
    assert swept(fill(), fill(exchange="X", at=apart)) == [sweep, sweep]


def test_a_wider_window_sees_more() -> None:
    assert swept(fill(), fill(exchange="X", at=200), within=200) == [True, True]


def test_prints_of_one_exchange_between_do_not_hide_the_other() -> None:
    fills = fill(exchange="X"), fill(at=4), fill(at=8), fill(at=12), fill(exchange="X", at=30)
    assert swept(*fills) == [True, True, True, False, False]


@pytest.mark.parametrize(
    "other",
    [{"side": "bid"}, {"option_type": "put"}, {"strike": 101.0}, {"order": "1"}],
    ids=lambda other: next(iter(other)),
)
def test_what_is_not_the_same_is_no_sweep(other: dict[str, Any]) -> None:
    assert swept(fill(), fill(**{"exchange": "X", **other})) == [False, False]


@pytest.mark.parametrize(
    ("columns", "sweep"),
    [({"exchange": None}, None), ({"side": None}, None), ({"side": None, "order": "1"}, True)],
    ids=["no exchange", "no side", "no side but an order"],
)
def test_what_must_be_known_of_a_sweep(columns: dict[str, Any], sweep: bool | None) -> None:
    other = {"exchange": "X", **columns}
    same_but_there = {**columns, "exchange": "C"}
    assert swept(fill(**same_but_there), fill(**other))[1] is sweep


def test_an_unknown_exchange_is_not_another_exchange() -> None:
    fills = fill(order="1"), fill(order="1", exchange=None), fill(at=1), fill(exchange=None, at=2), fill(at=3)
    assert swept(*fills) == [False, None, False, None, False]


SWEEPS = (
    fill("put", "ask"),
    fill("put", "ask", exchange="X", at=5),
    fill("put", "ask", exchange="X", at=30),
    fill("put", "ask", exchange="C", at=31),
    fill("call", "ask", order="1"),
    fill("call", "ask", order="1", exchange="X", at=90),
    fill("call", "mid", order="2"),
    fill("call", "mid", order="2", exchange="X", at=500),
    fill("call", "ask", at=1000),
)
"""Two of puts bought, one of calls bought and one of calls in the middle, 4,000 USD each; the last print is alone."""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sweeps", 4),
        ("sweep_premium", 16_000),
        ("net_sweep_premium", -4_000),
        ("sweeps(within_ms=25)", 3),
        ("sweeps(within_ms=0)", 2),
        ("net_sweep_premium(within_ms=0)", 4_000),
    ],
)
def test_sweeps_of_the_day(name: str, value: float, taped: Taped) -> None:
    assert taped(name, *SWEEPS) == value


@pytest.mark.parametrize("name", ["sweeps", "sweep_premium", "net_sweep_premium"])
def test_a_tape_without_exchanges_does_not_know_of_sweeps(name: str, taped: Taped) -> None:
    assert taped(name, fill(exchange=None), fill(exchange=None, at=1)) is None


def test_a_day_without_sweeps_has_none(taped: Taped) -> None:
    assert [taped(name, fill()) for name in ("sweeps", "sweep_premium", "net_sweep_premium")] == [0, 0, 0]


@given(
    fills=st.lists(
        st.builds(
            fill,
            side=st.sampled_from(["ask", "bid"]),
            at=st.integers(0, 60),
            exchange=st.sampled_from(["A", "B", "C"]),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(deadline=None)
def test_a_print_is_swept_if_any_other_exchange_is_near(fills: list[dict[str, Any]]) -> None:
    fills = sorted(fills, key=lambda row: row["time"])
    expected = [
        any(
            other["side"] == row["side"]
            and other["exchange"] != row["exchange"]
            and abs(other["time"] - row["time"]) <= timedelta(milliseconds=10)
            for other in fills
        )
        for row in fills
    ]
    assert swept(*fills) == expected


@given(orders=st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("AB")), min_size=1, max_size=10))
@settings(deadline=None)
def test_each_order_that_sweeps_counts_once(orders: list[tuple[str, str]]) -> None:
    tape = tape_of(*(fill(order=order, exchange=exchange, at=at) for at, (order, exchange) in enumerate(orders)))
    sweeping = {order for order, _ in orders if len({exchange for other, exchange in orders if other == order}) > 1}
    frame = tape.with_columns(is_sweep.expression(is_sweep.key({})).alias("is_sweep()"))
    assert frame.select(is_first_of_sweep.expression(is_first_of_sweep.key({})).sum()).item() == len(sweeping)
