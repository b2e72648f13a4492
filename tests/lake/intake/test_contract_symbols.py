"""Contract symbols as vendors write them."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.lake.intake.contract_symbols import contract_parts

NOTHING = (None, None, None, None)


def parts(symbol: str | None) -> tuple[object, ...]:
    return contract_parts(pl.Series([symbol], dtype=pl.String())).row(0)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("IWM   260424P00256000", ("IWM", date(2026, 4, 24), 256.0, "put")),
        ("IWM260424P00256000", ("IWM", date(2026, 4, 24), 256.0, "put")),
        ("O:SPY230327P00390000", ("SPY", date(2023, 3, 27), 390.0, "put")),
        ("IWM20250919C220", ("IWM", date(2025, 9, 19), 220.0, "call")),
        ("IWM20250919C220.5", ("IWM", date(2025, 9, 19), 220.5, "call")),
        (" iwm260424c00256000 ", ("IWM", date(2026, 4, 24), 256.0, "call")),
        ("KLAC1 260424C01022500", ("KLAC1", date(2026, 4, 24), 1022.5, "call")),
        ("KLAC1260424C01022500", ("KLAC1", date(2026, 4, 24), 1022.5, "call")),
        ("KLAC120260424C1022.5", ("KLAC1", date(2026, 4, 24), 1022.5, "call")),
        ("2SPX  260424C05000001", ("2SPX", date(2026, 4, 24), 5000.001, "call")),
        ("BRK.B 260424C00500000", ("BRK.B", date(2026, 4, 24), 500.0, "call")),
    ],
)
def test_forms(symbol: str, expected: tuple[object, ...]) -> None:
    assert parts(symbol) == expected


@pytest.mark.parametrize(
    "symbol",
    [
        None,
        "",
        "IWM",
        "IWM260424X00256000",
        "IWM260424P0025600",
        "IWM260424P002560000",
        "IWM260230P00256000",
        "IWM261324P00256000",
        "IWM20250919C00220000",
        "260424P00256000",
        "IWM 256 put",
    ],
)
def test_what_is_no_contract_symbol_says_nothing(symbol: str | None) -> None:
    assert parts(symbol) == NOTHING


@settings(deadline=None)
@given(
    root=st.from_regex(r"[A-Z]{1,5}[1-9]?", fullmatch=True),
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    mills=st.integers(1, 99_999_999),
    side=st.sampled_from(["call", "put"]),
    padded=st.booleans(),
)
def test_what_is_written_in_osi_form_is_read(root: str, day: date, mills: int, side: str, padded: bool) -> None:
    symbol = f"{root:<6}" if padded else root
    assert parts(f"{symbol}{day:%y%m%d}{side[0].upper()}{mills:08d}") == (root, day, mills / 1000, side)


def test_forms_stand_side_by_side() -> None:
    forms = ["IWM260424P00256000", None, "IWM20250919C220.5", "no contract", "O:IWM991231C00001000"]
    assert contract_parts(pl.Series(forms)).rows() == [parts(form) for form in forms]


def test_each_strike_is_the_decimal_that_is_written() -> None:
    mills = range(1, 100_001, 7)
    found = contract_parts(pl.Series([f"IWM260424P{mill:08d}" for mill in mills]))
    assert found["strike"].to_list() == [mill / 1000 for mill in mills]


def test_categories_say_the_same_as_text() -> None:
    symbols = pl.Series(["IWM260424P00256000", None, "no contract", "IWM260424P00256000", "IWM20250919C220.5"])
    assert contract_parts(symbols.cast(pl.Categorical())).equals(contract_parts(symbols), null_equal=True)
