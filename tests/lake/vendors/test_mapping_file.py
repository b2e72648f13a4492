"""A mapping file: a format of the user's own, wide or long, CSV or JSON; what it says wrongly is an error that helps."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import FlowbtError
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.vendors.mapping_file import read_mapping

LONG = """
name = "acme"
open_interest = "same close"
dates = ["%m/%d/%Y"]
repairs = ["thousands"]

[columns]
symbol = "Ticker"
date = "Day"
expiration = "Expiry"
strike = "K"
option_type = "Kind"
volume = "Vol"
iv = "IV %"
open_interest = ["OI", "Open Int"]

[words.option_type]
buy = "call"

[divide_by]
iv = 100

[missing]
iv = [-1]
"""
ROWS = """Ticker,Day,Expiry,K,Kind,Vol,IV %,Open Int,Notes
AAA,01/08/2026,01/16/2026,100,Buy,"1,200",25,10,x
AAA,01/08/2026,01/16/2026,100,Put,3,-1,11,y
"""
Write = Callable[..., str]
Stored = Callable[[], pl.DataFrame]


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "acme.toml"
        path.write_text(text)
        return str(path)

    return write


def test_a_long_file(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome], stored: Stored
) -> None:
    found = outcome(vendor_file("a.csv", ROWS), format_name=mapping(LONG))
    assert (found.committed, found.format, found.warnings) == (
        2,
        "acme",
        {"REPAIRED_THOUSANDS": 1, "MISSING_UNDERLYING": 2},
    )
    rows = stored().select("date", "expiration", "option_type", "volume", "iv", "open_interest", "oi_lag", "source")
    assert rows.rows() == [
        (date(2026, 1, 8), date(2026, 1, 16), "call", 1200, 0.25, 10, 0, "acme"),
        (date(2026, 1, 8), date(2026, 1, 16), "put", 3, None, 11, 0, "acme"),
    ]


WIDE = """
path = 'chain_(?P<symbol>[A-Z]+)_(?P<date>\\d{8})'
path_date_format = "%Y%m%d"
[columns]
strike = "Strike"
call_last = "Call_Last"
call_open_interest = "Call_OI"
put_last = "Put_Last"
put_open_interest = "Put_OI"
"""


def test_a_wide_file_that_says_little_itself(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome], stored: Stored
) -> None:
    path = vendor_file("chain_AAA_20260108.csv", "Call_Last,Call_OI,Strike,Put_Last,Put_OI\n2,7,100,1,8\n,,105,3,9\n")
    assert str(outcome(path, format_name=mapping(WIDE)).reason).startswith("NO_EXPIRATION")
    found = outcome(path, format_name=mapping(WIDE), expiration=date(2026, 1, 16))
    assert (found.rows_in, found.committed) == (3, 3)
    assert stored().select("symbol", "strike", "option_type", "open_interest").rows() == [
        ("AAA", 100, "call", 7),
        ("AAA", 100, "put", 8),
        ("AAA", 105, "put", 9),
    ]


def test_json(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome], stored: Stored
) -> None:
    text = """
    rows = "chains.*expiration.*option_type"
    [columns]
    symbol = "$.ticker"
    date = "$.date"
    underlying_price = "$.spot"
    expiration = "expiration"
    option_type = "option_type"
    strike = "strike"
    volume = "volume"
    """
    chains = {"2026-01-16": {"calls": [{"strike": 100, "volume": 5}], "puts": [{"strike": 95, "volume": 6}]}}
    path = vendor_file("a.json", json.dumps({"ticker": "AAA", "date": "2026-01-08", "spot": 99.5, "chains": chains}))
    assert outcome(path, format_name=mapping(text)).committed == 2
    assert stored().select("underlying_price", "strike", "option_type", "volume").rows() == [
        (99.5, 95, "put", 6),
        (99.5, 100, "call", 5),
    ]


def test_a_file_without_a_mapped_column(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome]
) -> None:
    found = outcome(vendor_file("a.csv", ROWS.replace("Vol", "Traded")), format_name=mapping(LONG))
    assert str(found.reason).startswith("MISSING_COLUMN: vol; the file has ticker, day")


JSON = """
rows = "options"
[columns]
symbol = "$.Ticker"
date = "$.asOf"
underlying_price = "{price}"
expiration = "exp"
strike = "strike"
option_type = "cp"
bid = "bid"
"""


def document(vendor_file: Write) -> str:
    row = {"exp": "2026-01-16", "strike": 100, "cp": "C", "bid": 1}
    return vendor_file(
        "c.json", json.dumps({"Ticker": "ABC", "asOf": "2026-01-08", "underlyingPrice": 99, "options": [row]})
    )


@pytest.mark.parametrize("path", ["$.underlyingPrice", "$.underlyingprice", "$.UNDERLYINGPRICE"])
def test_a_path_is_found_however_it_is_spelled(
    path: str, mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome], stored: Stored
) -> None:
    assert outcome(document(vendor_file), format_name=mapping(JSON.format(price=path))).committed == 1
    assert stored()["underlying_price"].to_list() == [99]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{price}", "$.underlyingPrce", "MISSING_COLUMN: $.underlyingprce; .*did you mean '$.underlyingprice'"),
        ('"strike"', '"strke"', "MISSING_COLUMN: strke; .*did you mean 'strike' for 'strke'"),
        (
            'rows = "options"',
            'rows = "option"',
            "MISSING_COLUMN: .* no key 'option' but ticker, asof.*did you mean 'options'",
        ),
        ('rows = "options"', 'rows = "options.calls"', "MISSING_COLUMN: .* no keys where 'calls' should be"),
        ('rows = "options"', 'rows = "Ticker.[]"', "MISSING_COLUMN: .* there is no list where '\\[\\]' expects one"),
    ],
)
def test_a_path_that_is_nowhere_names_the_nearest(
    old: str,
    new: str,
    message: str,
    mapping: Callable[[str], str],
    vendor_file: Write,
    outcome: Callable[..., FileOutcome],
) -> None:
    text = JSON.replace(old, new).replace("{price}", "$.underlyingPrice")
    reason = str(outcome(document(vendor_file), format_name=mapping(text)).reason)
    assert re.match(message.replace("$", r"\$"), reason, re.IGNORECASE), reason


def test_what_is_above_the_header_is_named_as_the_mapping_spells_it(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome], stored: Stored
) -> None:
    text = LONG.replace("[columns]", "preamble = {Spot = 'last: ([0-9.]+)'}\n[columns]\nunderlying_price = '$.Spot'")
    path = vendor_file("a.csv", "AAA last: 99.5\n" + ROWS)
    assert outcome(path, format_name=mapping(text)).committed == 2
    assert stored()["underlying_price"].unique().to_list() == [99.5]
    found = outcome(vendor_file("b.csv", "AAA price 99.5\n" + ROWS), format_name=mapping(text))
    assert str(found.reason).startswith("MISSING_COLUMN: $.spot;")


def test_an_optional_column_may_be_missing(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome]
) -> None:
    path = vendor_file("a.csv", ROWS.replace("Vol", "Traded"))
    found = outcome(path, format_name=mapping('optional = ["volume"]\n' + LONG))
    assert (found.committed, found.warnings) == (2, {"MISSING_UNDERLYING": 2})


@pytest.mark.parametrize(("more", "value"), [("[constants]\nmultiplier = 50", 50), ("", 100)])
def test_the_multiplier_may_be_a_constant(
    more: str,
    value: float,
    mapping: Callable[[str], str],
    vendor_file: Write,
    outcome: Callable[..., FileOutcome],
    stored: Stored,
) -> None:
    assert outcome(vendor_file("a.csv", ROWS), format_name=mapping(LONG + more)).committed == 2
    assert stored()["multiplier"].unique().to_list() == [value]


def test_the_multiplier_may_be_a_column(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome], stored: Stored
) -> None:
    text = LONG.replace("[columns]", "[columns]\nmultiplier = 'Lot'")
    path = vendor_file("a.csv", ROWS.replace("Notes", "Lot").replace(",x", ",10").replace(",y", ",10"))
    assert outcome(path, format_name=mapping(text)).committed == 2
    assert stored()["multiplier"].unique().to_list() == [10]


def test_a_file_that_looks_ahead(
    mapping: Callable[[str], str], vendor_file: Write, outcome: Callable[..., FileOutcome]
) -> None:
    found = outcome(vendor_file("a.csv", ROWS.replace("Notes", "T1OpenInterest")), format_name=mapping(LONG))
    assert str(found.reason).startswith("LOOKAHEAD_COLUMN: t1openinterest")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "is not valid TOML"),
        ("", r"no table \[columns\]"),
        ("colums = 1", "unknown key 'colums' .* did you mean 'columns'"),
        ("[columns]\nstrik = 'K'", "unknown column 'strik' .* did you mean 'strike'"),
        ("[columns]\nstrike = 5", "'columns.strike' .* must be the name of a column"),
        ("[columns]\nstrike = []", "'columns.strike' .* must be the name of a column"),
        ("columns = 5", "'columns' .* must be a table"),
        ("[columns]\nopen_interest = 'next_day_open_interest'", "was not known on the row's day"),
        ("open_interest = 'today'\n[columns]\nstrike = 'K'", "unknown open_interest 'today'"),
        ("table = 'chain'\n[columns]\nstrike = 'K'", "unknown table 'chain' .* did you mean 'chains'"),
        ("repairs = ['comma']\n[columns]\nstrike = 'K'", "unknown repairs 'comma'"),
        ("dates = [1]\n[columns]\nstrike = 'K'", "'dates' .* must be a list of texts"),
        ("[columns]\nstrike = ''", "'columns.strike' .* is blank"),
        ("optional = ['bid']\n[columns]\nstrike = 'K'", "unknown column 'bid'"),
        ("[columns]\nstrike = 'K'\n[constants]\nlot = 5", "unknown constant 'lot' .* multiplier"),
        ("[columns]\nstrike = 'K'\n[constants]\nmultiplier = 0", "'constants.multiplier' .* as in multiplier = 50"),
        ("[columns]\nstrike = 'K'\n[constants]\nmultiplier = '50'", "'constants.multiplier' .* as in multiplier = 50"),
        ("[columns]\nstrike = 'K'\n[constants]\ndate = '2026-01-08'", "'constants.date' .* without quotes"),
        ("[columns]\nsymbol = 'K'\n[constants]\nsymbol = 'A'", "both under"),
        ("[columns]\nstrike = 'K'\n[missing]\nivv = [0]", "unknown column 'ivv' .* did you mean 'iv'"),
    ],
)
def test_what_is_said_wrongly(text: str, message: str, mapping: Callable[[str], str]) -> None:
    with pytest.raises(FlowbtError, match=message):
        read_mapping(Path(mapping(text)))


def test_a_mapping_file_that_is_not_there() -> None:
    with pytest.raises(FlowbtError, match=r"mapping file 'nowhere.toml' cannot be read"):
        read_mapping(Path("nowhere.toml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path = '((('", "'path' .* is not a valid regular expression"),
        ("[preamble]\nx = '((('", "'preamble.x' .* is not a valid regular expression"),
        ("[preamble]\nx = 'Last'", "'preamble.x' .* needs a group"),
        ("preamble = {x = 3}", "'preamble.x' .* is not a valid regular expression"),
        ("zone = 'Mars/X'", "'zone' .* is not a time zone"),
        ("dates = ['%H']", "'%H' is not a valid date format"),
        ("path_date_format = '%H'", "'%H' is not a valid date format"),
        ("quoted = 99999999999", "'quoted' .* is in minutes"),
        ("missing = {bid = 3}", "'missing.bid' .* must be numbers"),
        ("missing = {bid = ['x']}", "'missing.bid' .* must be numbers"),
        ("missing = {symbol = [1]}", "'missing.symbol' .* must be numbers"),
        ("divide_by = {bid = 'x'}", "'divide_by.bid' .* must be numbers"),
        ("divide_by = {bid = 0}", "'divide_by.bid' .* must be numbers"),
        ("divide_by = {date = 2}", "'divide_by.date' .* must be numbers"),
        ("words = {symbol = 'x'}", "'words.symbol' .* must map the file's words to ours"),
        ("words = {option_type = {call = 3}}", "'words.option_type' .* must map the file's words to ours"),
    ],
)
def test_what_would_break_while_reading_is_found_before(text: str, message: str, mapping: Callable[[str], str]) -> None:
    with pytest.raises(FlowbtError, match=message):
        read_mapping(Path(mapping(f"{text}\n[columns]\nstrike = 'K'\n")))
