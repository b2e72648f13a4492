"""Runs of rows: the same results as by the names of the snapshots, in whatever order the rows lie."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.lake.delta.row_order import varying
from flowbt.lake.intake.runs import UNIT, by_snapshot, doubtful, in_runs, of_snapshots, places_of

DAYS = [date(2026, 3, 2), date(2026, 3, 3)]
SCHEMA = {"symbol": pl.String(), "date": pl.Date(), "volume": pl.Int64()}
ROWS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(DAYS), st.sampled_from([None, 0, 0, 0, 7])), max_size=60
)


def _frame(rows: list[tuple[str, date, int | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_a_run_has_its_values_and_its_length() -> None:
    rows = _frame([("A", DAYS[0], 1), ("A", DAYS[0], 2), ("A", DAYS[1], 3), ("B", DAYS[1], 4)])
    runs, lengths = in_runs(rows, UNIT)
    assert runs.rows() == [("A", DAYS[0]), ("A", DAYS[1]), ("B", DAYS[1])]
    assert lengths.to_list() == [2, 1, 1]
    assert places_of(lengths).to_list() == [0, 0, 1, 2]


def test_nulls_are_a_run() -> None:
    rows = pl.DataFrame({"root": [None, None, "A", None]}, schema={"root": pl.String()})
    assert in_runs(rows, ["root"])[1].to_list() == [2, 1, 1]


def test_no_rows_have_no_runs() -> None:
    runs, lengths = in_runs(_frame([]), UNIT)
    assert (runs.height, lengths.len()) == (0, 0)


def test_text_that_is_the_same_everywhere_does_not_vary() -> None:
    rows = pl.DataFrame({"symbol": ["A", "A"], "root": ["A", None], "strike": [1.0, 1.0]})
    assert varying(rows, ["symbol", "root", "strike"]) == ["root", "strike"]


@settings(deadline=None)
@given(ROWS)
def test_results_by_snapshot_are_those_of_a_group_by(rows: list[tuple[str, date, int | None]]) -> None:
    frame = _frame(rows)
    highest = pl.col("volume").max()
    for ordered in (frame, frame.sort(UNIT)):
        expected = ordered.group_by(UNIT, maintain_order=True).agg(highest=highest)
        assert by_snapshot(ordered, highest=highest).equals(expected)


@settings(deadline=None)
@given(ROWS)
def test_no_snapshot_of_zeros_is_overlooked(rows: list[tuple[str, date, int | None]]) -> None:
    zero = (pl.col("volume").max() == 0).fill_null(value=True)
    for ordered in (_frame(rows), _frame(rows).sort(UNIT)):
        looked_at = doubtful(ordered, zero)
        zeros = ordered.group_by(UNIT).agg(zero=zero).filter("zero")
        assert zeros.join(looked_at, on=UNIT, how="anti").is_empty()
        # and those that are looked at come whole
        units = looked_at.select(UNIT).unique()
        assert looked_at.equals(ordered.join(units, on=UNIT, how="semi", maintain_order="left"))


def test_a_snapshot_with_a_number_in_the_sample_is_not_looked_at() -> None:
    zero = (pl.col("volume").max() == 0).fill_null(value=True)
    rows = _frame([("A", DAYS[0], 7), ("A", DAYS[0], 0), ("A", DAYS[1], 0), ("A", DAYS[1], 0)])
    assert doubtful(rows, zero)["date"].unique().to_list() == [DAYS[1]]


def test_rows_of_snapshots_keep_their_order() -> None:
    rows = _frame([("A", DAYS[1], 1), ("A", DAYS[0], 2), ("A", DAYS[1], 3)])
    assert of_snapshots(rows, rows.head(1).select(UNIT))["volume"].to_list() == [1, 3]
