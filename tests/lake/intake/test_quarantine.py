"""Rows that are not kept: each goes to quarantine with its reason, the row beside it is stored."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.full import tries

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.quality import check_rows, unique_rows
from flowbt.lake.vendors import format_named
from flowbt.lake.vendors.translate import ROW
from flowbt.schema import CONTRACT_ROWS

GOOD = {"strike": "90", "option_type": "put"}


@pytest.fixture
def judged(
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    quarantine: Callable[[], Sequence[str]],
) -> Callable[..., Sequence[str]]:
    """The reasons for which a row with these cells is not kept; a good row beside it always is."""

    def reasons(**cells: str) -> Sequence[str]:
        found = outcome(canonical(option(**GOOD), option(**cells)))
        assert found.status == "committed"
        assert found.committed + found.quarantined == 2
        return quarantine()

    return reasons


BAD_CELLS = [
    *(
        ("last", cell, "UNREADABLE_LAST")
        for cell in ("abc", "$5", "5%", "(5)", "n.a.", "1,000", "1_000", "0x10", "---")
    ),
    ("last", "-0.01", "BAD_LAST"),
    ("bid", "-1", "BAD_BID"),
    ("ask", "x", "UNREADABLE_ASK"),
    ("vwap", "-1", "BAD_VWAP"),
    *(("volume", cell, "UNREADABLE_VOLUME") for cell in ("74800.5", "abc", "99999999999999999999")),
    ("volume", "-1", "BAD_VOLUME"),
    ("open_interest", "-1", "BAD_OPEN_INTEREST"),
    ("strike", "0", "BAD_STRIKE"),
    ("strike", "-5", "BAD_STRIKE"),
    ("strike", "1,000", "UNREADABLE_STRIKE"),
    ("strike", "1e400", "INFINITE_STRIKE"),
    ("strike", "nan", "NOT_A_NUMBER_STRIKE"),
    ("strike", "", "MISSING_STRIKE"),
    ("expiration", "2026-01-07", "EXPIRED"),
    ("expiration", "", "MISSING_EXPIRATION"),
    *(
        ("expiration", cell, "UNREADABLE_EXPIRATION")
        for cell in ("01/16/2026", "2026-02-30", "9999-12-31", "0001-01-01", "46038", "2026-01-160", "26-01-16")
    ),
    ("option_type", "C", "BAD_OPTION_TYPE"),
    ("option_type", "straddle", "BAD_OPTION_TYPE"),
    ("option_type", "", "MISSING_OPTION_TYPE"),
    ("symbol", "", "MISSING_SYMBOL"),
    *(("symbol", cell, "BAD_SYMBOL") for cell in ("A B", "=cmd", "../AAA", "ÄÖ", "A" * 17)),
    ("date", "", "MISSING_DATE"),
    ("date", "1969-12-31", "UNREADABLE_DATE"),
    ("iv", "25%", "UNREADABLE_IV"),
    ("multiplier", "0", "BAD_MULTIPLIER"),
    ("oi_lag", "2", "BAD_OI_LAG"),
    ("oi_lag", "300", "UNREADABLE_OI_LAG"),
    ("underlying_price", "-3", "BAD_UNDERLYING_PRICE"),
    ("quote_time", "garbage", "UNREADABLE_QUOTE_TIME"),
]
ALONE = ("expiration", "date", "quote_time")
"""Columns whose cells are read by how the column as a whole is written."""


@pytest.mark.parametrize("column", [*ALONE, "others"])
def test_one_bad_cell(
    column: str,
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    lake: Lake,
) -> None:
    """In a row of its own, below a good one; of another strike than the rows beside it."""
    cells = [case for case in BAD_CELLS if case[0] == column or (column == "others" and case[0] not in ALONE)]
    rows = [option(strike=str(100 + place)) | {name: cell} for place, (name, cell, _) in enumerate(cells)]
    found = outcome(canonical(option(**GOOD), *rows))
    kept = pl.scan_delta(str(lake.path / "quarantine")).select("row", "reason").collect()
    reasons = dict(kept.iter_rows())
    assert [(name, cell, reasons.get(place)) for place, (name, cell, _) in enumerate(cells, 2)] == cells
    assert (found.status, found.committed, found.quarantined) == ("committed", 1, len(cells))


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("volume", "74800.0", 74_800),
        ("volume", "1e3", 1_000),
        ("volume", "9007199254740993", 9_007_199_254_740_993),
        ("last", "0", 0.0),
        ("last", ".5", 0.5),
        ("last", " 2.5 ", 2.5),
        ("strike", "102.50", 102.5),
        ("option_type", "Call", "call"),
        ("symbol", "aaa", "AAA"),
        ("symbol", "NA", "NA"),
        ("symbol", "TRUE", "TRUE"),
        ("symbol", "BRK.B", "BRK.B"),
        ("multiplier", "", 100.0),
        ("oi_lag", "", 1),
    ],
)
def test_a_cell_that_is_read(
    column: str, cell: str, value: object, judged: Callable[..., Sequence[str]], stored: Callable[[], pl.DataFrame]
) -> None:
    assert judged(**{column: cell}) == []
    assert stored().filter(pl.col("option_type") == "call")[column].to_list() == [value]


@pytest.mark.parametrize("cell", ["2026-01-16", "2026-01-16T16:00:00", "2026-01-16 00:00:00"])
def test_a_date_may_bear_a_time(
    cell: str, judged: Callable[..., Sequence[str]], stored: Callable[[], pl.DataFrame]
) -> None:
    assert judged(expiration=cell) == []
    assert stored()["expiration"].n_unique() == 1


@pytest.mark.parametrize(
    "cell", ["2026-01-08T21:15:00Z", "2026-01-08 21:15:00", "2026-01-08T16:15:00-05:00", "2026-01-08T21:15:00+00:00"]
)
def test_quote_times_are_utc(
    cell: str, judged: Callable[..., Sequence[str]], stored: Callable[[], pl.DataFrame]
) -> None:
    assert judged(quote_time=cell) == []
    assert stored()["quote_time"].drop_nulls().dt.strftime("%d %H:%M").to_list() == ["08 21:15"]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        *(("last", cell, "NOT_A_NUMBER_LAST") for cell in ("NaN", "nan", "-nan", "NAN")),
        *(("bid", cell, "NOT_A_NUMBER_BID") for cell in ("None", "null", "NULL", "N/A", "#N/A", "<NA>", "-", "--")),
        *(("last", cell, "INFINITE_LAST") for cell in ("inf", "-inf", "Infinity", "1e400")),
        ("volume", "NaN", "NOT_A_NUMBER_VOLUME"),
        ("volume", "-", "NOT_A_NUMBER_VOLUME"),
        ("volume", "1e400", "INFINITE_VOLUME"),
        ("iv", "NaN", "NOT_A_NUMBER_IV"),
        ("adjusted", "nan", "NOT_A_NUMBER_ADJUSTED"),
        ("quote_time", "NaT", "NOT_A_NUMBER_QUOTE_TIME"),
        ("underlying_price", "NaN", "NOT_A_NUMBER_UNDERLYING_PRICE"),
    ],
)
def test_a_cell_that_is_not_a_number_is_unknown_and_its_row_stays(
    column: str,
    cell: str,
    code: str,
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    found = outcome(canonical(option(**{column: cell})))
    assert (found.committed, found.quarantined, found.warnings[code]) == (1, 0, 1)
    row = stored().row(0, named=True)
    assert (row[column] or None, row["open_interest"]) == (None, 50)  # the lake's `adjusted` is never null


@pytest.mark.parametrize(("column", "value"), [("multiplier", 100.0), ("oi_lag", 1)])
def test_what_is_filled_in_where_it_is_empty_is_filled_in_where_it_is_nan(
    column: str, value: float, judged: Callable[..., Sequence[str]], stored: Callable[[], pl.DataFrame]
) -> None:
    assert judged(**{column: "NaN"}) == []
    assert stored()[column].unique().to_list() == [value]


def test_a_strike_that_is_nan_is_that_of_the_contract(
    judged: Callable[..., Sequence[str]], stored: Callable[[], pl.DataFrame]
) -> None:
    assert judged(strike="NaN", contract="AAA   260116C00105000") == []
    assert stored()["strike"].to_list() == [90, 105]


def test_nothing_known_but_that_it_exists(judged: Callable[..., Sequence[str]]) -> None:
    assert judged(last="", volume="", open_interest="") == ["EMPTY_ROW"]


def test_the_second_header_of_a_concatenated_file(
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    quarantine: Callable[[], Sequence[str]],
) -> None:
    found = outcome(canonical(option(), {name: name for name in option()}, option(strike="101")))
    assert (found.committed, quarantine()) == (2, ["REPEATED_HEADER"])
    assert found.warnings == {"REPEATED_HEADER": 1}


def test_repeated_headers_are_no_bad_rows(
    canonical: Callable[..., str], option: Callable[..., dict[str, str]], outcome: Callable[..., FileOutcome]
) -> None:
    header = {name: name for name in option()}
    # three short files in one: 2 headers among 5 rows are far more than 5%
    path = canonical(option(), header, option(strike="101"), header, option(strike="102"))
    found = outcome(path, max_quarantine=0.05)
    assert (found.status, found.rows_in, found.committed, found.quarantined) == ("committed", 5, 3, 2)


def test_exact_copies_are_counted_and_stored_once(
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    found = outcome(canonical(option(), option(strike="100.00"), option()))
    assert (found.rows_in, found.committed, found.duplicates, found.quarantined) == (3, 1, 2, 0)
    assert stored().height == 1


def test_of_rows_that_contradict_each_other_none_is_kept(
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    quarantine: Callable[[], Sequence[str]],
    stored: Callable[[], pl.DataFrame],
) -> None:
    outcome(canonical(option(last="1.5"), option(last="1.6"), option(**GOOD)))
    assert quarantine() == ["CONFLICTING_ROWS", "CONFLICTING_ROWS"]
    assert stored()["strike"].to_list() == [90]


def test_the_record_tells_what_the_row_said(
    canonical: Callable[..., str], option: Callable[..., dict[str, str]], outcome: Callable[..., FileOutcome], lake: Any
) -> None:
    path = canonical(option(**GOOD), option(last="abc"))
    outcome(path)
    row = pl.scan_delta(str(lake.path / "quarantine")).collect().row(0, named=True)
    assert (row["file"], row["format"]) == (path, "canonical")
    assert '"last":"abc"' in row["record"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"underlying_price": ""}, "MISSING_UNDERLYING"),
        ({"underlying_price": "0"}, "MISSING_UNDERLYING"),
        ({"underlying_price": "110", "last": "9.9"}, "STALE_LAST"),
        ({"bid": "2", "ask": "1"}, "CROSSED_QUOTE"),
        ({"iv": "0.009"}, "IV_OUT_OF_RANGE"),
        ({"iv": "5.1"}, "IV_OUT_OF_RANGE"),
        ({"iv": "0"}, "IMPOSSIBLE_IV"),
        ({"iv": "0.00001"}, "IMPOSSIBLE_IV"),
        ({"iv": "0.00099"}, "IMPOSSIBLE_IV"),
        ({"delta": "1.01"}, "IMPOSSIBLE_DELTA"),
        ({"gamma": "-0.1"}, "IMPOSSIBLE_GAMMA"),
        ({"vega": "-0.1"}, "IMPOSSIBLE_VEGA"),
    ],
)
def test_what_is_kept_and_counted(
    cells: dict[str, str],
    code: str,
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
) -> None:
    found = outcome(canonical(option(**cells)))
    assert (found.committed, found.warnings) == (1, {code: 1})


CELLS = st.sampled_from(["", "1", "0", "-1", "2.5", "abc", "NaN", "1e400", "2026-01-16", "call", "put", "AAA"])


@pytest.mark.thorough
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(CONTRACT_ROWS, CELLS)), min_size=1, max_size=12))
@settings(max_examples=tries(20, 60), deadline=None)
def test_sifting_loses_no_row(rows: list[dict[str, str]]) -> None:
    text = pl.DataFrame(rows, schema=dict.fromkeys(CONTRACT_ROWS, pl.String)).with_columns(pl.all().replace("", None))
    judged = check_rows(text.with_row_index(ROW), "chains", format_named("canonical").layouts[0])
    found = unique_rows(judged.kept, "chains")
    assert found.kept.height + judged.rejected.height + found.rejected.height + found.duplicates == len(rows)
    assert pl.concat([judged.rejected, found.rejected])["reason"].null_count() == 0
    assert dict(found.kept.drop(ROW).schema) == dict(CONTRACT_ROWS)


NEARLY_GOOD = st.fixed_dictionaries(
    {
        "strike": st.sampled_from(["100", "100.0", "101", "102", "-1", "x"]),
        "option_type": st.sampled_from(["call", "put", "C"]),
        "last": st.sampled_from(["1.5", "1.6", "nan", ""]),
        "volume": st.sampled_from(["10", "10.0", "0", "1e400"]),
    }
)


@pytest.mark.thorough
@given(rows=st.lists(NEARLY_GOOD, min_size=1, max_size=10))
@settings(max_examples=tries(8, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_in_are_committed_quarantined_or_duplicates(
    rows: list[dict[str, str]],
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
) -> None:
    found = outcome(canonical(*(option(**row) for row in rows)), days="replace")
    assert found.rows_in == len(rows)
    assert found.committed + found.quarantined + found.duplicates == len(rows)


def test_what_no_greek_can_be_is_not_known_and_the_rest_of_the_row_is(
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    outcome(canonical(option(iv="-1", delta="1.00001", gamma="-1e-7", vega="0.1")))
    found = stored().select("iv", "delta", "gamma", "vega", "volume", "open_interest")
    assert found.rows() == [(None, None, None, 0.1, 10, 50)]
