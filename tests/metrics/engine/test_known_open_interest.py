"""Which open interest is known at the close, and which before the next open."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.errors import UnknownNameError
from flowbt.metrics import Catalogue, Request, collecting, compute, held_at_open, metric
from flowbt.metrics.engine.definition import SHIPPED

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]
Held = Callable[..., pl.DataFrame]

MARCH = date(2026, 3, 20)
KNOWN = "call_open_interest"
CHANGE = "call_oi_change"


@pytest.fixture
def held(chain: Chain) -> Held:
    """Calls held by strike, on a day, in a source of some lag."""

    def make(day: date, strikes: dict[float, int | None], lag: int | None = 1, **options: Any) -> pl.DataFrame:
        rows = {strike: {"call_open_interest": oi, "put_volume": 0} for strike, oi in strikes.items()}
        return chain(rows, day=day, oi_lag=lag, **{"expiration": MARCH, **options})

    return make


@pytest.mark.parametrize(
    ("lag", "decision", "known"),
    [
        (1, "close", [10, 20, 30]),
        (1, "pre_open", [20, 30, None]),
        (0, "close", [None, 10, 20]),
        (0, "pre_open", [10, 20, 30]),
        (None, "close", [None, 10, 20]),
        (None, "pre_open", [10, 20, 30]),
    ],
)
def test_what_is_known(
    lag: int | None, decision: str, known: list[int | None], held: Held, days: Sequence[date], measure: Measure
) -> None:
    rows = [held(day, {100: oi}, lag) for day, oi in zip(days, (10, 20, 30), strict=False)]
    assert measure(KNOWN, *rows, decision=decision) == known


@pytest.mark.parametrize(
    ("lag", "decision", "known"), [(1, "pre_open", [None, 30, None]), (0, "close", [None, None, 20])]
)
def test_over_a_missing_session_nothing_is_known(
    lag: int, decision: str, known: list[int | None], held: Held, days: Sequence[date], measure: Measure
) -> None:
    rows = [held(day, {100: oi}, lag) for day, oi in ((days[0], 10), (days[2], 20), (days[3], 30))]
    assert measure(KNOWN, *rows, decision=decision) == known


def test_the_session_after_may_lie_in_another_month_and_outside_of_what_is_asked_for(
    held: Held, store: Callable[..., Any]
) -> None:
    lake = store(held(date(2026, 1, 30), {100: 10}), held(date(2026, 2, 2), {100: 20}))
    request = Request(("AAA",), last=date(2026, 1, 30), metrics=(KNOWN, CHANGE), decision="pre_open")
    assert compute(lake, request).rows() == [("AAA", date(2026, 1, 30), 20, 10)]


def test_the_session_before_may_lie_outside_of_what_is_asked_for(
    held: Held, days: Sequence[date], store: Callable[..., Any]
) -> None:
    lake = store(*(held(day, {100: oi}, lag=0) for day, oi in zip(days, (10, 20, 40), strict=False)))
    request = Request(("AAA",), first=days[2], metrics=(KNOWN, CHANGE))
    assert compute(lake, request).rows() == [("AAA", days[2], 20, 10)]


def test_over_a_weekend_and_a_holiday(held: Held, measure: Measure) -> None:
    friday, tuesday = date(2026, 1, 16), date(2026, 1, 20)  # Monday is Martin Luther King's
    assert measure(KNOWN, held(friday, {100: 10}), held(tuesday, {100: 14}), decision="pre_open") == [14, None]


def test_what_is_not_listed_any_more_is_unknown(held: Held, days: Sequence[date], measure: Measure) -> None:
    rows = [held(days[0], {95: 10, 100: 20}), held(days[1], {100: 25})]
    assert measure("call_contract_oi_change", *rows, grain="strike", decision="pre_open") == [None, 5, None]


def test_a_side_that_is_not_listed_any_more_is_unknown(chain: Chain, days: Sequence[date], measure: Measure) -> None:
    before = chain({100: {"call_open_interest": 10, "put_open_interest": 10}}, day=days[0], expiration=MARCH)
    after = chain({100: {"put_open_interest": 12}}, day=days[1], expiration=MARCH)
    for side, change in (("call", None), ("put", 2)):
        name = f"{side}_contract_oi_change"
        assert measure(name, before, after, grain="strike", decision="pre_open") == [change, None]


def test_what_expires_on_the_day_has_no_open_interest_thereafter(
    held: Held, days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 50}, expiration=days[0]), held(days[0], {100: 10}), held(days[1], {100: 13})]
    assert measure("call_contract_oi_change", *rows, grain="strike", decision="pre_open") == [None, 3, None]
    assert measure(CHANGE, *rows, decision="pre_open") == [3, None]


def test_a_new_listing_began_at_nothing(held: Held, days: Sequence[date], measure: Measure) -> None:
    """On its first day nothing was held of it; what was held at the end of that day is known a session later."""
    rows = [
        held(day, strikes, lag=0)
        for day, strikes in zip(days, ({95: 10}, {95: 10, 100: 7}, {95: 10, 100: 9}), strict=False)
    ]
    known = measure("call_oi_at_strike", *rows, grain="level")
    assert known[1:] == [10, 0, 10, 7]
    assert measure(CHANGE, *rows) == [None, None, 7]
    assert measure(CHANGE, *rows, decision="pre_open") == [None, 7, 2]


def test_a_new_listing_whose_open_interest_is_published_before_the_open(
    held: Held, days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {95: 10}), held(days[1], {95: 10, 100: 0}), held(days[2], {95: 10, 100: 7})]
    assert measure(CHANGE, *rows, decision="pre_open") == [0, 7, None]


@pytest.mark.parametrize(
    ("lag", "decision", "change"),
    [
        (1, "close", [None, 10, 20]),
        (1, "pre_open", [10, 20, None]),
        (0, "close", [None, None, 10]),
        (0, "pre_open", [None, 10, 20]),
        (None, "close", [None, None, 10]),
        (None, "pre_open", [None, 10, 20]),
    ],
)
def test_the_change_is_told_on_the_same_clock(
    lag: int | None, decision: str, change: list[int | None], held: Held, days: Sequence[date], measure: Measure
) -> None:
    rows = [held(day, {100: oi}, lag) for day, oi in zip(days, (10, 20, 40), strict=False)]
    assert measure(CHANGE, *rows, decision=decision) == change


@pytest.mark.parametrize(
    ("source", "decision", "known"),
    [
        (((10, 1), (20, 1), (40, 0), (50, 0)), "close", [10, 20, None, 40]),
        (((10, 1), (20, 1), (40, 0), (50, 0)), "pre_open", [20, None, 40, 50]),
        (((20, 0), (30, 0), (30, 1), (40, 1)), "close", [None, 20, 30, 40]),
        (((20, 0), (30, 0), (30, 1), (40, 1)), "pre_open", [20, 30, 40, None]),
        (((10, None), (20, 1), (30, 1), (40, None)), "close", [None, 20, 30, None]),
        (((10, None), (20, 1), (30, 1), (40, None)), "pre_open", [10, 30, None, 40]),
        (((20, 0), (30, None), (40, 0), (50, 0)), "close", [None, 20, 30, 40]),
    ],
    ids=["from 1 to 0, close", "from 1 to 0, pre_open", "from 0 to 1, close", "from 0 to 1, pre_open",
         "1 among null, close", "1 among null, pre_open", "null among 0, close"],
)  # fmt: skip
def test_a_source_that_changes_its_ways(
    source: tuple[tuple[int, int | None], ...],
    decision: str,
    known: list[int | None],
    held: Held,
    days: Sequence[date],
    measure: Measure,
) -> None:
    """Where nothing is null, 10 is that of the close before the first day, 20 of the first day's, and so on."""
    rows = [held(day, {100: oi}, lag) for day, (oi, lag) in zip(days, source, strict=False)]
    assert measure(KNOWN, *rows, decision=decision) == known


