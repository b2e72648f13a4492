"""nse: pages that say neither their expiry nor their lot."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

HEADER = (
    ",CallOI,CallChnginOI,CallVolume,CallIV,CallLTP,CallNetChng,CallBidQty,CallBidPrice,CallAskPrice,CallAskQty,StrikePrice,"
    "PutBidQty,PutBidPrice,PutAskPrice,PutAskQty,PutNetChng,PutLTP,PutIV,PutVolume,PutChnginOI,PutOI,CurrentVal\n"
)
NAME = "AAA_08-01-2026_15-32.csv"
EXPIRY = date(2026, 1, 13)


def row(oi: int = 3750, bid: str = "75", ask: str = "150") -> str:
    quote = "1.4,1.6" if bid != "-" else "-,-"
    return f"0,{oi},-,10,25,1.5,-,{bid},{quote},{ask},100,-,-,-,-,-,-,-,-,-,-,100\n"


def test_the_expiry_must_be_said(vendor_file: Callable[..., str], refusal: Callable[..., str]) -> None:
    assert refusal(vendor_file(NAME, HEADER + row()), format_name="nse") == "NO_EXPIRATION"


@pytest.mark.parametrize(
    ("oi", "bid", "ask", "lot", "contracts"),
    [(3750, "75", "150", 75, 50), (3775, "150", "75", 75, 50), (3750, "25", "50", 25, 150)],
)
def test_the_lot_is_the_least_quantity_that_all_are_multiples_of(
    oi: int,
    bid: str,
    ask: str,
    lot: int,
    contracts: int,
    vendor_file: Callable[..., str],
    outcome: Callable[..., FileOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    outcome(vendor_file(NAME, HEADER + row(oi, bid, ask)), format_name="nse", expiration=EXPIRY)
    assert stored().select("multiplier", "open_interest", "volume", "adjusted").row(0) == (lot, contracts, 10, False)


@pytest.mark.parametrize(("bid", "ask"), [("-", "-"), ("75", "100")])
def test_a_page_that_does_not_tell_the_lot_is_refused(
    bid: str, ask: str, vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome]
) -> None:
    found = outcome(
        vendor_file(NAME, HEADER + row(bid=bid, ask=ask)), format_name="nse", expiration=EXPIRY, max_quarantine=0.05
    )
    assert found.status == "rejected"
    assert "1 BAD_MULTIPLIER" in str(found.reason)


def test_the_hour_is_that_of_mumbai(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    outcome(vendor_file(NAME, HEADER + row()), format_name="nse", expiration=EXPIRY)
    assert stored()["quote_time"][0].isoformat() == "2026-01-08T10:02:00+00:00"
