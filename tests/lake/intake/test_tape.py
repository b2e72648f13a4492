"""The trade tape: which rows are executions, what is filled in, and why rows are set aside."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.full import tries

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.tape import check_prints, side_of_quote
from flowbt.lake.vendors import format_named
from flowbt.lake.vendors.columns import TAPE_COLUMNS
from flowbt.lake.vendors.translate import ROW
from flowbt.schema import PRINTS

Row = Callable[..., dict[str, str]]
Write = Callable[..., str]
Outcome = Callable[..., FileOutcome]
Taped = Callable[[], pl.DataFrame]
Reasons = Callable[[], Sequence[str]]

OSI = "AAA   260116C00100000"


@pytest.fixture
def take(tape: Write, outcome: Outcome) -> Callable[..., FileOutcome]:
    """Bring rows in as one tape."""
    return lambda *rows, **options: outcome(tape(*rows), format_name="prints", **options)


@pytest.fixture
def judged(take: Callable[..., FileOutcome], execution: Row, quarantine: Reasons) -> Callable[..., Sequence[str]]:
    """The reasons for which a row with these cells is not kept; a good row beside it always is."""

    def reasons(**cells: str) -> Sequence[str]:
        found = take(execution(size="7"), execution(**cells))
        assert (found.status, found.committed + found.quarantined) == ("committed", 2)
        return quarantine()

    return reasons


BAD_CELLS = [
    ("price", "0", "BAD_PRICE"),
    ("price", "-1", "BAD_PRICE"),
    ("price", "", "MISSING_PRICE"),
    ("price", "$5", "UNREADABLE_PRICE"),
    ("price", "inf", "INFINITE_PRICE"),
    ("price", "nan", "NOT_A_NUMBER_PRICE"),
    ("size", "0", "BAD_SIZE"),
    ("size", "-1", "BAD_SIZE"),
    ("size", "", "MISSING_SIZE"),
    ("size", "1.5", "UNREADABLE_SIZE"),
    ("symbol", "", "MISSING_SYMBOL"),
    ("symbol", "=cmd", "BAD_SYMBOL"),
    ("strike", "0", "BAD_STRIKE"),
    ("strike", "", "MISSING_STRIKE"),
    ("option_type", "straddle", "BAD_OPTION_TYPE"),
    ("expiration", "", "MISSING_EXPIRATION"),
    ("expiration", "2026-01-07", "EXPIRED"),
    ("side", "buy", "BAD_SIDE"),
    ("bid", "-1", "BAD_BID"),
    ("ask", "x", "UNREADABLE_ASK"),
    ("underlying_price", "-3", "BAD_UNDERLYING_PRICE"),
    ("multiplier", "0", "BAD_MULTIPLIER"),
    ("iv", "0", "BAD_IV"),
    ("delta", "1.01", "BAD_DELTA"),
    ("time", "", "MISSING_TIME"),
    ("time", "noon", "UNREADABLE_TIME"),
    ("time", "2026-01-08", "UNREADABLE_TIME"),
    ("time", "2026-01-08T25:00:00Z", "UNREADABLE_TIME"),
    ("time", "2026-01-10T14:30:00Z", "NOT_A_SESSION"),
    ("date", "2026-01-09", "TIME_OUTSIDE_DATE"),
    ("canceled", "t", "CANCELED"),
    ("canceled", "True", "CANCELED"),
    ("canceled", "perhaps", "UNREADABLE_CANCELED"),
    ("contract", "AAA 100 call", "UNREADABLE_CONTRACT"),
    ("contract", "AAA   260123C00100000", "CONTRADICTORY_CONTRACT"),
    ("contract", "AAA   260116P00100000", "CONTRADICTORY_CONTRACT"),
    ("contract", "AAA   260116C00100500", "CONTRADICTORY_CONTRACT"),
]
ALONE = ("expiration", "date", "time")
"""Columns whose cells are read by how the column as a whole is written."""


@pytest.mark.parametrize("column", [*ALONE, "others"])
def test_one_bad_cell(column: str, take: Callable[..., FileOutcome], execution: Row, lake: Lake) -> None:
    """In a row of its own, below a good one."""
    cells = [case for case in BAD_CELLS if case[0] == column or (column == "others" and case[0] not in ALONE)]
    found = take(execution(size="7"), *(execution() | {name: cell} for name, cell, _ in cells))
    kept = pl.scan_delta(str(lake.path / "quarantine")).select("row", "reason").collect()
    reasons = dict(kept.iter_rows())
    assert [(name, cell, reasons.get(place)) for place, (name, cell, _) in enumerate(cells, 2)] == cells
    assert (found.status, found.committed, found.quarantined) == ("committed", 1, len(cells))


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("size", "3.0", 3),
        ("side", "BID", "bid"),
        ("symbol", "aaa", "AAA"),
        ("option_type", "Put", "put"),
        ("multiplier", "", 100.0),
        ("root", "", "AAA"),
        ("canceled", "f", None),
        ("date", "2026-01-08", date(2026, 1, 8)),
        ("time", "2026-01-08 15:30:00.00714+00", datetime(2026, 1, 8, 15, 30, 0, 7140, UTC)),
        ("time", "2026-01-08T10:30:00-0500", datetime(2026, 1, 8, 15, 30, tzinfo=UTC)),
        ("order", "A-17", "A-17"),
        ("exchange", "XCBO", "XCBO"),
    ],
)
def test_a_cell_that_is_read(
    column: str, cell: str, value: object, judged: Callable[..., Sequence[str]], taped: Taped
) -> None:
    assert judged(**{column: cell}) == []
    found = taped().filter(pl.col("size") != 7)
    assert value is None or found[column].to_list() == [value]


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2026-01-08T04:59:59Z", None),
        ("2026-01-08T05:00:00Z", date(2026, 1, 8)),
        ("2026-01-09T04:59:59Z", date(2026, 1, 8)),
        ("2026-07-08T04:00:00Z", date(2026, 7, 8)),
    ],
)
def test_the_session_is_the_day_in_new_york(
    time: str, day: date | None, take: Callable[..., FileOutcome], execution: Row, taped: Taped
) -> None:
    take(execution(time=time, expiration="2026-12-18", date=str(day) if day else ""))
    assert taped()["date"].to_list() == [day or date(2026, 1, 7)]


@pytest.mark.parametrize(
    ("price", "bid", "ask", "side"),
    [
        (1.6, 1.4, 1.6, "ask"),
        (1.7, 1.4, 1.6, "ask"),
        (1.4, 1.4, 1.6, "bid"),
        (1.3, 1.4, 1.6, "bid"),
        (1.59, 1.4, 1.6, "mid"),
        (1.5, 1.4, 1.6, "mid"),
        (0.05, 0.0, 0.05, "ask"),
        (1.5, 1.5, 1.5, None),
        (1.5, 1.6, 1.4, None),
        (1.5, None, None, None),
        (1.6, None, 1.6, "ask"),
        (1.5, None, 1.6, None),
        (1.4, 1.4, None, "bid"),
        (1.5, 1.4, None, None),
    ],
)
def test_the_side_of_the_quote(price: float, bid: float | None, ask: float | None, side: str | None) -> None:
    row = pl.DataFrame(
        {"price": [price], "bid": [bid], "ask": [ask]}, schema=dict.fromkeys(("price", "bid", "ask"), pl.Float64)
    )
    assert row.select(side_of_quote()).item() == side


@pytest.mark.parametrize(("said", "side"), [("bid", "bid"), ("mid", "mid"), ("", "ask"), ("no_side", None)])
def test_what_the_source_says_of_the_side_goes_first(
    said: str, side: str | None, take: Callable[..., FileOutcome], execution: Row, taped: Taped
) -> None:
    take(execution(side=said))
    assert taped()["side"].to_list() == [side]


def test_the_contracts_symbol_stands_for_its_parts(
    take: Callable[..., FileOutcome], execution: Row, taped: Taped
) -> None:
    bare = {name: cell for name, cell in execution().items() if name not in {"expiration", "strike", "option_type"}}
    take(bare | {"contract": "AAA1  260116P00102500"})
    found = taped().select("root", "expiration", "strike", "option_type").rows()
    assert found == [("AAA1", date(2026, 1, 16), 102.5, "put")]


def test_equal_rows_are_as_many_executions(take: Callable[..., FileOutcome], execution: Row, taped: Taped) -> None:
    found = take(execution(), execution(), execution())
    assert (found.committed, found.duplicates, taped().height) == (3, 0, 3)


def test_equal_rows_of_one_id_are_copies(take: Callable[..., FileOutcome], execution: Row, taped: Taped) -> None:
    found = take(execution(id="1"), execution(id="1"), execution(id="2"), execution(id=""), execution(id=""))
    assert (found.committed, found.duplicates, taped().height) == (4, 1, 4)


def test_of_rows_of_one_id_that_differ_none_is_kept(
    take: Callable[..., FileOutcome], execution: Row, taped: Taped, quarantine: Reasons
) -> None:
    take(execution(id="1"), execution(id="1", price="1.6"), execution(id="2"))
    assert (quarantine(), taped().height) == (["CONFLICTING_ROWS"] * 2, 1)


def test_an_id_may_come_again_on_another_day(
    take: Callable[..., FileOutcome], execution: Row, taped: Taped, quarantine: Reasons
) -> None:
    take(execution(id="1"), execution(id="1", time="2026-01-09T14:30:00Z"))
    assert (quarantine(), taped().height) == ([], 2)


def test_a_canceling_row_takes_the_rows_of_its_id_with_it(
    take: Callable[..., FileOutcome], execution: Row, taped: Taped, quarantine: Reasons
) -> None:
    take(execution(id="1"), execution(id="1", canceled="t"), execution(id="2", canceled="f"))
    assert (quarantine(), taped().height) == (["CANCELED"] * 2, 1)


def test_a_canceled_row_without_an_id_leaves_its_like_alone(
    take: Callable[..., FileOutcome], execution: Row, taped: Taped
) -> None:
    found = take(execution(), execution(canceled="t"))
    assert (found.committed, found.quarantined, taped().height) == (1, 1, 1)


def test_canceled_prints_are_no_bad_rows(take: Callable[..., FileOutcome], execution: Row) -> None:
    found = take(execution(), *(execution(canceled="t") for _ in range(9)), max_quarantine=0.05)
    assert (found.status, found.quarantined) == ("committed", 9)


def test_too_many_bad_rows_does_not_name_the_canceled(take: Callable[..., FileOutcome], execution: Row) -> None:
    bad = execution(price="0")
    found = take(execution(), execution(canceled="t"), bad, bad, max_quarantine=0.05)
    assert str(found.reason).startswith(
        "TOO_MANY_BAD_ROWS: 2 of 4 rows cannot be used (2 BAD_PRICE). BAD_PRICE: row 3,"
    )


def test_a_tape_of_canceled_prints_only(take: Callable[..., FileOutcome], execution: Row) -> None:
    found = take(execution(canceled="t"))
    assert (found.status, found.rows_in, found.committed, found.quarantined) == ("unchanged", 1, 0, 1)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"underlying_price": ""}, "MISSING_UNDERLYING"),
        ({"underlying_price": "0"}, "MISSING_UNDERLYING"),
        ({"bid": "2", "side": "bid"}, "CROSSED_QUOTE"),
        ({"iv": "0.009"}, "IV_OUT_OF_RANGE"),
        ({"bid": "", "ask": ""}, "UNKNOWN_SIDE"),
        ({"time": "2026-01-08T14:29:59Z"}, "OUTSIDE_HOURS"),
        ({"time": "2026-01-08T22:00:01Z"}, "OUTSIDE_HOURS"),
    ],
)
def test_what_is_kept_and_counted(
    cells: dict[str, str], code: str, take: Callable[..., FileOutcome], execution: Row
) -> None:
    found = take(execution(**cells))
    assert (found.committed, found.warnings) == (1, {code: 1})


CELLS = st.sampled_from(
    ["", "1", "0", "-1", "2.5", "abc", "NaN", "1e400", "t", "ask", "no_side", "call", "AAA", "2026-01-16", OSI]
)
TIMES = st.sampled_from(["", "2026-01-08T14:30:00Z", "2026-01-08 14:30:00.5+00", "2026-01-08", "14:30", "noon"])


@pytest.mark.thorough
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(TAPE_COLUMNS, CELLS) | {"time": TIMES}), min_size=1, max_size=12))
@settings(max_examples=tries(20, 60), deadline=None)
def test_sifting_loses_no_row(rows: list[dict[str, str]]) -> None:
    text = pl.DataFrame(rows, schema=dict.fromkeys(TAPE_COLUMNS, pl.String)).with_columns(pl.all().replace("", None))
    found = check_prints(text.with_row_index(ROW), format_named("prints").layouts[0])
    assert found.kept.height + found.rejected.height + found.duplicates == len(rows)
    assert found.rejected["reason"].null_count() == 0
    assert dict(found.kept.drop(ROW).schema) == dict(PRINTS)


NEARLY_GOOD = st.fixed_dictionaries(
    {
        "price": st.sampled_from(["1.5", "1.50", "1.4", "0", "x"]),
        "time": st.sampled_from(["2026-01-08T14:30:00Z", "2026-01-08 14:30:00+00", "2026-01-08", "2026-01-10T15:00Z"]),
        "canceled": st.sampled_from(["", "f", "t"]),
        "id": st.sampled_from(["", "", "1", "2"]),
        "contract": st.sampled_from(["", OSI, "junk"]),
    }
)


@pytest.mark.thorough
@given(rows=st.lists(NEARLY_GOOD, min_size=1, max_size=10))
@settings(max_examples=tries(8, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_in_are_committed_quarantined_or_duplicates(
    rows: list[dict[str, str]], take: Callable[..., FileOutcome], execution: Row
) -> None:
    found = take(*(execution(**row) for row in rows), days="replace")
    assert found.rows_in == len(rows)
    assert found.committed + found.quarantined + found.duplicates == len(rows)