def test_nothing_but_open_interest_comes_from_the_day_after(
    chain: Chain, days: Sequence[date], measure: Measure
) -> None:
    rows = [
        chain({100: {"put_volume": place, "put_open_interest": place}}, day=day, spot=100.0 + place)
        for place, day in enumerate(days[:2])
    ]
    assert measure("put_volume", *rows, decision="pre_open") == [0, 1]
    assert measure("spot", *rows, decision="pre_open") == [100, 101]
    assert measure("put_open_interest", *rows, decision="pre_open") == [1, None]


def test_symbols_and_roots_are_told_apart(held: Held, days: Sequence[date], measure: Measure) -> None:
    rows = [
        held(day, {100: oi + place}, symbol=symbol, root=root)
        for symbol, root, oi in (("AAA", "AAA", 10), ("AAA", "AAAW", 20), ("BBB", "BBB", 40))
        for place, day in enumerate(days[:2])
    ]
    assert measure("call_contract_oi_change", *rows, grain="strike", decision="pre_open") == [1, 1, None, None, 1, None]


def test_adjusted_contracts_are_left_out(held: Held, days: Sequence[date], measure: Measure) -> None:
    rows = [held(day, {100: 10}, root=root) for day in days[:2] for root in ("AAA", "AAA1")]
    assert measure(KNOWN, *rows, decision="pre_open") == [10, None]


