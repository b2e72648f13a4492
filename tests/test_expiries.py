"""Last trading days, against dates of contracts whose specification is public."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_series_equal

from flowbt.expiries import expiry_session, last_trading_day, with_last_trading_day


@pytest.mark.parametrize(
    ("expiration", "root", "last"),
    [
        (date(2026, 6, 26), "IWM", date(2026, 6, 26)),  # an ordinary Friday
        (date(2012, 2, 18), "AAPL", date(2012, 2, 17)),  # a Saturday-dated monthly
        (date(2008, 3, 22), "AAPL", date(2008, 3, 20)),  # Saturday after Good Friday
        (date(2026, 6, 19), "IWM", date(2026, 6, 18)),  # Juneteenth
        (date(2019, 6, 21), "SPX", date(2019, 6, 20)),  # settled at Friday's open
        (date(2019, 6, 21), "SPXW", date(2019, 6, 21)),  # settled at Friday's close
        (date(2019, 6, 28), "SPX", date(2019, 6, 28)),  # a weekly under the index's name, as some sources have it
        (date(2012, 2, 18), "SPX", date(2012, 2, 16)),  # a Saturday-dated monthly that is settled at the open
        (date(2026, 7, 22), "VIX", date(2026, 7, 21)),  # a Wednesday
    ],
)
def test_last_trading_day(expiration: date, root: str, last: date) -> None:
    assert last_trading_day(expiration, root) == last


def test_the_exchange_decides_what_a_holiday_is() -> None:
    assert expiry_session(date(2024, 1, 15), "XNSE") == date(2024, 1, 15)
    assert expiry_session(date(2024, 1, 15)) == date(2024, 1, 12)  # Martin Luther King Day


def test_each_row_gets_its_own_and_an_unknown_one_null() -> None:
    rows = pl.DataFrame(
        {
            "root": ["SPXW", "SPX", "SPX", None],
            "expiration": [date(2019, 6, 21), date(2019, 6, 21), None, date(2019, 6, 21)],
        }
    )
    found = with_last_trading_day(rows)["last_trading_day"]
    assert_series_equal(found, pl.Series("last_trading_day", [date(2019, 6, 21), date(2019, 6, 20), None, None]))
