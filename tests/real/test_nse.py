"""NIFTY chains of 2018-2019 from the pages of India's exchange, whose sessions are not those of New York.

Which sessions there were is what the pages show: there is one of every session but a few.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.real.conftest import ORDINARY

from flowbt.calendar import is_session, previous_session, sessions
from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.oi_lag import detect_oi_lag
from flowbt.lake.vendors import ReadOptions
from flowbt.metrics import Request, compute
from flowbt.schema import STRIKE_ROWS, to_contract_rows
from flowbt.workflows.lake_status import lake_status

LOT = 75
MARTIN_LUTHER_KING = date(2019, 1, 21)
NAMES = ("call_open_interest", "put_open_interest", "call_oi_change", "max_pain")


def pages(folder: Path) -> Iterator[tuple[date, Path]]:
    """The last page of each day, in order of the days."""
    found: dict[date, tuple[str, Path]] = {}
    for path in folder.glob("NIFTY_*.csv"):
        _, day, at = path.stem.split("_")[:3]
        on = datetime.strptime(day, "%d-%m-%Y").replace(tzinfo=UTC).date()
        found[on] = max(found.get(on, ("", path)), (at, path))
    yield from ((day, path) for day, (_, path) in sorted(found.items()))


def expiry(day: date) -> date:
    """The last Thursday of the month; from 11 February 2019, when weekly options began, the next Thursday.

    So say the pages themselves: the time that their prices and volatilities imply is that to this day, or to the session before where it is
    a holiday (20 March and 14 August 2019).
    """
    thursday = day + timedelta((3 - day.weekday()) % 7)
    while day < date(2019, 2, 11) and (thursday + timedelta(7)).month == thursday.month:
        thursday += timedelta(7)
    last = thursday if is_session(thursday, "XNSE") else previous_session(thursday, "XNSE")
    return last if last >= day else expiry(thursday + timedelta(1))


@pytest.fixture(scope="module")
def nifty(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("nifty"))


@pytest.fixture(scope="module", autouse=True)
def files(nifty: Lake, shared_data: Path) -> Sequence[FileOutcome]:
    """What became of the pages; they are in the lake."""
    by_expiry: dict[date, list[str]] = {}
    for day, path in pages(shared_data / "nse-nifty"):
        by_expiry.setdefault(expiry(day), []).append(str(path))
    return [
        file
        for expiration, paths in by_expiry.items()
        for file in ingest_files(nifty, "nse", paths, options=ReadOptions(expiration=expiration)).files
    ]


@pytest.fixture(scope="module")
def close(nifty: Lake, files: Sequence[FileOutcome]) -> pl.DataFrame:
    assert files
    return compute(nifty, Request(("NIFTY",), metrics=NAMES))


def contracts_on_page(path: Path) -> int:
    fields = ("OI", "Volume", "IV", "LTP", "BidPrice", "AskPrice")
    with path.open() as file:
        return sum(
            any(row[f"{side}{of}"] != "-" for of in fields) for row in csv.DictReader(file) for side in ("Call", "Put")
        )


def test_every_contract_of_a_page_is_committed(nifty: Lake, files: Sequence[FileOutcome], shared_data: Path) -> None:
    codes = Counter(str(file.reason).partition(":")[0] for file in files if file.status == "rejected")
    assert codes.keys() == {"NOT_A_SESSION", "COPY_OF_PREVIOUS_DAY", "TOO_MANY_BAD_ROWS"}
    # a page of the halt of 9 July 2019 has no quote, and so does not tell the lot
    assert [Path(file.path).name for file in files if "BAD_MULTIPLIER" in str(file.reason)] == [
        "NIFTY_09-07-2019_13-30.csv"
    ]
    kept = [file for file in files if file.status == "committed"]
    given = len(list(pages(shared_data / "nse-nifty")))
    assert (len(files), len(kept)) == (given, given - codes.total())
    assert all(file.committed == file.rows_in == contracts_on_page(Path(file.path)) for file in kept)
    assert all(set(file.warnings) <= ORDINARY for file in kept)
    days = nifty.snapshots()["date"].to_list()
    assert detect_oi_lag(nifty, "NIFTY", days) == 0 == nifty.contents()["oi_lag"].unique().item()
    rows = to_contract_rows(nifty.strike_rows(STRIKE_ROWS, ["NIFTY"], date(2019, 5, 29), date(2019, 5, 29)))
    names = ("open_interest", "volume", "iv", "last", "bid", "ask", "multiplier", "underlying_price", "quote_time")
    at = datetime(2019, 5, 29, 10, 15, tzinfo=UTC)
    assert rows.filter(strike=9300, option_type="put").select(names).rows() == [
        (1417, 193, pytest.approx(1.5412), 0.3, 0.1, 0.3, 75, 11861.1, at)
    ]


def test_the_lake_remembers_where_it_trades(nifty: Lake) -> None:
    assert nifty.remembered_exchanges() == {"NIFTY": "XNSE"}


def test_on_the_day_after_a_holiday_of_new_york(close: pl.DataFrame) -> None:
    """NYSE was closed on Monday 21 January 2019, Mumbai open: Tuesday knows the open interest of Monday."""
    assert close.filter(date=date(2019, 1, 22))["call_open_interest"].item() == 356_154
    assert close.filter(date=date(2019, 1, 23))["call_oi_change"].item() == -7_904


def test_open_interest_is_that_of_the_page_of_the_session_before(
    nifty: Lake, close: pl.DataFrame, shared_data: Path
) -> None:
    """Added up from the pages themselves, of the strikes that both of them list; after holidays of Mumbai, too."""
    page = dict(pages(shared_data / "nse-nifty"))
    held = set(nifty.snapshots()["date"])
    expected = {}
    for day in close["date"]:
        before = previous_session(day, "XNSE")
        if before in held and expiry(before) == expiry(day) > day:
            then = held_calls(page[before])
            expected[day] = sum(round(then.get(strike, 0) / LOT) for strike in held_calls(page[day]))
    found = dict(close.select("date", "call_open_interest").iter_rows())
    assert {day: found[day] for day in expected} == expected
    after_a_holiday = [day for day in expected if previous_session(day, "XNSE") != previous_session(day)]
    assert len(after_a_holiday) >= 10
    assert close.filter(pl.col("date").is_in(after_a_holiday))["max_pain"].null_count() == 0


def held_calls(page: Path) -> dict[str, int]:
    """Call open interest by strike, in shares of the index."""
    with page.open() as file:
        return {row["StrikePrice"]: int(row["CallOI"].replace("-", "0")) for row in csv.DictReader(file)}


def test_a_session_of_mumbai_that_is_missing_is_named(nifty: Lake, tmp_path: Path) -> None:
    days = nifty.snapshots()["date"].to_list()
    assert lake_status(nifty).chains[0].missing_sessions == tuple(
        sorted(set(sessions(days[0], days[-1], "XNSE")) - set(days))
    )
    without = Lake(tmp_path / "lake")
    rows = nifty.strike_rows(STRIKE_ROWS, ["NIFTY"], date(2019, 1, 14), date(2019, 1, 25))
    without.write_strike_rows(rows.filter(pl.col("date") != MARTIN_LUTHER_KING))
    without.write_exchanges({"NIFTY": "XNSE"})
    assert MARTIN_LUTHER_KING in lake_status(without).chains[0].missing_sessions
