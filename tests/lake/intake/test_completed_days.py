"""Days that come in several files: what completes a day, what restates it, and what is refused."""

from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.intake import batch
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import IngestOutcome, ingest_files
from flowbt.schema import CHAIN_ROWS

Option = Callable[..., dict[str, str]]
Write = Callable[..., str]
Ingest = Callable[..., IngestOutcome]
Outcome = Callable[..., FileOutcome]
Stored = Callable[[], pl.DataFrame]

Last = Callable[[], dict[float, float]]

PAGE = "ticker,day,expiry,k,cp,price,at\n"
PART = """name = "pages"
part = true
open_interest = "none"
[columns]
symbol = "ticker"
date = "day"
expiration = "expiry"
strike = "k"
option_type = "cp"
last = "price"
quote_time = "at"
"""
EXPIRIES = ("2026-01-16", "2026-01-23", "2026-02-20")


def statuses(outcome: IngestOutcome) -> list[str]:
    return [file.status for file in outcome.files]


def changed(file: FileOutcome) -> dict[str, int]:
    """What the file changed or dropped of what was stored."""
    return {code: n for code, n in file.warnings.items() if code in {"RESTATED", "DROPPED"}}


def account(file: FileOutcome) -> tuple[int, int, int, int]:
    """Rows in, committed, quarantined, duplicates."""
    assert file.rows_in == file.committed + file.quarantined + file.duplicates
    return file.rows_in, file.committed, file.quarantined, file.duplicates


@pytest.fixture
def per_expiry(canonical: Write, option: Option) -> list[str]:
    """Three files of one day, one per expiry, each of two strikes with call and put."""
    return [
        canonical(
            *(
                option(expiration=expiry, strike=strike, option_type=side)
                for strike in ("95", "105")
                for side in ("call", "put")
            ),
            name=f"AAA_{expiry}.csv",
        )
        for expiry in EXPIRIES
    ]


@pytest.fixture
def strikes(canonical: Write, option: Option) -> Callable[..., str]:
    """A file of calls of one expiry: `strikes(95, 105, last="2")`."""

    def write(*prices: int, name: str = "", **cells: str) -> str:
        label = name or f"{'-'.join(map(str, prices))}{''.join(cells.values())}.csv"
        return canonical(*(option(strike=str(price), **cells) for price in prices), name=label)

    return write


@pytest.fixture
def last(stored: Stored) -> Callable[[], dict[float, float]]:
    """The last price of each stored strike."""
    return lambda: dict(stored().select("strike", "last").iter_rows())


def test_files_of_other_expiries_complete_the_day(
    per_expiry: Sequence[str], outcome: Outcome, stored: Stored, lake: Lake
) -> None:
    found = [outcome(path) for path in per_expiry]
    assert [account(file) for file in found] == [(4, 4, 0, 0)] * 3
    assert not any("RESTATED" in file.warnings for file in found)
    assert stored()["expiration"].n_unique() == 3
    assert lake.contents()["contracts"].to_list() == [12]


def test_files_of_one_day_in_one_command_are_one_commit(
    per_expiry: Sequence[str], ingest: Ingest, stored: Stored, lake: Lake
) -> None:
    found = ingest(*per_expiry)
    assert statuses(found) == ["committed"] * 3
    assert [account(file) for file in found.files] == [(4, 4, 0, 0)] * 3
    assert (stored().height, lake.versions()) == (12, {"chains": 0})


def test_the_same_parts_again_change_nothing(per_expiry: Sequence[str], ingest: Ingest, lake: Lake) -> None:
    ingest(*per_expiry)
    assert statuses(ingest(*per_expiry)) == ["unchanged"] * 3
    assert [statuses(ingest(path)) for path in per_expiry] == [["unchanged"]] * 3
    assert lake.versions() == {"chains": 0}


