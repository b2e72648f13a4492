"""riskalert-json: what its fields become."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

Write = Callable[..., str]
Pair = Callable[..., dict[str, Any]]
Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]


@pytest.fixture
def taken(riskalert: Write, outcome: Outcome, stored: Stored) -> Callable[..., pl.DataFrame]:
    """The contract rows that come of rows of a file."""

    def take(*rows: dict[str, Any], **header: Any) -> pl.DataFrame:
        outcome(riskalert(*rows, **header), format_name="riskalert-json")
        return stored()

    return take


def test_a_row_is_a_call_and_a_put(taken: Callable[..., pl.DataFrame], pair: Pair) -> None:
    found = taken(pair(100.5, callVolume=7, putVolume=8))
    assert found.select("symbol", "date", "root", "expiration", "strike", "option_type", "volume").rows() == [
        ("AAA", date(2026, 1, 8), "AAA", date(2026, 1, 16), 100.5, "call", 7),
        ("AAA", date(2026, 1, 8), "AAA", date(2026, 1, 16), 100.5, "put", 8),
    ]


def test_what_the_format_declares(taken: Callable[..., pl.DataFrame], pair: Pair) -> None:
    found = taken(pair()).select("underlying_price", "multiplier", "oi_lag", "source", "bid", "gamma", "quote_time")
    assert found.unique().rows() == [(100.0, 100.0, 1, "riskalert-json", None, None, None)]


def test_volatility_is_in_percent(taken: Callable[..., pl.DataFrame], pair: Pair) -> None:
    assert taken(pair(callIv=18.5, putIv="112.86"))["iv"].to_list() == [0.185, 1.1286]


@pytest.mark.parametrize(("field", "column"), [("Price", "last"), ("Iv", "iv")])
def test_zero_is_missing_where_it_cannot_be_meant(
    field: str, column: str, taken: Callable[..., pl.DataFrame], pair: Pair
) -> None:
    assert taken(pair(**{f"call{field}": 0}))[column].is_null().to_list() == [True, False]


@pytest.mark.parametrize(("field", "column"), [("Volume", "volume"), ("Oi", "open_interest"), ("Delta", "delta")])
def test_zero_is_zero_where_it_can_be_meant(
    field: str, column: str, taken: Callable[..., pl.DataFrame], pair: Pair
) -> None:
    assert taken(pair(**{f"call{field}": 0}))[column].to_list()[0] == 0


@pytest.mark.parametrize("price", [0, None, 0.0])
def test_a_header_without_price_is_a_missing_underlying(
    price: object, riskalert: Write, pair: Pair, outcome: Outcome
) -> None:
    found = outcome(riskalert(pair(), underlyingPrice=price), format_name="riskalert-json")
    assert found.warnings == {"MISSING_UNDERLYING": 2}


def test_a_header_whose_price_is_not_a_number_is_a_missing_underlying(
    riskalert: Write, pair: Pair, outcome: Outcome
) -> None:
    found = outcome(riskalert(pair(), underlyingPrice="NaN"), format_name="riskalert-json", max_quarantine=0.05)
    assert found.warnings == {"MISSING_UNDERLYING": 2, "NOT_A_NUMBER_UNDERLYING_PRICE": 2}


@pytest.mark.parametrize("price", ["abc", -5])
def test_a_price_that_is_none_spoils_every_row(price: object, riskalert: Write, pair: Pair, outcome: Outcome) -> None:
    found = outcome(riskalert(pair(), underlyingPrice=price), format_name="riskalert-json", max_quarantine=0.05)
    assert str(found.reason).startswith("TOO_MANY_BAD_ROWS: 2 of 2")


def test_a_side_that_is_absent_is_no_row(taken: Callable[..., pl.DataFrame], pair: Pair) -> None:
    only_puts = {name: value for name, value in pair(101).items() if name.startswith("put")}
    found = taken(pair(100), only_puts)
    assert found.select("strike", "option_type").rows() == [(100, "call"), (100, "put"), (101, "put")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"callOption": None}, "MISSING_EXPIRATION"),
        ({"callOption": "garbage"}, "UNREADABLE_EXPIRATION"),
        ({"callOption": "2026-01-16_abc_Call"}, "UNREADABLE_STRIKE"),
        ({"callOption": "2026-01-16_90.00_Cull"}, "BAD_OPTION_TYPE"),
        ({"callOption": "\ud800"}, "UNREADABLE_EXPIRATION"),
        ({"callVolume": True}, "UNREADABLE_VOLUME"),
        ({"callVolume": [1]}, "UNREADABLE_VOLUME"),
        ({"callVolume": 1.5}, "UNREADABLE_VOLUME"),
        ({"callOi": 10**30}, "UNREADABLE_OPEN_INTEREST"),
        ({"callIv": "abc"}, "UNREADABLE_IV"),
    ],
)
def test_a_bad_call_beside_a_good_put(
    changes: dict[str, Any],
    reason: str,
    riskalert: Write,
    pair: Pair,
    outcome: Outcome,
    quarantine: Callable[[], Sequence[str]],
) -> None:
    found = outcome(riskalert(pair(**changes)), format_name="riskalert-json")
    assert (found.rows_in, found.committed, quarantine()) == (2, 1, [reason])


def test_a_put_named_in_the_calls_place_contradicts_the_put(
    riskalert: Write, pair: Pair, outcome: Outcome, quarantine: Callable[[], Sequence[str]]
) -> None:
    outcome(riskalert(pair(callOption="2026-01-16_100.00_Put")), format_name="riskalert-json")
    assert quarantine() == ["CONFLICTING_ROWS", "CONFLICTING_ROWS"]


def test_the_date_option_goes_before_the_folder(riskalert: Write, pair: Pair, outcome: Outcome, stored: Stored) -> None:
    outcome(riskalert(pair()), format_name="riskalert-json", date=date(2026, 1, 7))
    assert set(stored()["date"]) == {date(2026, 1, 7)}


@pytest.mark.parametrize("name", ["2026-01-08/aaa.json", "2026-01-08/AAA.JSON"])
def test_the_symbol_is_the_files_name_in_any_case(
    name: str, riskalert: Write, pair: Pair, outcome: Outcome, stored: Stored
) -> None:
    outcome(riskalert(pair(), name=name), format_name="riskalert-json")
    assert set(stored()["symbol"]) == {"AAA"}


def test_a_byte_order_mark_is_passed_over(riskalert: Write, pair: Pair, outcome: Outcome) -> None:
    path = Path(riskalert(pair()))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert outcome(str(path), format_name="riskalert-json").committed == 2


@pytest.mark.parametrize(
    ("number", "code"), [("NaN", "NOT_A_NUMBER_LAST"), ("Infinity", "INFINITE_LAST"), ("1e400", "INFINITE_LAST")]
)
def test_a_number_that_is_none_is_unknown(
    number: str, code: str, riskalert: Write, pair: Pair, outcome: Outcome
) -> None:
    path = Path(riskalert(pair(callPrice=1.25)))
    path.write_text(path.read_text().replace("1.25", number))
    found = outcome(str(path), format_name="riskalert-json")
    assert (found.committed, found.warnings) == (2, {code: 1})


def test_a_document_without_header(vendor_file: Write, pair: Pair, outcome: Outcome) -> None:
    path = vendor_file("2026-01-08/AAA.json", json.dumps({"contracts": [pair()]}))
    found = outcome(path, format_name="riskalert-json")
    assert found.warnings == {"MISSING_UNDERLYING": 2, "MISSING_COLUMN": 1}
    assert found.missing_columns == {"underlying_price": "$.header.underlyingprice"}
