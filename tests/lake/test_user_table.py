"""Columns out of a file of one's own."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.lake.user_table import OwnColumn, read_own_file

COLUMNS = {"date": OwnColumn(("date", "day"), pl.Date()), "value": OwnColumn(("Ratio",), pl.Float64())}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "own.csv"


def test_month_first_with_mixed_padding_and_dos_line_ends(written: Path) -> None:
    written.write_bytes(b"DATE,CALLS,Ratio\r\n11/1/2006,5,0.91\r\n11/13/2006,6,.9\r\n")
    frame, unreadable = read_own_file(written, COLUMNS)
    assert frame.rows() == [(date(2006, 11, 1), 0.91), (date(2006, 11, 13), 0.9)]
    assert unreadable == 0


def test_dates_that_may_be_read_in_two_ways_are_refused_until_said(written: Path) -> None:
    written.write_text("date,ratio\n1/2/2026,0.5\n3/4/2026,0.6\n")
    with pytest.raises(FlowbtError, match="may have the day or the month first"):
        read_own_file(written, COLUMNS)
    frame, _ = read_own_file(written, COLUMNS, "%d/%m/%Y")
    assert frame["date"].to_list() == [date(2026, 2, 1), date(2026, 4, 3)]


def test_the_usual_words_for_not_known_are_null(written: Path) -> None:
    written.write_text("day,ratio\n2026-01-05,\n2026-01-06,.\n2026-01-07,NaN\n2026-01-08,1\n")
    frame, unreadable = read_own_file(written, COLUMNS)
    assert frame["value"].to_list() == [None, None, None, 1.0]
    assert unreadable == 0


def test_a_row_that_cannot_be_read_is_left_out_and_counted(written: Path) -> None:
    rows = "".join(f"2026-{month:02d}-{day:02d},1\n" for month in range(1, 5) for day in range(1, 11))
    written.write_text(f"date,ratio\n{rows}2026-05-01,one\n")
    frame, unreadable = read_own_file(written, COLUMNS)
    assert (frame.height, unreadable) == (40, 1)


def test_a_file_of_which_much_cannot_be_read_is_refused(written: Path) -> None:
    written.write_text("date,ratio\n2026-05-01,one\n2026-05-04,2\n")
    with pytest.raises(FlowbtError, match=r"1 of 2 rows cannot be read, the first is row 1 \(UNREADABLE_VALUE\)"):
        read_own_file(written, COLUMNS)


def test_a_column_that_is_not_there_is_told_with_the_nearest(written: Path) -> None:
    written.write_text("date,ratios\n2026-05-01,1\n")
    with pytest.raises(UnknownNameError, match=r"unknown column 'Ratio' .*did you mean 'ratios'"):
        read_own_file(written, COLUMNS)


def test_a_column_that_may_lack_is_absent(written: Path) -> None:
    written.write_text("date,ratio\n2026-05-01,1\n")
    frame, _ = read_own_file(written, {**COLUMNS, "more": OwnColumn(("more",), pl.Float64(), required=False)})
    assert frame.columns == ["date", "value"]


def test_no_such_file_and_no_rows(written: Path) -> None:
    with pytest.raises(FlowbtError, match="there is no file"):
        read_own_file(written, COLUMNS)
    written.write_text("date,ratio\n")
    with pytest.raises(FlowbtError, match="no rows"):
        read_own_file(written, COLUMNS)


def test_parquet_is_read_by_its_own_types(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    pl.DataFrame({"date": [date(2026, 5, 1)], "Ratio": [0.25]}).write_parquet(path)
    assert read_own_file(path, COLUMNS)[0].rows() == [(date(2026, 5, 1), 0.25)]