def test_the_order_of_the_parts_does_not_matter(per_expiry: Sequence[str], tmp_path: Path) -> None:
    def rows(lake: Lake) -> pl.DataFrame:
        [day] = lake.snapshots()["date"]
        return lake.strike_rows(CHAIN_ROWS, ["AAA"], day, day)

    together = Lake(tmp_path / "together")
    ingest_files(together, "canonical", per_expiry)
    for place, files in enumerate(permutations(per_expiry)):
        lake = Lake(tmp_path / str(place))
        for file in files:
            ingest_files(lake, "canonical", [file])
        assert rows(lake).equals(rows(together)), files


def test_calls_and_puts_may_come_apart(canonical: Write, option: Option, outcome: Outcome, stored: Stored) -> None:
    puts = canonical(option(option_type="put", underlying_price="101"), name="puts.csv")
    calls = canonical(option(option_type="call"), name="calls.csv")
    outcome(puts)
    outcome(calls)
    # of a strike's call and put, the call says what is said once for both
    assert stored().select("option_type", "underlying_price").rows() == [("call", 100), ("put", 100)]
    assert [outcome(path).status for path in (puts, calls)] == ["unchanged"] * 2


def test_a_file_of_every_contract_restates_the_day(strikes: Write, outcome: Outcome, last: Last) -> None:
    outcome(strikes(95, 105))
    found = outcome(strikes(95, 105, 110, last="2.5"))
    assert (account(found), changed(found)) == ((3, 3, 0, 0), {"RESTATED": 2})
    assert last() == {95: 2.5, 105: 2.5, 110: 2.5}


def test_of_a_restated_day_only_what_differs_is_restated(canonical: Write, option: Option, outcome: Outcome) -> None:
    outcome(canonical(option(strike="95"), option(strike="105"), name="a.csv"))
    found = outcome(canonical(option(strike="95"), option(strike="105", last="2.5"), name="b.csv"))
    assert (account(found), changed(found)) == ((2, 1, 0, 1), {"RESTATED": 1})


def test_an_overlap_with_the_same_values_completes(strikes: Write, outcome: Outcome, last: Last) -> None:
    outcome(strikes(95, 100))
    found = outcome(strikes(100, 105))
    assert (account(found), changed(found)) == ((2, 1, 0, 1), {})
    assert last() == {95: 1.5, 100: 1.5, 105: 1.5}


def test_a_smaller_file_with_the_same_values_changes_nothing(
    strikes: Write, outcome: Outcome, last: Last, lake: Lake
) -> None:
    outcome(strikes(95, 100, 105))
    assert outcome(strikes(95)).status == "unchanged"
    assert (len(last()), lake.versions()) == (3, {"chains": 0})


@pytest.mark.parametrize("other", [(95,), (100, 110)])
def test_a_file_that_has_some_contracts_with_other_values_is_refused(
    other: tuple[int, ...], strikes: Write, outcome: Outcome, last: Last
) -> None:
    outcome(strikes(95, 100, 105))
    found = outcome(strikes(*other, last="9"))
    assert found.status == "rejected"
    assert str(found.reason).startswith("DAY_DIFFERS: AAA on 2026-01-08: 1 of its ")
    assert "last 9, stored 1.5" in str(found.reason)
    assert all(remedy in str(found.reason) for remedy in ("--replace", "--update", "part = true"))
    assert last() == {95: 1.5, 100: 1.5, 105: 1.5}


def test_a_refused_file_leaves_nothing_in_quarantine(
    canonical: Write, option: Option, strikes: Write, outcome: Outcome, lake: Lake
) -> None:
    outcome(strikes(95, 100, 105))
    found = outcome(canonical(option(strike="95", last="9"), option(strike="-1"), name="odd.csv"))
    assert (found.status, lake.quarantined()) == ("rejected", 0)


def test_replace_takes_the_file_for_the_whole_day(strikes: Write, outcome: Outcome, last: Last) -> None:
    outcome(strikes(95, 100, 105))
    found = outcome(strikes(95, 110, last="9"), days="replace")
    assert (account(found), changed(found)) == ((2, 2, 0, 0), {"RESTATED": 1, "DROPPED": 2})
    assert last() == {95: 9, 110: 9}


