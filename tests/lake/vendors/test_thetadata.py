"""thetadata: files that complete each other."""

from collections.abc import Callable
from itertools import permutations

import polars as pl
import pytest

from flowbt.lake.intake.ingest import IngestOutcome

CONTRACT = "AAA,2026-01-16,100.000,CALL"
FILES = {
    "eod.csv": "symbol,expiration,strike,right,created,last_trade,open,high,low,close,volume,count,bid_size,bid_exchange,"
    "bid,bid_condition,ask_size,ask_exchange,ask,ask_condition\n"
    f"{CONTRACT},2026-01-08T17:15:02.500,2026-01-08T15:59:00,1.6,1.7,1.3,1.5,10,4,5,7,1.4,50,6,7,1.6,50\n",
    "oi.csv": f"symbol,expiration,strike,right,timestamp,open_interest\n{CONTRACT},2026-01-08T06:30:01.000,50\n",
    "v2.csv": "root,expiration,strike,right,ms_of_day,open_interest,date\nAAA,20260116,105500,P,23401000,70,20260108\n",
}


@pytest.mark.parametrize("order", list(permutations(FILES)), ids=" ".join)
def test_prices_and_open_interest_meet_in_any_order(
    order: tuple[str, ...],
    vendor_file: Callable[..., str],
    ingest: Callable[..., IngestOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    for name in order:
        ingest(vendor_file(name, FILES[name]), format_name="thetadata")
    rows = stored()
    assert rows.select("strike", "option_type", "bid", "last", "volume", "open_interest").rows() == [
        (100.0, "call", 1.4, 1.5, 10, 50),
        (105.5, "put", None, None, None, 70),
    ]


def test_a_file_of_one_contract_that_does_not_say_which_is_refused(
    vendor_file: Callable[..., str], refusal: Callable[..., str]
) -> None:
    path = vendor_file("one.csv", "ms_of_day,open_interest,date\n23401000,50,20260108\n")
    assert refusal(path, format_name="thetadata") == "MISSING_COLUMN"
    path = vendor_file(
        "one.json",
        '{"header": {"format": ["ms_of_day", "open_interest", "date"]}, "response": [[23401000, 50, 20260108]]}',
    )
    assert refusal(path, format_name="thetadata") == "MISSING_COLUMN"


def test_rows_of_another_length_than_their_names_are_refused(
    vendor_file: Callable[..., str], refusal: Callable[..., str]
) -> None:
    path = vendor_file(
        "oi.json",
        '{"header": {"format": ["ms_of_day", "open_interest", "date"]}, "response": [{"ticks": [[23401000, 50]], '
        '"contract": {"root": "AAA", "expiration": 20260116, "strike": 100000, "right": "C"}}]}',
    )
    assert refusal(path, format_name="thetadata") == "NOT_JSON"
