"""Tables of text: what polars would pass over in silence is noticed; where the blocks are cut makes no difference."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowbt.errors import RejectedFileError
from flowbt.lake.reading import Shape, Source, delimited, open_file

ANY = Shape(frozenset())


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., list[pl.DataFrame]]:
    """The blocks of a file of this text."""

    def read(text: str | bytes, shape: Shape = ANY) -> list[pl.DataFrame]:
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(open_file(Source(path)).blocks(shape))

    return read


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 64)
    monkeypatch.setattr(delimited, "LONGEST_LINE", 1000)


Table = Callable[..., list[pl.DataFrame]]


def rows(blocks: list[pl.DataFrame]) -> list[tuple[str | None, ...]]:
    return pl.concat(blocks).rows()


def test_cells_stay_text(table: Table) -> None:
    assert rows(table("a,b\n1.0,NA\n007,TRUE\n")) == [("1.0", "NA"), ("007", "TRUE")]


@pytest.mark.usefixtures("small_blocks")
def test_blocks_hold_the_rows_of_the_whole(table: Table) -> None:
    text = "a,b\n" + "".join(f"{n},x{n}\n" for n in range(100))
    blocks = table(text)
    assert len(blocks) > 5
    assert rows(blocks) == [(str(n), f"x{n}") for n in range(100)]


@pytest.mark.usefixtures("small_blocks")
def test_a_line_end_between_quotes_cuts_no_block(table: Table) -> None:
    text = "a,b\n" + "".join(f'{n},"one\ntwo, {n}"\n' for n in range(40))
    assert rows(table(text)) == [(str(n), f"one\ntwo, {n}") for n in range(40)]


@pytest.mark.usefixtures("small_blocks")
def test_a_line_of_very_many_bytes(table: Table) -> None:
    with pytest.raises(RejectedFileError, match="LINE_TOO_LONG"):
        table("a,b\n1," + "x" * 5000 + "\n2,3\n")


@pytest.mark.usefixtures("small_blocks")
def test_a_short_row_in_a_later_block_is_named_by_its_line(table: Table) -> None:
    text = "a,b,c\n" + "1,2,3\n" * 50 + "1,2\n" + "1,2,3\n" * 50
    with pytest.raises(RejectedFileError, match="NOT_CSV: row 52 has 2 cells, but the header has 3"):
        table(text)


WORDS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], include_characters=" \t\n")
CELL = st.text(WORDS, max_size=6)


@given(cells=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=30))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("small_blocks")
def test_whatever_the_cells_hold_they_come_back(cells: list[tuple[str, ...]], table: Table) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [("a", "b", "c"), *cells]]
    blank = " \t\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0"
    blocks = table("\n".join(quoted) + "\n")
    found = rows(blocks) if blocks else []
    expected = [tuple(cell.strip() or None for cell in row) for row in cells]
    kept = [row for row in expected if any(row)]
    assert [tuple((cell and cell.strip(blank)) or None for cell in row) for row in found] == [
        tuple((cell and cell.strip(blank)) or None for cell in row) for row in kept
    ]


@pytest.mark.parametrize(
    "text",
    [
        '"a" ,"b"\n"1"   ,2\n',
        "a , b\n 1, 2 \n",
        'a\tb\n"1"\t 2\n',
        "﻿a,b\r\n1,2\r\n",
        "a,b\n\n  \n1,2\n\n",
    ],
)
def test_blanks_around_cells_and_lines(text: str, table: Table) -> None:
    assert rows(table(text)) == [("1", "2")]


def test_the_header_may_stand_below_other_lines(table: Table) -> None:
    shape = Shape(frozenset({"bid", "ask"}), preamble={"last": r"Last: ([\d.]+)"})
    (block,) = table("\nSome Fund,Last: 450.81,Change: 3.85\n\nBid,Ask,Bid\n1,2,3\n", shape)
    assert block.rows(named=True) == [{"bid": "1", "ask": "2", "bid_2": "3", "$.last": "450.81"}]


def test_a_later_block_that_is_no_text(table: Table) -> None:
    with pytest.raises(RejectedFileError, match=r"NOT_UTF8: invalid .* in line 20002"):
        table(b"a,b\n" + b"1,2\n" * 20_000 + b"\xe9,2\n")


NUMBER = st.one_of(
    st.sampled_from(["", "1", "1.5", "-0", ".5", "5.", "+2", "1e3", "1e400", "inf", "NaN", "007", "9007199254740993"]),
    st.sampled_from(["x", "1_000", "0x1", "$5", "1,5", "1 2", " 3 ", "--", "null", "True", "9" * 25]),
    st.floats(allow_nan=False).map(repr),
    st.integers().map(str),
)


@given(cells=st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_are_the_same_whether_polars_or_we_read_them(cells: list[tuple[str, str]], table: Table) -> None:
    numbers = {"a": pl.Float64(), "b": pl.Int64()}
    lines = ["c,a,b", *("x," + ",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in cells)]
    read = pl.concat(table("\n".join(lines) + "\n", Shape(frozenset(), numbers=numbers)))
    text = pl.concat(table("\n".join(lines) + "\n"))
    assert set(read.dtypes[1:]) <= {pl.String(), pl.Float64(), pl.Int64()}
    for name, dtype in numbers.items():
        assert read[name].cast(dtype, strict=False).equals(text[name].cast(dtype, strict=False), null_equal=True)
        if read.schema[name] != pl.String():
            assert read[name].is_null().equals(text[name].is_null())


FOOTED = Shape(frozenset(), footer={"day": r"as of ([\w-]+)"})


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_a_footer_is_no_row(table: Table, end: str) -> None:
    assert rows(table(f'a,b\n1,2\n"Downloaded as of 01-08-2026"{end}', FOOTED)) == [("1", "2", "01-08-2026")]


def test_a_file_without_the_footer_keeps_its_last_row(table: Table) -> None:
    assert rows(table("a,b\n1,2\n3,4\n", FOOTED)) == [("1", "2", None), ("3", "4", None)]


@pytest.mark.usefixtures("small_blocks")
def test_a_footer_behind_many_blocks(table: Table) -> None:
    found = rows(table("a,b\n" + "".join(f"{n},x{n}\n" for n in range(100)) + "as of Friday\n", FOOTED))
    assert [int(row[0] or "") for row in found] == list(range(100))
    assert {row[2] for row in found} == {"Friday"}


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_names_in_angle_brackets_are_a_header(table: Table, separator: str) -> None:
    found = table(f"<DATE>{separator}<CLOSE>\n20260108{separator}1\n")
    assert pl.concat(found).to_dicts() == [{"date": "20260108", "close": "1"}]