def test_update_changes_the_contracts_of_the_file(strikes: Write, outcome: Outcome, last: Last) -> None:
    outcome(strikes(95, 100, 105))
    found = outcome(strikes(95, 110, last="9"), days="update")
    assert (account(found), changed(found)) == ((2, 2, 0, 0), {"RESTATED": 1})
    assert last() == {95: 9, 100: 1.5, 105: 1.5, 110: 9}


def test_a_whole_expiry_with_other_values_is_restated(
    per_expiry: Sequence[str], canonical: Write, option: Option, outcome: Outcome, stored: Stored
) -> None:
    for path in per_expiry:
        outcome(path)
    corrected = canonical(
        *(
            option(expiration=EXPIRIES[0], strike=strike, option_type=side, last="9")
            for strike in ("95", "105")
            for side in ("call", "put")
        ),
        name="corrected.csv",
    )
    found = outcome(corrected)
    assert (account(found), changed(found)) == ((4, 4, 0, 0), {"RESTATED": 4})
    assert sorted(stored()["last"]) == [1.5] * 8 + [9] * 4


def test_part_of_a_day_from_another_source_is_no_correction(
    per_expiry: Sequence[str], canonical: Write, option: Option, outcome: Outcome
) -> None:
    for path in per_expiry:
        outcome(path)
    other = canonical(
        *(
            option(expiration=EXPIRIES[0], strike=strike, option_type=side, last="9", source="elsewhere")
            for strike in ("95", "105")
            for side in ("call", "put")
        ),
        name="other.csv",
    )
    assert str(outcome(other).reason).startswith("DAY_DIFFERS")


@pytest.mark.parametrize("reverse", [False, True])
def test_files_of_one_command_that_contradict_each_other(
    reverse: bool, strikes: Write, ingest: Ingest, last: Last
) -> None:
    paths = [strikes(95, 100, name="a.csv"), strikes(95, 100, last="9", name="b.csv")]
    found = ingest(*(reversed(paths) if reverse else paths))
    assert statuses(found) == ["committed", "rejected"]
    assert str(found.files[1].reason).startswith(
        f"DAY_IN_TWO_FILES: AAA on 2026-01-08 is also in {paths[0]}: 2 of its 2 contracts differ"
    )
    assert "--update" in str(found.files[1].reason)
    assert last() == {95: 1.5, 100: 1.5}


def test_a_dry_run_says_what_would_be_refused(strikes: Write, ingest: Ingest, lake: Lake) -> None:
    paths = [strikes(95, 100, name="a.csv"), strikes(95, 100, last="9", name="b.csv")]
    assert statuses(ingest(*paths, dry_run=True)) == ["committed", "rejected"]
    assert lake.versions() == {}
    ingest(paths[0])
    assert statuses(ingest(paths[0], dry_run=True)) == ["unchanged"]
    assert statuses(ingest(strikes(95, last="7"), dry_run=True)) == ["rejected"]


def test_a_dry_run_knows_what_it_would_have_stored(strikes: Write, ingest: Ingest, lake: Lake) -> None:
    """The second file is written after the first, so the third is compared with both."""
    ingest(strikes(110, name="stored.csv"))
    versions = lake.versions()
    paths = [strikes(95, 100, name="a.csv"), strikes(95, 105, name="b.csv"), strikes(100, 110, last="9", name="c.csv")]
    dry, real = ingest(*paths, dry_run=True), ingest(*paths, dry_run=False)
    assert statuses(dry) == ["committed", "committed", "rejected"]
    assert dry.files == real.files
    assert versions == {"chains": 0}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_pages_of_a_day_the_later_quotes_are_kept(
    order: Sequence[int], vendor_file: Write, outcome: Outcome, stored: Stored
) -> None:
    """In a format whose files are parts; the page of 10:00 has another contract as well."""
    mapping = vendor_file("part.toml", PART)
    late = vendor_file("late.csv", f"{PAGE}AAA,2026-01-08,2026-01-16,100,C,9,2026-01-08T20:00:00Z\n")
    row = "AAA,2026-01-08,2026-01-16,{},C,5,2026-01-08T15:00:00Z\n"
    early = vendor_file("early.csv", PAGE + row.format(100) + row.format(105))
    found = [outcome((late, early)[place], format_name=mapping) for place in order]
    assert dict(stored().select("strike", "last").iter_rows()) == {100: 9, 105: 5}
    told = [{code: n for code, n in file.warnings.items() if code in {"RESTATED", "NOT_TAKEN"}} for file in found]
    assert told == ([{}, {"NOT_TAKEN": 1}] if order == (0, 1) else [{}, {"RESTATED": 1}])
    assert account(found[order.index(1)]) == ((2, 1, 0, 1) if order == (0, 1) else (2, 2, 0, 0))


