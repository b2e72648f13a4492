"""JSON documents: rows wherever they lie, numbers as they are written, what the document says once beside every row."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.errors import RejectedFileError
from flowbt.lake.reading import Shape, Source, open_file

Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The rows of a document, at this path of keys."""

    def rows(document: Any, path: str = "") -> list[dict[str, Any]]:
        file = tmp_path / "file.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        return pl.concat(open_file(Source(file)).blocks(Shape(frozenset(), path))).rows(named=True)

    return rows


def test_a_list_of_objects(read: Read) -> None:
    assert read([{"A b": 1, "c": None}, {"A b": "x", "c": True}]) == [
        {"a_b": "1", "c": None},
        {"a_b": "x", "c": "True"},
    ]


def test_numbers_stay_as_they_are_written(read: Read) -> None:
    assert read('[{"a": 1.10, "b": 12345678901234567890, "c": 1e400, "d": NaN}]') == [
        {"a": "1.10", "b": "12345678901234567890", "c": "1e400", "d": "NaN"}
    ]


def test_rows_of_different_keys(read: Read) -> None:
    assert read([{"a": 1}, {"b": 2}]) == [{"a": "1", "b": None}, {"a": None, "b": "2"}]


def test_what_is_said_once_stands_beside_every_row(read: Read) -> None:
    document = {"symbol": "AAA", "head": {"Price": 5}, "data": {"rows": [{"a": 1}, {"a": 2}]}}
    assert read(document, "data.rows") == [{"a": n, "$.symbol": "AAA", "$.head.price": "5"} for n in ("1", "2")]


def test_an_object_within_a_row(read: Read) -> None:
    assert read([{"a": 1, "g": {"delta": 0.5, "x": {"y": 2}}}, {"a": 2, "g": None}]) == [
        {"a": "1", "g.delta": "0.5", "g.x.y": "2", "g": None},
        {"a": "2", "g.delta": None, "g.x.y": None, "g": None},
    ]


def test_keys_may_be_cells(read: Read) -> None:
    document = {"chains": {"2026-01-16": {"calls": [{"k": 100}], "puts": [{"k": 90}]}, "2026-01-23": {"calls": []}}}
    assert read(document, "chains.*expiration.*option_type") == [
        {"expiration": "2026-01-16", "option_type": "calls", "k": "100"},
        {"expiration": "2026-01-16", "option_type": "puts", "k": "90"},
    ]


def test_an_object_of_columns(read: Read) -> None:
    assert read({"strike": [100, 105], "bid": [1, None]}) == [
        {"strike": "100", "bid": "1"},
        {"strike": "105", "bid": None},
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('{"strike": [1, 2], "bid": [1]}', "NOT_JSON: its columns have different lengths"),
        ('[{"a": 1}, 2]', "NOT_JSON: row 2 is not an object"),
        ('[{"a b": 1, "A B": 2}]', "DUPLICATE_COLUMN: two keys have the name a_b"),
        ("[]", "EMPTY"),
        ("3", "MISSING_COLUMN"),
        ('[{"a": 1}', "TRUNCATED"),
    ],
)
def test_what_is_refused(document: str, code: str, read: Read) -> None:
    with pytest.raises(RejectedFileError, match=code):
        read(document)


def test_a_lone_surrogate_becomes_a_mark(read: Read) -> None:
    assert read('[{"a": "x\\ud800y"}]') == [{"a": "x?y"}]


def test_a_key_of_several_stands_for_each_of_them(read: Read) -> None:
    document = {"calls": {"2026-01-16": [{"a": 1}]}, "puts": {"2026-01-16": [{"a": 2}]}, "other": {"x": [{"a": 3}]}}
    assert read(document, "calls|puts.*expiration") == [
        {"expiration": "2026-01-16", "a": "1"},
        {"expiration": "2026-01-16", "a": "2"},
    ]


CHAINS = "chains.*expiration.*option_type"
ROW = [{"k": 100}]


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        (
            {"chains": {"a": {"calls": ROW}, "b": ROW}},
            CHAINS,
            "at chains.b there is a list, but the path has '\\*option_type'",
        ),
        ({"a": [{"t": ROW}, {"ticks": ROW}]}, "a.[].t", "at a.1 there is ticks, but the path has 't'"),
        (
            {"x": {"calls": ROW}, "y": {"call": ROW}},
            "*e.calls|puts",
            "at y there is call, but the path has 'calls|puts'",
        ),
        ({"x": {"calls": ROW, "Puts": ROW}}, "*e.calls|puts", "at x there is Puts, but"),
        ({"x": {"calls": ROW}}, "*e.calls|puts", "there is no 'puts' in the document"),
        (
            {"x": {"calls": ROW, "puts": {"5": ROW}}},
            "*e.calls|puts.[]",
            "at x.puts there is an object, but the path has",
        ),
    ],
)
def test_rows_that_the_path_does_not_lead_to_are_refused(document: Any, path: str, message: str, read: Read) -> None:
    with pytest.raises(RejectedFileError, match=message.replace("|", "[|]")):
        read(document, path)


def test_what_holds_no_rows_may_stand_beside_them(read: Read) -> None:
    document = {"chains": {"a": {"calls": ROW, "puts": [], "spot": 5, "note": None}, "b": {}, "updated": "now"}}
    assert read(document, "chains.*e.calls|puts") == [
        {"e": "a", "k": "100", "$.chains.a.spot": "5", "$.chains.a.note": None, "$.chains.updated": "now"}
    ]


def test_an_empty_object_is_no_row_although_its_key_is_a_cell(read: Read) -> None:
    assert read({"calls": [{"k": 100}], "puts": {}}, "*option_type") == [{"option_type": "calls", "k": "100"}]
