"""Lakes with changed data, compared with the lakes themselves."""

from datetime import date, timedelta

import polars as pl
import pytest

from flowbt.audit.alterations import (
    Alteration,
    future_cut_off,
    future_poisoned,
    of_the_day_itself,
    started_later,
    with_holes,
)
from flowbt.audit.altered_lake import AlteredLake, Excerpt
from flowbt.calendar import next_session
from flowbt.lake import Chains, Lake
from flowbt.schema import STRIKE_KEY

EVER = (date(2000, 1, 1), date(2100, 1, 1))
READ = [*STRIKE_KEY, "call_volume", "call_open_interest", "oi_lag"]


@pytest.fixture(scope="module")
def days(market: Lake) -> list[date]:
    found: list[date] = market.snapshots()["date"].unique().sort().to_list()
    return found


def strikes(lake: Chains) -> pl.DataFrame:
    return lake.strike_rows(READ, lake.symbols(), *EVER)


def exchanges(lake: Lake) -> dict[str, str]:
    return lake.exchanges(lake.symbols())


def seen(market: Lake, alteration: Alteration) -> AlteredLake:
    return AlteredLake(market, alteration)


def test_as_it_is(market: Lake) -> None:
    same = seen(market, Alteration())
    assert strikes(same).equals(strikes(market))
    assert same.bars().equals(market.bars())
    assert same.snapshots().equals(market.snapshots())


def test_with_its_future_cut_off_it_ends(market: Lake, days: list[date]) -> None:
    cut = seen(market, future_cut_off(days[20], "close", exchanges(market)))
    ends = [cut.snapshots(), cut.bars(), strikes(cut), cut.prints(cut.symbols(), *EVER)]
    assert [rows["date"].max() for rows in ends] == [days[20]] * 4
    assert strikes(cut).equals(strikes(market).filter(pl.col("date") <= days[20]))


def test_before_the_open_the_morning_says_what_is_held_in_contracts_listed_before(
    market: Lake, days: list[date]
) -> None:
    morning = next_session(days[20])
    cut = strikes(seen(market, future_cut_off(days[20], "pre_open", exchanges(market)))).filter(date=morning)
    contract = ["symbol", "root", "expiration", "strike"]
    listed = strikes(market).filter(date=days[20])
    expected = strikes(market).filter(date=morning).join(listed, on=contract, how="semi", maintain_order="left")
    assert cut["call_open_interest"].equals(expected["call_open_interest"])
    assert cut["call_volume"].is_null().all()


def test_poisoned_it_is_as_long_as_it_was(market: Lake, days: list[date]) -> None:
    poisoned = seen(market, future_poisoned(days[20], "close", exchanges(market), "huge"))
    now, was = strikes(poisoned), strikes(market)
    assert now.select(STRIKE_KEY).equals(was.select(STRIKE_KEY))
    assert (now["call_volume"].ne(was["call_volume"]) == (was["date"] > days[20])).all()
    assert (poisoned.bars()["close"].ne(market.bars()["close"]) == (market.bars()["date"] > days[20])).all()


def test_begun_later(market: Lake, days: list[date]) -> None:
    later = seen(market, started_later(days[20]))
    begins = [later.snapshots(), later.bars(), strikes(later), later.prints(later.symbols(), *EVER)]
    assert [rows["date"].min() for rows in begins] == [days[20]] * 4


def test_of_other_open_interest(market: Lake) -> None:
    lags = strikes(seen(market, of_the_day_itself(["SYN001"]))).group_by("symbol").agg(pl.col("oi_lag").unique())
    assert {symbol: lag for symbol, (lag,) in lags.iter_rows()} == {"SYN000": 1, "SYN001": 0, "SYN002": 1}


def test_holes_are_the_same_each_time_and_not_too_many(market: Lake) -> None:
    holed = seen(market, with_holes())
    assert strikes(holed).equals(strikes(holed))
    for rows, of in ((strikes(holed), strikes(market)), (holed.bars(), market.bars())):
        assert 0.9 < rows.height / of.height < 1
    assert 0.01 < strikes(holed)["call_volume"].is_null().mean() < 0.15  # type: ignore[operator]
    assert holed.snapshots().height == strikes(holed).n_unique(["symbol", "date"]) < market.snapshots().height


def test_an_excerpt_reads_what_the_lake_has_of_it(market: Lake, days: list[date]) -> None:
    symbols, first, last = ["SYN000", "SYN002"], days[5], days[30]
    excerpt = Excerpt(market, symbols, first, last, first - timedelta(days=10))
    assert excerpt.symbols() == symbols
    assert strikes(excerpt).equals(market.strike_rows(READ, symbols, first, last))
    assert excerpt.bars()["date"].min() >= first - timedelta(days=10)  # type: ignore[operator]
    for day in (days[0], first, days[10], last, days[31]):
        of_day = excerpt.strike_rows(READ, symbols, day, day)
        expected = market.strike_rows(READ, symbols, day, day)
        assert of_day.equals(expected if first <= day <= last else expected.clear())


def test_what_an_audit_reads_cannot_write(market: Lake, days: list[date]) -> None:
    """No method of the lake that writes exists there, for mypy as well: without the errors below it would complain of unused ignores."""
    excerpt = Excerpt(market, ["SYN000"], days[5], days[30], days[5])
    altered = AlteredLake(market, Alteration())
    for chains in (excerpt, altered):
        public = {name for name in dir(chains) if not name.startswith("_")}
        assert public - {"alteration"} == {
            "strike_rows", "snapshots", "bars", "prints", "exchanges", "actions", "symbols"
        }  # fmt: skip
    with pytest.raises(AttributeError):
        altered.write_bars(market.bars())  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        excerpt.write_bars(market.bars())  # type: ignore[attr-defined]
