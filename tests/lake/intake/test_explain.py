"""What would become of a file, told before anything is stored."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flowbt.lake.intake.explain import explain
from flowbt.lake.reading import Source
from flowbt.lake.vendors import ReadOptions, format_named

Write = Callable[..., str]
Option = Callable[..., dict[str, str]]


def told(path: str, format_name: str | None = None, **options: Any) -> dict[str, Any]:
    vendor = None if format_name is None else format_named(format_name)
    return explain(Source(Path(path)), vendor, ReadOptions(**options))


def test_how_columns_map_and_what_is_left(canonical: Write, option: Option) -> None:
    found = told(canonical(option(mood="good", oi_lag="0")))
    assert (found["format"], found["wide"], found["reason"]) == ("canonical", False, None)
    assert {"ours": "strike", "theirs": "strike", "note": ""} in found["columns"]
    assert found["not_used"] == ["mood"]
    assert "bid" in found["not_found"]


def test_the_first_rows_as_they_would_be_stored(canonical: Write, option: Option) -> None:
    found = told(canonical(*(option(strike=str(100 + n)) for n in range(9))))
    assert [row["strike"] for row in found["rows"]] == [100, 101, 102, 103, 104]
    assert found["rows"][0]["date"] == date(2026, 1, 8)
    assert found["rows"][0]["oi_lag"] == 1
    assert "bid" not in found["rows"][0]


def test_rows_that_would_be_set_aside(canonical: Write, option: Option) -> None:
    found = told(canonical(option(), option(strike="-1", last="x"), option(strike="-1")))
    assert found["refused_rows"] == [
        {
            "row": 2,
            "reasons": "UNREADABLE_LAST",
            "why": "row 2, column 'last': 'x'; if it means 'not known', declare empty = [\"x\"] in a mapping file",
        },
        {
            "row": 3,
            "reasons": "BAD_STRIKE",
            "why": "row 3, column 'strike': '-1.0'; no such value is possible: check the source, or map another column",
        },
    ]


def test_wide_rows_and_sentinels(riskalert: Write, pair: Callable[..., dict[str, Any]]) -> None:
    found = told(riskalert(pair()))
    assert (found["format"], found["wide"]) == ("riskalert-json", True)
    assert {"ours": "call_iv", "theirs": "calliv", "note": "0 means not known; divided by 100"} in found["columns"]
    assert [row["option_type"] for row in found["rows"]] == ["call", "put"]


def test_what_came_close(vendor_file: Write) -> None:
    found = told(
        vendor_file("a.csv", "symbol,date,expiration,strike,kind,last\nAAA,2026-01-08,2026-01-16,100,call,1\n")
    )
    assert found["reason"].startswith("UNKNOWN_FORMAT: no known format fits (closest: canonical lacks option_type")
    assert found["came_close"]["canonical"] == ["option_type"]


def test_why_a_file_of_a_named_format_is_refused(vendor_file: Write) -> None:
    found = told(vendor_file("a.csv", "symbol,date,strike\nAAA,2026-01-08,100\n"), "canonical")
    assert found["reason"].startswith("MISSING_COLUMN: expiration, option_type")


def test_what_the_user_says_goes_first(canonical: Write, option: Option) -> None:
    found = told(canonical(option()), oi_lag=0, date_format="%Y-%m-%d")
    assert (found["open_interest"], found["dates"]) == ("oi_lag 0, as specified", "%Y-%m-%d")
