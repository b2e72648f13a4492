"""The starter mapping of a file that nothing recognises: saved, its blanks filled in, the file is read by it."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome

Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]
AT = {"expiration": date(2026, 1, 16), "date": date(2026, 1, 8)}


@pytest.fixture
def started(
    tmp_path: Path, vendor_file: Write, outcome: Outcome, stored: Callable[[], pl.DataFrame]
) -> Callable[..., list[tuple[Any, ...]]]:
    """Rows of a file by its own starter mapping: symbol, date, expiration, strike, type, volume, open interest."""

    def read(name: str, content: str, *filled: tuple[str, str], **options: Any) -> list[tuple[Any, ...]]:
        path = vendor_file(name, content)
        refused = outcome(path, format_name="auto", **options)
        assert str(refused.reason).startswith("UNKNOWN_FORMAT: ")
        text = str(refused.starter_mapping)
        for blank, value in filled:
            assert blank in text, text
            text = text.replace(blank, value)
        mapping = tmp_path / "mine.toml"
        mapping.write_text(text)
        found = outcome(path, format_name=str(mapping), max_quarantine=0.0, **options)
        assert (found.status, found.reason) == ("committed", None), text
        names = ("symbol", "date", "expiration", "strike", "option_type", "volume", "open_interest")
        return stored().sort("strike", "option_type").select(names).rows()

    return read


EXPECTED = [
    ("IWM", AT["date"], AT["expiration"], 255.0, "call", 1200, 12450),
    ("IWM", AT["date"], AT["expiration"], 255.0, "put", 310, 2180),
]
LONG = """Ticker,{day}Expiry,K,Kind,BidPx,AskPx,Vol,OI,Mood
IWM,{on}{expiry},255,{call},4.10,4.20,"1,200","12,450",x
IWM,{on}{expiry},255,{put},3.05,3.15,310,"2,180",y
"""


@pytest.mark.parametrize(
    ("expiry", "on"),
    [
        ("01/16/2026", "01/08/2026"),
        ("2026-01-16", "2026-01-08"),
        ("20260116", "20260108"),
        ("16-Jan-2026", "08-Jan-2026"),
        ("1768521600", "1767906000"),
        ("16.01.2026", "2026-01-08 16:00"),
    ],
)
def test_a_long_file_needs_nothing(expiry: str, on: str, started: Callable[..., list[tuple[Any, ...]]]) -> None:
    text = LONG.format(day="AsOf,", on=on + ",", expiry=expiry, call="C", put="P")
    assert started("chain.csv", text) == EXPECTED


@pytest.mark.parametrize("name", ["chain_2026-01-08.csv", "chain_20260108.csv", "chain_08-01-2026.csv"])
def test_the_day_comes_from_the_name(name: str, started: Callable[..., list[tuple[Any, ...]]]) -> None:
    assert started(name, LONG.format(day="", on="", expiry="01/16/2026", call="Call", put="Put")) == EXPECTED


def test_the_day_is_given(started: Callable[..., list[tuple[Any, ...]]]) -> None:
    text = LONG.format(day="", on="", expiry="01/16/2026", call="CE", put="PE")
    assert started("chain.csv", text, date=AT["date"]) == EXPECTED


def test_dates_that_may_be_read_in_two_ways_are_a_blank(started: Callable[..., list[tuple[Any, ...]]]) -> None:
    text = LONG.format(day="AsOf,", on="08/01/2026,", expiry="05/02/2026", call="C", put="P")
    found = started("chain.csv", text, ('# dates = ["%d/%m/%Y"]', 'dates = ["%d/%m/%Y"]'))
    assert {row[1:3] for row in found} == {(date(2026, 1, 8), date(2026, 2, 5))}


def test_a_blank_that_is_left_is_an_error_that_names_it(tmp_path: Path, vendor_file: Write, outcome: Outcome) -> None:
    path = vendor_file("a.csv", "Ticker,AsOf,Expiry,X1,Kind,Vol\nIWM,2026-01-08,2026-01-16,255,C,5\n")
    text = str(outcome(path, format_name="auto").starter_mapping)
    assert 'strike = ""  # FILL IN one of: x1' in text
    mapping = tmp_path / "mine.toml"
    mapping.write_text(text)
    with pytest.raises(Exception, match=r"'columns.strike' .* is blank"):
        outcome(path, format_name=str(mapping))
    mapping.write_text(text.replace('strike = ""', 'strike = "X1"'))
    assert outcome(path, format_name=str(mapping)).committed == 1


@pytest.mark.parametrize(
    "header",
    ["Call Vol,Call OI,Strike,Put Vol,Put OI", "CE_Volume,CE_OI,Strike,PE_Volume,PE_OI", "VOLUME,OI,STRIKE,VOLUME,OI"],
)
def test_a_wide_file(header: str, started: Callable[..., list[tuple[Any, ...]]]) -> None:
    text = f'CALLS,,PUTS\n{header}\n"1,200","12,450",255,310,"2,180"\n'
    assert started("page.csv", text, symbol="IWM", **AT) == EXPECTED


@pytest.mark.parametrize(
    "chains",
    [
        {"2026-01-16": {"calls": [{"strike": 255, "volume": 1200, "oi": 12450}], "puts": [{"strike": 255, "volume": 310, "oi": 2180}]}},
        {"2026-01-16": {"C": {"255.0": {"volume": 1200, "oi": 12450}}, "P": {"255.0": {"volume": 310, "oi": 2180}}}},
    ],
)  # fmt: skip
def test_a_json_document(chains: Any, started: Callable[..., list[tuple[Any, ...]]]) -> None:
    document = {"ticker": "IWM", "asOf": "2026-01-08", "underlyingPrice": 256.4, "chains": chains}
    assert started("chain.json", json.dumps(document)) == EXPECTED


def test_words_for_not_known_and_percent(
    started: Callable[..., list[tuple[Any, ...]]], stored: Callable[[], pl.DataFrame]
) -> None:
    text = LONG.format(day="AsOf,", on="2026-01-08,", expiry="2026-01-16", call="C", put="P").replace("Mood", "IV")
    started("chain.csv", text.replace(",x\n", ",n/a\n").replace(",y\n", ",18.5\n"))
    assert stored().sort("option_type")["iv"].to_list() == [None, 0.185]


def test_every_line_that_is_not_a_comment_is_toml_that_a_mapping_may_hold(outcome: Outcome, vendor_file: Write) -> None:
    found = outcome(
        vendor_file("bars.csv", "When,Open,High,Low,Close,Strange\n2026-01-08,1,2,1,2,x\n"), format_name="auto"
    )
    text = str(found.starter_mapping)
    assert 'table = "prices"' in text
    assert re.search(r'^# date = ""', text, re.MULTILINE)


def test_a_file_without_a_table_has_none(outcome: Outcome, vendor_file: Write) -> None:
    assert not outcome(vendor_file("a.json", '{"a": 1, "b": {"c": 2}}'), format_name="auto").starter_mapping


def test_bars_under_short_names_are_prices(vendor_file: Write, outcome: Outcome) -> None:
    text = str(
        outcome(
            vendor_file("IWM.csv", "Day,O,H,L,C,Vol\n2026-01-08,10,12,9,11,5\n"), format_name="auto"
        ).starter_mapping
    )
    assert 'table = "prices"' in text
    assert [line for line in text.splitlines() if line.startswith(("open =", "close =", "volume ="))] == [
        'open = "o"  # as in 10',
        'close = "c"  # as in 11',
        'volume = "vol"  # as in 5',
    ]
