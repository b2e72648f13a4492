"""lean: what the file does not say of itself."""

from collections.abc import Callable

import polars as pl

from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome

TEXT = """#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho
,,,99,101,98.5,100,1000000,,,,,,,
20260116,100,C,1.6,1.7,1.3,1.5,10,50,0.25,0.52,0.08,0.06,-0.09,0.01
"""


def test_the_underlyings_row_is_no_contract(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    found = outcome(vendor_file("universes/aaa/20260108.csv", TEXT), format_name="lean")
    assert (found.rows_in, found.committed) == (1, 1)
    assert stored().select("symbol", "underlying_price").row(0) == ("AAA", 100)


def test_a_file_elsewhere_needs_its_symbol_said(
    vendor_file: Callable[..., str], refusal: Callable[..., str], outcome: Callable[..., FileOutcome]
) -> None:
    path = vendor_file("lean/20260108.csv", TEXT)
    assert refusal(path, format_name="lean") == "NO_SYMBOL"
    assert outcome(path, format_name="lean", symbol="AAA").status == "committed"


def test_a_symbol_chooses_its_folder(vendor_file: Callable[..., str], ingest: Callable[..., IngestOutcome]) -> None:
    paths = [vendor_file(f"universes/{symbol}/20260108.csv", TEXT) for symbol in ("aaa", "bbb")]
    found = ingest(*paths, format_name="lean", symbol="BBB").files
    assert [file.path for file in found] == [paths[1]]


def test_an_option_without_its_strike_is_set_aside(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome], stored: Callable[[], pl.DataFrame]
) -> None:
    header, underlying, option = TEXT.splitlines()
    bare = option.replace(",100,C", ",,P").replace("1.5,10", "7,10")
    text = "\n".join((header, bare, underlying, option, ""))
    found = outcome(vendor_file("universes/aaa/20260108.csv", text), format_name="lean")
    assert (found.rows_in, found.committed, found.quarantined) == (2, 1, 1)
    assert stored()["underlying_price"].to_list() == [100]  # and not 7, the close of the first row without a strike