@pytest.mark.parametrize(
    ("other", "last"), [("2026-01-08T20:00:00Z", "rejected"), ("2026-01-08T15:00:00Z", "committed")]
)
def test_two_pages_of_one_moment_in_one_command(other: str, last: str, vendor_file: Write, ingest: Ingest) -> None:
    row = "AAA,2026-01-08,2026-01-16,100,C,{},{}\n"
    paths = [
        vendor_file("a.csv", PAGE + row.format(5, other)),
        vendor_file("b.csv", PAGE + row.format(9, "2026-01-08T20:00:00Z")),
    ]
    assert statuses(ingest(*paths, format_name=vendor_file("part.toml", PART))) == ["committed", last]


def test_a_refused_file_does_not_keep_the_others_out(strikes: Write, ingest: Ingest, lake: Lake) -> None:
    ingest(strikes(95, 100, 105))
    found = ingest(
        strikes(95, name="a.csv", date="2026-01-09"),
        strikes(95, name="b.csv", last="9"),
        strikes(95, name="c.csv", expiration="2026-02-20"),
    )
    assert statuses(found) == ["committed", "rejected", "committed"]
    assert lake.contents()["contracts"].to_list() == [4, 1]


def test_of_a_file_with_a_day_that_is_refused_nothing_is_stored(
    strikes: Write, canonical: Write, option: Option, outcome: Outcome, lake: Lake
) -> None:
    outcome(strikes(95, 100, 105))
    found = outcome(canonical(option(strike="95", last="9"), option(date="2026-01-09"), name="two.csv"))
    assert (found.status, lake.snapshots().height) == ("rejected", 1)


