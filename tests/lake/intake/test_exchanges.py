"""The exchange of each symbol, as the lake remembers it, and what ingest makes of it.

Monday 19 January 2026 was a holiday in New York and a session in Mumbai; Monday 26 January the other way round.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome
from flowbt.lake.intake.live import session_of
from flowbt.lake.intake.symbol_exchanges import SymbolExchanges

Canonical = Callable[..., str]
Option = Callable[..., dict[str, str]]
Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]

OPEN_IN_MUMBAI, CLOSED_IN_MUMBAI = "2026-01-19", "2026-01-26"
NSE = Path(__file__).parents[2] / "contracts" / "samples" / "nse" / "AAA_08-01-2026_15-32.csv"


def test_a_symbol_never_mentioned_is_of_new_york(tmp_path: Path) -> None:
    assert Lake(tmp_path).exchanges(["AAA"]) == {"AAA": "XNYS"}


def test_an_exchange_is_remembered(tmp_path: Path) -> None:
    Lake(tmp_path).write_exchanges({"NIFTY": "XNSE", "DAX": "XETR"})
    assert Lake(tmp_path).exchanges(["NIFTY", "DAX", "IWM"]) == {"NIFTY": "XNSE", "DAX": "XETR", "IWM": "XNYS"}


def test_the_last_word_counts_and_others_stay(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write_exchanges({"NIFTY": "XNYS", "DAX": "XETR"})
    lake.write_exchanges({"NIFTY": "XNSE"})
    assert lake.remembered_exchanges() == {"NIFTY": "XNSE", "DAX": "XETR"}


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write_exchanges({"NIFTY": "XNSE"})
    before = lake.versions()
    lake.write_exchanges({"NIFTY": "XNSE"})
    assert lake.versions() == before


@pytest.mark.parametrize(
    ("asked", "remembered", "of_format", "exchange", "kept"),
    [
        (None, None, None, "XNYS", {}),
        (None, None, "XNSE", "XNSE", {"AAA": "XNSE"}),
        (None, "XLON", None, "XLON", {"AAA": "XLON"}),
        (None, "XLON", "XNSE", "XLON", {"AAA": "XLON"}),
        ("XETR", "XLON", "XNSE", "XETR", {"AAA": "XETR"}),
    ],
)
def test_which_exchange_counts(
    asked: str | None, remembered: str | None, of_format: str | None, exchange: str, kept: dict[str, str]
) -> None:
    found = SymbolExchanges(asked, of_format, {"AAA": remembered} if remembered else {})
    assert found.of(["AAA"]) == {"AAA": exchange}
    assert found.to_remember(["AAA"]) == kept


def test_a_format_s_exchange_is_remembered(lake: Lake, outcome: Outcome) -> None:
    found = outcome(str(NSE), format_name="nse", expiration=date(2026, 1, 29))
    assert found.status == "committed"
    assert lake.remembered_exchanges() == {"AAA": "XNSE"}


def test_a_mapping_file_s_exchange_is_remembered(
    lake: Lake, outcome: Outcome, vendor_file: Callable[..., str], canonical: Canonical, option: Option
) -> None:
    columns = "\n".join(f'{name} = "{name}"' for name in option())
    mapping = vendor_file("mine.toml", f'exchange = "XNSE"\n[columns]\n{columns}\n')
    assert outcome(canonical(option(date=OPEN_IN_MUMBAI, expiration="2026-02-26")), format_name=mapping).committed == 1
    assert lake.remembered_exchanges() == {"AAA": "XNSE"}


def test_a_format_that_gives_none_leaves_the_lake_as_it_is(
    lake: Lake, outcome: Outcome, canonical: Canonical, option: Option
) -> None:
    assert outcome(canonical(option())).committed == 1
    assert lake.remembered_exchanges() == {}
    assert "symbols" not in lake.versions()


def test_what_the_user_gives_is_rewritten(lake: Lake, outcome: Outcome, canonical: Canonical, option: Option) -> None:
    lake.write_exchanges({"AAA": "XNYS"})
    assert outcome(canonical(option(date=OPEN_IN_MUMBAI, expiration="2026-02-26")), exchange="XNSE").committed == 1
    assert lake.remembered_exchanges() == {"AAA": "XNSE"}


def test_later_files_are_checked_against_the_exchange_on_file(
    lake: Lake, outcome: Outcome, canonical: Canonical, option: Option
) -> None:
    lake.write_exchanges({"AAA": "XNSE"})
    assert outcome(canonical(option(date=OPEN_IN_MUMBAI, expiration="2026-02-26"))).committed == 1
    refused = outcome(canonical(option(date=CLOSED_IN_MUMBAI, expiration="2026-02-26")))
    assert str(refused.reason).startswith("NOT_A_SESSION: 2026-01-26 is not a session of XNSE (Republic Day)")


def test_symbols_of_one_file_may_be_of_several_exchanges(
    lake: Lake, outcome: Outcome, canonical: Canonical, option: Option
) -> None:
    lake.write_exchanges({"BBB": "XNSE"})
    day = {"expiration": "2026-02-26"}
    rows = [option(date=CLOSED_IN_MUMBAI, **day), option(symbol="BBB", date=OPEN_IN_MUMBAI, **day)]
    assert outcome(canonical(*rows)).committed == 2
    assert "of XNSE" in str(outcome(canonical(option(symbol="BBB", date=CLOSED_IN_MUMBAI, **day))).reason)


MORNING_IN_MUMBAI = "2026-01-09T03:50:00Z"
"""9:20 in Mumbai on Friday, 22:50 in New York on Thursday."""


@pytest.mark.parametrize("asked", [{}, {"symbol": "AAA"}])
def test_a_moment_is_dated_by_the_exchange_on_file(
    asked: dict[str, str], lake: Lake, outcome: Outcome, canonical: Canonical, option: Option, stored: Stored
) -> None:
    lake.write_exchanges({"AAA": "XNSE"})
    assert outcome(canonical(option(date=MORNING_IN_MUMBAI)), **asked).committed == 1
    assert stored()["date"].to_list() == [date(2026, 1, 9)]


def test_each_row_of_a_file_is_dated_by_the_exchange_of_its_symbol(
    lake: Lake, outcome: Outcome, canonical: Canonical, option: Option, stored: Stored
) -> None:
    lake.write_exchanges({"BBB": "XNSE"})
    rows = [option(symbol=symbol, date=MORNING_IN_MUMBAI) for symbol in ("BBB", "AAA", "BBB", "")]
    found = outcome(canonical(*rows))
    assert stored().select("symbol", "date").rows() == [("AAA", date(2026, 1, 8)), ("BBB", date(2026, 1, 9))]
    assert (found.rows_in, found.committed, found.quarantined, found.duplicates) == (4, 2, 1, 1)


def test_a_symbol_that_only_the_contract_gives(
    lake: Lake, outcome: Outcome, vendor_file: Callable[..., str], stored: Stored
) -> None:
    lake.write_exchanges({"AAA": "XNSE"})
    mapping = vendor_file("m.toml", '[columns]\ncontract = "id"\ndate = "at"\nvolume = "n"\n')
    path = vendor_file("c.csv", f"id,at,n\nAAA260116C00100000,{MORNING_IN_MUMBAI},5\n")
    assert outcome(path, format_name=mapping).committed == 1
    assert stored()["date"].to_list() == [date(2026, 1, 9)]


def test_a_tape_has_the_days_and_hours_of_the_exchange_on_file(
    lake: Lake, outcome: Outcome, tape: Canonical, execution: Option
) -> None:
    lake.write_exchanges({"BBB": "XNSE"})
    at = {"time": MORNING_IN_MUMBAI, "expiration": "2026-01-29"}
    found = outcome(tape(execution(**at), execution(symbol="BBB", **at)), format_name="prints")
    taped = lake.prints(["AAA", "BBB"], date.min, date.max).select("symbol", "date")
    assert sorted(taped.rows()) == [("AAA", date(2026, 1, 8)), ("BBB", date(2026, 1, 9))]
    assert found.warnings["OUTSIDE_HOURS"] == 1  # 22:50 in New York; 9:20 in Mumbai is within hours


def test_an_exchange_that_an_earlier_file_of_the_command_gives(
    ingest: Callable[..., IngestOutcome], vendor_file: Callable[[str, str | bytes], str]
) -> None:
    """Bars of a day on which New York was closed, after a chain whose format gives XNSE."""
    bars = vendor_file("z.csv", f"symbol,date,open,high,low,close,volume\nAAA,{OPEN_IN_MUMBAI},1,1,1,1,5\n")
    chain = vendor_file(NSE.name, NSE.read_bytes())
    found = ingest(chain, bars, format_name="auto", expiration=date(2026, 1, 29))
    assert [file.committed for file in found.files] == [3, 1]


def test_prices_of_a_day_without_session_are_set_aside_by_exchange(
    lake: Lake, outcome: Outcome, vendor_file: Callable[..., str]
) -> None:
    rows = "".join(f"{symbol},{OPEN_IN_MUMBAI},1,1,1,1,5\n" for symbol in ("AAA", "BBB"))
    lake.write_exchanges({"BBB": "XNSE"})
    outcome(vendor_file("bars.csv", f"symbol,date,open,high,low,close,volume\n{rows}"), format_name="ohlcv")
    assert lake.bars()["symbol"].to_list() == ["BBB"]
    assert lake.quarantined_rows()["reason"].to_list() == ["NOT_A_SESSION"]


@pytest.mark.parametrize("rejected", [True, False])
def test_nothing_is_remembered_of_a_file_that_is_not_stored(
    rejected: bool, lake: Lake, outcome: Outcome, canonical: Canonical, option: Option
) -> None:
    day = "2026-01-10" if rejected else "2026-01-12"
    outcome(canonical(option(date=day)), exchange="XNSE", dry_run=not rejected)
    assert lake.versions() == {}


def test_the_exchange_of_a_file_that_contradicts_the_lake_is_not_remembered(
    lake: Lake, outcome: Outcome, canonical: Canonical, option: Option
) -> None:
    assert outcome(canonical(option(), option(strike="101"), name="a.csv")).status == "committed"
    found = outcome(canonical(option(last="9"), name="b.csv"), exchange="XNSE")
    assert str(found.reason).startswith("DAY_DIFFERS")
    assert lake.remembered_exchanges() == {}


def test_the_exchange_of_a_file_that_contradicts_another_of_the_command_is_not_remembered(
    lake: Lake, ingest: Callable[..., IngestOutcome], canonical: Canonical, option: Option
) -> None:
    """Both files are of the same contracts of AAA and differ; the second is of BBB too."""
    first = canonical(option(), option(strike="101"), name="a.csv")
    second = canonical(option(last="9"), option(symbol="BBB"), name="b.csv")
    found = ingest(first, second, exchange="XNSE")
    assert [file.status for file in found.files] == ["committed", "rejected"]
    assert lake.remembered_exchanges() == {"AAA": "XNSE"}


def test_prints_are_dated_where_the_exchange_is(
    lake: Lake, outcome: Outcome, tape: Canonical, execution: Callable[..., dict[str, str]]
) -> None:
    """19:00 in New York is 5:30 of the next morning in Mumbai."""
    at = {"time": "2026-01-09T00:00:00Z", "expiration": "2026-01-29"}
    found = outcome(tape(execution(**at)), format_name="prints", exchange="XNSE")
    assert lake.prints(["AAA"], date.min, date.max)["date"].to_list() == [date(2026, 1, 9)]
    assert found.warnings["OUTSIDE_HOURS"] == 1


@pytest.mark.parametrize(
    ("exchange", "day"),
    [("XNYS", None), ("XNSE", date(2026, 1, 19))],
)
def test_a_live_chain_is_of_the_session_of_the_exchange(exchange: str, day: date | None) -> None:
    now = datetime(2026, 1, 19, 15, 0, tzinfo=UTC)
    if day is None:
        with pytest.raises(FlowbtError, match="at 2026-01-19 10:00 New York time no session of XNYS has opened yet"):
            session_of(now, exchange)
    else:
        assert session_of(now, exchange) == day


def test_the_exchange_of_a_refused_file_is_not_remembered(
    canonical: Canonical, option: Option, outcome: Outcome, lake: Lake
) -> None:
    outcome(canonical(option(), option(strike="105"), name="good.csv"))
    refused = canonical(option(last="9"), name="refused.csv")
    assert str(outcome(refused, exchange="XNSE").reason).startswith("DAY_DIFFERS")
    assert lake.remembered_exchanges() == {}
    assert outcome(refused, exchange="XNSE", days="update").status == "committed"
    assert lake.remembered_exchanges() == {"AAA": "XNSE"}
