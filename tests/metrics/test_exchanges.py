"""The session before is that of the symbol's exchange.

Monday 21 January 2019 was a holiday in New York (Martin Luther King Day) and a session in Mumbai; Monday 4 March 2019 was a holiday
in Mumbai (Mahashivratri) and a session in New York.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.errors import LakeError
from flowbt.lake import Lake
from flowbt.metrics import Request, compute
from flowbt.metrics.engine.cache import Tally, compute_stored
from flowbt.metrics.engine.chunks import chunks
from flowbt.metrics.engine.point_in_time import View

Chain = Callable[..., pl.DataFrame]
Store = Callable[..., Lake]

FRIDAY, MONDAY, TUESDAY = (date(2019, 1, day) for day in (18, 21, 22))
NAMES = ("call_open_interest", "call_oi_change")


@pytest.fixture
def lake(chain: Chain, store: Store) -> Callable[..., Lake]:
    """Three sessions of Mumbai, in which 10, 20 and 35 calls are held; the rows hold the open interest of their own close."""

    def make(*days: date, remember: str | None = "XNSE", symbol: str = "NIFTY") -> Lake:
        held = dict(zip((FRIDAY, MONDAY, TUESDAY), (10, 20, 35), strict=True))
        rows = [
            chain(
                {100: {"call_open_interest": held[day]}}, symbol=symbol, day=day, expiration=date(2019, 1, 31), oi_lag=0
            )
            for day in days or held
        ]
        found = store(*rows)
        if remember:
            found.write_exchanges({symbol: remember})
        return found

    return make


def values(lake: Lake, symbols: tuple[str, ...] = ("NIFTY",), **more: Any) -> list[tuple[Any, ...]]:
    return compute(lake, Request(symbols, metrics=NAMES, **more)).select("date", *NAMES).rows()


def test_open_interest_and_its_change_are_one_session_of_the_exchange_old(lake: Callable[..., Lake]) -> None:
    assert values(lake()) == [(FRIDAY, None, None), (MONDAY, 10, None), (TUESDAY, 20, 10)]


def test_by_the_sessions_of_new_york_a_session_would_be_left_out(lake: Callable[..., Lake]) -> None:
    assert values(lake(remember=None)) == [(FRIDAY, None, None), (MONDAY, 10, None), (TUESDAY, 10, None)]


def test_before_the_open_the_change_is_that_of_the_session(lake: Callable[..., Lake]) -> None:
    found = values(lake(), decision="pre_open")
    assert found == [(FRIDAY, 10, None), (MONDAY, 20, 10), (TUESDAY, 35, 15)]


def test_after_a_holiday_of_the_exchange_open_interest_is_known(chain: Chain, store: Store) -> None:
    friday, tuesday = date(2019, 3, 1), date(2019, 3, 5)
    rows = [
        chain({100: {"call_open_interest": held}}, symbol="NIFTY", day=day, expiration=date(2019, 3, 28), oi_lag=0)
        for day, held in ((friday, 10), (tuesday, 20))
    ]
    lake = store(*rows)
    assert values(lake)[1] == (tuesday, None, None)
    lake.write_exchanges({"NIFTY": "XNSE"})
    assert values(lake)[1] == (tuesday, 10, None)


def test_symbols_of_two_exchanges_at_once(chain: Chain, lake: Callable[..., Lake]) -> None:
    mumbai = lake()
    new_york = [
        chain({100: {"call_open_interest": held}}, symbol="IWM", day=day, expiration=date(2019, 2, 15), oi_lag=0)
        for day, held in ((FRIDAY, 100), (TUESDAY, 140))
    ]
    mumbai.write_strike_rows(pl.concat(new_york))
    of_both = compute(mumbai, Request(("IWM", "NIFTY"), metrics=NAMES)).filter(date=TUESDAY)
    assert of_both.select("symbol", *NAMES).rows() == [("IWM", 100, None), ("NIFTY", 20, 10)]


def test_a_chunk_holds_symbols_of_one_exchange() -> None:
    days = pl.DataFrame({"symbol": ["AAA", "BBB", "CCC"], "date": [MONDAY] * 3, "strikes": [1, 1, 1]})
    found = chunks(days, {"AAA": "XNYS", "BBB": "XNSE", "CCC": "XNYS"})
    assert [(chunk.exchange, chunk.symbols) for chunk in found] == [("XNSE", ("BBB",)), ("XNYS", ("AAA", "CCC"))]


def test_rows_of_several_exchanges_are_not_read_as_of_one_clock(lake: Callable[..., Lake]) -> None:
    with pytest.raises(LakeError, match=r"several exchanges \(XNSE, XNYS\)"):
        View(lake()).exchange_of(["NIFTY", "IWM"])


def test_on_the_nse_the_weekly_expiry_is_a_thursday(chain: Chain, store: Store) -> None:
    thursday = date(2019, 1, 24)
    lake = store(chain({100: {"call_volume": 5}}, symbol="NIFTY", day=MONDAY, expiration=thursday))
    asked = Request(("NIFTY",), metrics=("call_volume[expiry=this_friday]",))
    assert compute(lake, asked).item(0, 2) is None
    lake.write_exchanges({"NIFTY": "XNSE"})
    assert compute(lake, asked).item(0, 2) == 5


def test_stored_values_are_computed_again_once_the_exchange_is_known(lake: Callable[..., Lake]) -> None:
    held = lake(remember=None)
    request = Request(("NIFTY",), metrics=NAMES)
    compute_stored(held, request, Tally())
    held.write_exchanges({"NIFTY": "XNSE"})
    found = compute_stored(held, request, Tally())
    assert found.select("date", *NAMES).rows() == [(FRIDAY, None, None), (MONDAY, 10, None), (TUESDAY, 20, 10)]


def test_a_restated_session_of_the_exchange_changes_the_day_after(lake: Callable[..., Lake], chain: Chain) -> None:
    """The data of a stored value are those of the session before, by the sessions of the exchange."""
    held = lake()
    request = Request(("NIFTY",), metrics=NAMES)
    compute_stored(held, request, Tally())
    restated = {"symbol": "NIFTY", "day": MONDAY, "expiration": date(2019, 1, 31), "oi_lag": 0}
    held.write_strike_rows(chain({100: {"call_open_interest": 21}}, **restated))
    tally = Tally()
    found = compute_stored(Lake(held.path), request, tally)
    assert found.filter(date=TUESDAY).select(NAMES).row(0) == (21, 11)