@pytest.mark.parametrize("lag", [0, 1])
@pytest.mark.parametrize(
    "name",
    ["call_open_interest", "call_oi_change", "put_oi_change", "oi_breaches", "oi_breach_share", "put_call_oi_ratio"],
)
def test_what_is_known_before_the_open_is_what_the_next_close_knows(
    name: str, lag: int, chain: Chain, days: Sequence[date], measure: Measure
) -> None:
    """Of contracts that are listed on all days."""
    rows = [
        chain(
            {
                strike: {
                    "call_open_interest": 100 + 7 * place * (number + 1), "put_open_interest": 90 + place * number,
                    "call_volume": 3 * place, "put_volume": 5,
                }
                for number, strike in enumerate((95, 100, 105))
            },
            day=day, expiration=MARCH, oi_lag=lag,
        )
        for place, day in enumerate(days[:6])
    ]  # fmt: skip
    close, pre_open = measure(name, *rows), measure(name, *rows, decision="pre_open")
    assert pre_open[1:-1] == close[2:]
    assert None not in close[2:]


@pytest.fixture
def lag_and_opening() -> Catalogue:
    catalogue = Catalogue(SHIPPED)
    with collecting(catalogue):

        @metric(grain="strike", unit="days")
        def lag() -> pl.Expr:
            """The lag that metrics see."""
            return pl.col("oi_lag")

        @metric(grain="strike", unit="contracts")
        def began() -> pl.Expr:
            """Calls held when the session began."""
            return held_at_open("call")

    return catalogue


@pytest.mark.parametrize(
    ("lag", "decision", "seen", "began"),
    [
        (1, "close", [1, 1, 1], [10, 20, 30]),
        (1, "pre_open", [0, 0, 0], [10, 20, 30]),
        (0, "close", [None, 1, 1], [None, 10, 20]),
        (0, "pre_open", [0, 0, 0], [None, 10, 20]),
        (None, "close", [None, None, None], [None, 10, 20]),
        (None, "pre_open", [None, None, None], [None, 10, 20]),
    ],
)
def test_metrics_see_the_lag_of_what_is_known_and_what_the_session_began_with(
    lag: int | None,
    decision: Any,
    seen: list[int | None],
    began: list[int | None],
    held: Held,
    days: Sequence[date],
    store: Callable[..., Any],
    lag_and_opening: Catalogue,
) -> None:
    lake = store(*(held(day, {100: oi}, lag) for day, oi in zip(days, (10, 20, 30), strict=False)))
    for name, values in (("lag", seen), ("began", began)):
        request = Request(("AAA",), grain="strike", metrics=(name,), decision=decision)
        assert compute(lake, request, lag_and_opening)[name].to_list() == values


def test_what_is_set_against_volume_is_held_when_the_session_begins(
    chain: Chain, days: Sequence[date], measure: Measure
) -> None:
    """200 held, 500 more opened: at the end 700 are held, which the 500 would not stand out against."""
    rows = [
        chain({100: {"call_volume": 501, "call_open_interest": oi, "call_last": 2.0}}, day=day)
        for day, oi in zip(days, (200, 700), strict=False)
    ]
    for decision in ("close", "pre_open"):
        assert measure("call_unusual", *rows, grain="strike", decision=decision) == [True, False]
        assert measure("call_opened_at_least", *rows, grain="strike", decision=decision) == [301, 0]
        assert measure("call_volume_oi_ratio", *rows, grain="strike", decision=decision)[0] == 501 / 200


def test_a_decision_that_there_is_not(held: Held, days: Sequence[date], measure: Measure) -> None:
    with pytest.raises(UnknownNameError, match="unknown decision 'preopen'; did you mean 'pre_open'"):
        measure(KNOWN, held(days[0], {100: 1}), decision="preopen")
