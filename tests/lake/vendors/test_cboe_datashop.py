"""cboe-datashop: what stands for no quote, and what does not."""

from collections.abc import Callable

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

HEADER = (
    "underlying_symbol,quote_date,root,expiration,strike,option_type,open,high,low,close,trade_volume,bid_size_1545,bid_1545,"
    "ask_size_1545,ask_1545,underlying_bid_1545,underlying_ask_1545,open_interest\n"
)


@pytest.mark.parametrize(
    ("bid", "ask", "quote"),
    [
        ("1.4", "1.6", (1.4, 1.6)),
        ("0", "999", (0, None)),
        ("998", "999", (None, None)),
        ("990.5", "999", (990.5, 999)),
        ("998", "1004.2", (998, 1004.2)),
        ("0", "0", (0, None)),
    ],
)
def test_a_price_of_999_is_none_unless_the_other_side_is_as_high(
    bid: str,
    ask: str,
    quote: tuple[float | None, float | None],
    vendor_file: Callable[..., str],
    outcome: Callable[..., FileOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    row = f"^SPX,2026-01-08,SPXW,2026-01-16,5900,C,0,0,0,0,0,1,{bid},1,{ask},6900,6901,50\n"
    quoted = "^SPX,2026-01-08,SPXW,2026-01-16,7900,C,0,0,0,0,0,1,1.5,1,1.6,6900,6901,50\n"  # or no quote would count
    outcome(vendor_file("spx.csv", HEADER + row + quoted), format_name="cboe-datashop")
    found = stored()
    assert found.select("bid", "ask").row(0) == quote
    assert found.select("symbol", "root", "underlying_price").row(0) == ("SPX", "SPXW", 6900.5)


def test_on_a_half_day_the_quotes_are_of_a_quarter_to_one(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    row = "^SPX,2025-11-28,SPXW,2025-12-05,5900,C,0,0,0,0,0,1,990.5,1,999,6900,6901,50\n"
    outcome(vendor_file("spx.csv", HEADER + row), format_name="cboe-datashop")
    assert stored()["quote_time"][0].isoformat() == "2025-11-28T17:45:00+00:00"