def test_a_file_larger_than_memory_is_refused_before_any_of_it_is_stored(
    strikes: Write, canonical: Write, option: Option, outcome: Outcome, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome(strikes(95, 100, 105, date="2026-01-09"))
    monkeypatch.setattr("flowbt.lake.intake.spill_buffer.MOST_IN_MEMORY", 1)
    monkeypatch.setattr("flowbt.lake.intake.spill_buffer.GROUP_ROWS", 1)
    rows = [option(date="2026-01-08"), option(strike="95", last="9", date="2026-01-09")]
    found = outcome(canonical(*rows, name="large.csv"))
    assert (found.status, lake.snapshots().height) == ("rejected", 1)


def test_a_column_that_the_file_does_not_give_is_not_dropped(strikes: Write, outcome: Outcome, stored: Stored) -> None:
    outcome(strikes(95, 100))
    assert outcome(strikes(95, 100, open_interest="", name="none.csv")).status == "unchanged"
    found = outcome(strikes(95, 100, open_interest="", last="9"))
    assert str(found.reason).startswith("COLUMN_LOST: AAA on 2026-01-08")
    assert "the file has no open_interest" in str(found.reason)
    assert stored()["open_interest"].to_list() == [50, 50]
    assert outcome(strikes(95, 100, open_interest="", last="9"), days="update").status == "committed"
    assert stored().select("open_interest", "last").rows() == [(50, 9.0)] * 2


def test_what_only_one_of_two_files_gives_is_filled_in(strikes: Write, outcome: Outcome, stored: Stored) -> None:
    outcome(strikes(95, open_interest="", name="quotes.csv"))
    found = outcome(strikes(95, last="", volume="", name="held.csv"))
    assert (account(found), changed(found)) == ((1, 1, 0, 0), {})
    assert stored().select("last", "volume", "open_interest").row(0) == (1.5, 10, 50)


def test_open_interest_of_two_closes_is_no_day(strikes: Write, outcome: Outcome, stored: Stored) -> None:
    outcome(strikes(95, oi_lag="1"))
    found = outcome(strikes(100, oi_lag="0"))
    assert str(found.reason).startswith("TWO_CLOSES: AAA on 2026-01-08")
    assert stored()["strike"].to_list() == [95]


def test_open_interest_of_two_closes_in_one_command(strikes: Write, ingest: Ingest) -> None:
    found = ingest(strikes(95, oi_lag="1", name="a.csv"), strikes(100, oi_lag="0", name="b.csv"))
    assert statuses(found) == ["committed", "rejected"]


def test_files_with_the_history_of_one_expiry_each(
    canonical: Write, option: Option, ingest: Ingest, lake: Lake
) -> None:
    days = ("2026-01-07", "2026-01-08", "2026-01-09")
    paths = [
        canonical(*(option(date=day, expiration=expiry) for day in days), name=f"{expiry}.csv") for expiry in EXPIRIES
    ]
    assert statuses(ingest(*paths)) == ["committed"] * 3
    assert (lake.contents()["contracts"].to_list(), lake.versions()) == ([3, 3, 3], {"chains": 0})


def test_parts_beyond_a_batch_complete_the_day_too(
    per_expiry: Sequence[str], ingest: Ingest, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "BATCH_ROWS", 4)
    assert statuses(ingest(*per_expiry)) == ["committed"] * 3
    assert (lake.contents()["contracts"].to_list(), lake.versions()) == ([12], {"chains": 2})


def test_bars_keep_what_a_later_file_does_not_give(vendor_file: Write, outcome: Outcome, lake: Lake) -> None:
    header = "symbol,date,open,high,low,close"
    outcome(vendor_file("a.csv", f"{header},adj_close\nAAA,2026-01-08,1,2,1,2,1.8\n"), format_name="ohlcv")
    found = outcome(vendor_file("b.csv", f"{header},volume\nAAA,2026-01-08,1,2,1,2,7\n"), format_name="ohlcv")
    assert (account(found), changed(found)) == ((1, 1, 0, 0), {})
    assert lake.bars().select("volume", "adj_close").row(0) == (7, 1.8)


def test_two_bars_of_one_day_in_one_command(vendor_file: Write, ingest: Ingest, lake: Lake) -> None:
    header = "symbol,date,open,high,low,close"
    paths = [vendor_file(f"{n}.csv", f"{header}\nAAA,2026-01-08,1,{n},1,{n}\n") for n in (2, 3)]
    found = ingest(*paths, format_name="ohlcv")
    assert statuses(found) == ["committed", "rejected"]
    reason = str(found.files[1].reason)
    assert f"AAA on 2026-01-08 is also in {paths[0]}: high 3, there 2: ingest only" in reason
    assert "--replace" in reason
    assert "--update" in reason
    assert statuses(ingest(*paths, format_name="ohlcv", days="update")) == ["unchanged", "committed"]
    assert lake.bars()["high"].to_list() == [3]


def test_a_split_and_a_dividend_of_one_day_in_one_command(vendor_file: Write, ingest: Ingest, lake: Lake) -> None:
    paths = [
        vendor_file(f"{kind}.csv", f"symbol,date,kind,value\nAAA,2026-01-08,{kind},2\n")
        for kind in ("dividend", "split")
    ]
    assert statuses(ingest(*paths, format_name="actions")) == ["committed"] * 2
    assert lake.actions()["kind"].to_list() == ["dividend", "split"]
