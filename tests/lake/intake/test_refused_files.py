"""Files that are refused whole: each with its code, and nothing stored (`refusal` holds to that)."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome

HEADER = "symbol,date,expiration,strike,option_type,last"
ROW = "AAA,2026-01-08,2026-01-16,100,call,1.5"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "EMPTY"),
        ("\n \n", "EMPTY"),
        (HEADER, "EMPTY"),
        (HEADER + "\n", "EMPTY"),
        (HEADER + "\n,,,,,\n", "EMPTY"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "NOT_UTF8"),
        (f"{HEADER}\n{ROW}\n".encode() + b"\xe9", "NOT_UTF8"),
        (f"{HEADER}\n{ROW}\0\n", "NOT_UTF8"),
        (f"{HEADER}\r{ROW}\r", "NOT_CSV"),
        ("<!DOCTYPE html>\n<html>busy, try later</html>\n", "NOT_CSV"),
        (f"{HEADER}\n{ROW},7\n", "NOT_CSV"),
        (f"{HEADER}\nAAA,2026-01-08,2026-01-16,101,call\n{ROW}\n", "NOT_CSV"),
        (f'{HEADER}\n"AAA",2026-01-08,2026-01-16,101,call\n{ROW}\n', "NOT_CSV"),
        (f'{HEADER}\nAAA,"2026-01-08,2026-01-16,101,call,1\n{ROW}\n', "NOT_CSV"),
        (f"{HEADER}\n{ROW}\nAAA,2026-01-08,2026-0", "TRUNCATED"),
        (f"{HEADER},last\n{ROW},2.5\n", "DUPLICATE_COLUMN"),
        (f"{HEADER},LAST\n{ROW},2.5\n", "DUPLICATE_COLUMN"),
        ("symbol,date\nAAA,2026-01-08\n", "MISSING_COLUMN"),
        (f"{HEADER.replace('strike', 'stirke')}\n{ROW}\n", "MISSING_COLUMN"),
    ],
)
def test_csv(content: str | bytes, code: str, vendor_file: Callable[..., str], refusal: Callable[..., str]) -> None:
    assert refusal(vendor_file("chain.csv", content)) == code


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_cells_may_be_separated_otherwise(
    separator: str, vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome]
) -> None:
    assert outcome(vendor_file("chain.txt", f"{HEADER}\n{ROW}\n".replace(",", separator))).committed == 1


def test_no_short_row_is_filled_up_in_silence(
    vendor_file: Callable[..., str], outcome: Callable[..., FileOutcome]
) -> None:
    found = outcome(vendor_file("chain.csv", f"{HEADER}\n{ROW}\nAAA,2026-01-08,2026-01-16,101,call\n"))
    assert found.reason == "NOT_CSV: row 3 has 5 cells, but the header has 6"


OPTION_FRAME = pl.DataFrame(
    {
        "symbol": ["AAA"],
        "date": [date(2026, 1, 8)],
        "expiration": [date(2026, 1, 16)],
        "strike": [100.0],
        "option_type": ["call"],
        "last": [1.5],
    }
)


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[[pl.DataFrame], str]:
    def write(frame: pl.DataFrame) -> str:
        frame.write_parquet(tmp_path / "chain.parquet")
        return str(tmp_path / "chain.parquet")

    return write


def cut_in_half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def cut_at_the_front(data: bytes) -> bytes:
    return data[8:]


@pytest.mark.parametrize("format_name", ["canonical", "auto"])
@pytest.mark.parametrize("damage", [cut_in_half, cut_at_the_front, lambda _: b"no Parquet"])
def test_damaged_parquet(
    damage: Callable[[bytes], bytes],
    format_name: str,
    parquet: Callable[[pl.DataFrame], str],
    refusal: Callable[..., str],
) -> None:
    path = Path(parquet(OPTION_FRAME))
    path.write_bytes(damage(path.read_bytes()))
    assert refusal(str(path), format_name=format_name) in {"NOT_PARQUET", "TOO_MANY_BAD_ROWS"}


def test_parquet_columns_that_differ_by_case_only(
    parquet: Callable[[pl.DataFrame], str], refusal: Callable[..., str]
) -> None:
    assert refusal(parquet(OPTION_FRAME.with_columns(Last=pl.lit(2.5)))) == "DUPLICATE_COLUMN"


@pytest.mark.parametrize(
    "odd",
    [pl.lit([1, 2]), pl.struct("last"), pl.lit(timedelta(1)), pl.lit(b"\xff\xfe")],
    ids=["list", "struct", "duration", "bytes"],
)
def test_a_parquet_column_of_an_odd_type_disturbs_only_where_it_is_read(
    odd: pl.Expr, parquet: Callable[[pl.DataFrame], str], outcome: Callable[..., FileOutcome]
) -> None:
    assert outcome(parquet(OPTION_FRAME.with_columns(beside=odd))).committed == 1
    assert outcome(parquet(OPTION_FRAME.with_columns(volume=odd))).quarantined == 1


def rows_of(**document: Any) -> str:
    return json.dumps({"header": {"underlyingPrice": 100}, **document})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "EMPTY"),
        (rows_of(contracts=[]), "EMPTY"),
        ("<html></html>", "NOT_JSON"),
        ("[" * 100_000, "NOT_JSON"),
        (rows_of(contracts=[1, 2]), "NOT_JSON"),
        (rows_of(contracts=["COUNT"]).replace('"COUNT"', "1" * 5000), "NOT_JSON"),
        (rows_of(contracts=[]).encode("utf-16"), "NOT_UTF8"),
        ("[]", "MISSING_COLUMN"),
        (rows_of(), "MISSING_COLUMN"),
        (rows_of(contracts={}), "MISSING_COLUMN"),
        (rows_of(contracts=[{"callOption": "x"}]), "MISSING_COLUMN"),
        (rows_of(contracts=[{}], header=None), "EMPTY"),
        (rows_of(contracts=[{}], header=[]), "EMPTY"),
    ],
)
def test_json(content: str | bytes, code: str, vendor_file: Callable[..., str], refusal: Callable[..., str]) -> None:
    assert refusal(vendor_file("2026-01-08/AAA.json", content), format_name="riskalert-json") == code


@pytest.mark.parametrize("left", [0.1, 0.5, 0.9, 0.99])
def test_json_cut_short(
    left: float,
    pair: Callable[..., dict[str, Any]],
    vendor_file: Callable[..., str],
    refusal: Callable[..., str],
) -> None:
    whole = rows_of(contracts=[pair(), pair(101)])
    path = vendor_file("2026-01-08/AAA.json", whole[: int(len(whole) * left)])
    assert refusal(path, format_name="riskalert-json") in {"TRUNCATED", "NOT_JSON"}


def test_a_folder_that_is_no_date(
    riskalert: Callable[..., str], pair: Callable[..., dict[str, Any]], refusal: Callable[..., str]
) -> None:
    assert refusal(riskalert(pair(), name="latest/AAA.json"), format_name="riskalert-json") == "NO_DATE"


@pytest.mark.parametrize(("day", "why"), [("2026-01-10", "Saturday"), ("2026-01-19", "Martin Luther King")])
def test_a_day_that_is_no_session(
    day: str,
    why: str,
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
) -> None:
    found = outcome(canonical(option(date=day, expiration="2026-02-20")))
    assert str(found.reason).startswith(f"NOT_A_SESSION: {day} is not a session of XNYS ({why}")


@pytest.fixture
def day_of(canonical: Callable[..., str], option: Callable[..., dict[str, str]]) -> Callable[..., str]:
    """A file of 40 strikes whose volumes follow from `seed`."""

    def write(day: str, seed: int, name: str = "", strikes: int = 40) -> str:
        rows = [option(date=day, strike=str(100 + n), volume=str(5 + (n * 7 + seed) % 31)) for n in range(strikes)]
        return canonical(*rows, name=name or f"{day}.csv")

    return write


def test_a_copy_of_the_day_before_in_the_lake(day_of: Callable[..., str], ingest: Callable[..., IngestOutcome]) -> None:
    ingest(day_of("2026-01-08", 1))
    copied = ingest(day_of("2026-01-09", 1)).files[0]
    assert copied.status == "rejected"
    assert str(copied.reason).startswith("COPY_OF_PREVIOUS_DAY: AAA on 2026-01-09 repeats the volume of 100%")


def test_a_copy_of_the_day_before_in_the_same_run(
    day_of: Callable[..., str], ingest: Callable[..., IngestOutcome]
) -> None:
    found = ingest(day_of("2026-01-08", 1), day_of("2026-01-09", 1), day_of("2026-01-12", 2))
    assert [file.status for file in found.files] == ["committed", "rejected", "committed"]


def test_a_copy_over_the_turn_of_a_month(
    canonical: Callable[..., str], option: Callable[..., dict[str, str]], ingest: Callable[..., IngestOutcome]
) -> None:
    def write(day: str) -> str:
        rows = [option(date=day, expiration="2026-03-20", strike=str(100 + n), volume=str(n + 1)) for n in range(40)]
        return canonical(*rows, name=f"{day}.csv")

    ingest(write("2025-12-31"))
    assert str(ingest(write("2026-01-02")).files[0].reason).startswith("COPY_OF_PREVIOUS_DAY")


def test_a_copy_within_one_file(
    canonical: Callable[..., str], option: Callable[..., dict[str, str]], refusal: Callable[..., str]
) -> None:
    rows = [
        option(date=day, strike=str(100 + n), volume=str(n + 1))
        for day in ("2026-01-08", "2026-01-09")
        for n in range(40)
    ]
    assert refusal(canonical(*rows)) == "COPY_OF_PREVIOUS_DAY"


def test_another_day_with_other_volume_is_no_copy(
    day_of: Callable[..., str], ingest: Callable[..., IngestOutcome]
) -> None:
    ingest(day_of("2026-01-08", 1))
    assert ingest(day_of("2026-01-09", 2)).files[0].status == "committed"


def test_a_few_contracts_alike_are_no_copy(day_of: Callable[..., str], ingest: Callable[..., IngestOutcome]) -> None:
    ingest(day_of("2026-01-08", 1, strikes=19))
    assert ingest(day_of("2026-01-09", 1, strikes=19)).files[0].status == "committed"


def test_the_same_day_again_is_no_copy(day_of: Callable[..., str], ingest: Callable[..., IngestOutcome]) -> None:
    ingest(day_of("2026-01-08", 1), day_of("2026-01-09", 2))
    assert ingest(day_of("2026-01-08", 1)).files[0].status == "unchanged"


@pytest.mark.parametrize(("bad", "status"), [(1, "committed"), (2, "rejected")])
def test_more_than_the_allowed_share_of_bad_rows(
    bad: int,
    status: str,
    canonical: Callable[..., str],
    option: Callable[..., dict[str, str]],
    outcome: Callable[..., FileOutcome],
) -> None:
    rows = [option(strike=str(-100 - n if n < bad else 100 + n)) for n in range(20)]
    assert outcome(canonical(*rows), max_quarantine=0.05).status == status


def test_too_many_bad_rows_says_which(
    canonical: Callable[..., str], option: Callable[..., dict[str, str]], outcome: Callable[..., FileOutcome]
) -> None:
    path = canonical(option(strike="-1"), option(strike="-2"), option(last="abc"), option())
    reason = outcome(path, max_quarantine=0.05).reason
    assert reason == (
        "TOO_MANY_BAD_ROWS: 3 of 4 rows cannot be used (2 BAD_STRIKE, 1 UNREADABLE_LAST). "
        "BAD_STRIKE: row 1, column 'strike': '-1.0'; no such value is possible: check the source, or map another column; "
        "UNREADABLE_LAST: row 3, column 'last': 'abc'; if it means 'not known', declare empty = [\"abc\"] in a mapping file; "
        "or raise --max-quarantine"
    )


def test_a_refused_file_does_not_stop_the_others(
    canonical: Callable[..., str],
    vendor_file: Callable[..., str],
    option: Callable[..., dict[str, str]],
    ingest: Callable[..., IngestOutcome],
    stored: Callable[[], pl.DataFrame],
) -> None:
    paths = [
        canonical(option(), name="a.csv"),
        vendor_file("b.csv", "nonsense"),
        canonical(option(date="2026-01-09"), name="c.csv"),
    ]
    assert [file.status for file in ingest(*paths).files] == ["committed", "rejected", "committed"]
    assert stored().height == 2
