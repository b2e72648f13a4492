"""Blocks of the tape."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.flow.day import Day
from flowbt.flow.prints import Block, blocks, read_tape
from flowbt.lake import Lake
from flowbt.schema import PRINTS, conform

MakeDay = Callable[..., Day]
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def tape(*prints: dict[str, Any]) -> pl.DataFrame:
    """Prints of the 110 call of 16 January, at USD 2."""
    shared: dict[str, Any] = {
        "symbol": "AAA", "date": MONDAY, "root": "AAA", "expiration": date(2026, 1, 16), "strike": 110.0,
        "option_type": "call", "price": 2.0, "size": 1, "side": "ask", "multiplier": 100.0, "source": "test",
    }  # fmt: skip
    rows = [shared | row for row in prints]
    at = [{"time": datetime.combine(row["date"], time(15, 0, n), UTC)} for n, row in enumerate(rows)]
    return conform(pl.DataFrame([row | moment for row, moment in zip(rows, at, strict=True)]), PRINTS)


@pytest.fixture
def lake_of(tmp_path: Path) -> Callable[..., Lake]:
    def write(*prints: dict[str, Any]) -> Lake:
        lake = Lake(tmp_path)
        lake.write_prints(tape(*prints))
        return lake

    return write


def sizes(found: pl.DataFrame) -> list[int]:
    return found["size"].to_list()


def test_large_prints_are_read_the_largest_of_a_day_first(lake_of: Callable[..., Lake]) -> None:
    lake = lake_of({"size": 1_000}, {"size": 999}, {"size": 3_000}, {"size": 2_000, "date": TUESDAY})
    assert sizes(read_tape(lake, "AAA", [MONDAY, TUESDAY]).blocks) == [3_000, 1_000, 2_000]


def test_five_a_day_are_told(lake_of: Callable[..., Lake], make_day: MakeDay) -> None:
    lake = lake_of(*({"size": 1_000 + n} for n in range(7)))
    told = blocks(make_day(), read_tape(lake, "AAA", [MONDAY]))
    assert [row.size for row in told] == [1_006, 1_005, 1_004, 1_003, 1_002]


@pytest.mark.parametrize("parity", [{"unit_delta": 0.95}, {"dividend_play": True}])
def test_blocks_that_are_no_bets_are_not_told(
    parity: dict[str, Any], lake_of: Callable[..., Lake], make_day: MakeDay, option: Callable[..., dict[str, Any]]
) -> None:
    tape = read_tape(lake_of({"size": 1_000}, {"size": 2_000, "strike": 50.0}), "AAA", [MONDAY])
    day = make_day([option(50, **parity)])
    assert [row.strike for row in blocks(day, tape)] == [110.0]


def test_those_of_other_days_and_symbols_are_not(lake_of: Callable[..., Lake]) -> None:
    lake = lake_of({"size": 1_000, "date": TUESDAY}, {"size": 2_000, "symbol": "BBB", "root": "BBB"})
    assert sizes(read_tape(lake, "AAA", [MONDAY]).blocks) == []


def test_prints_of_adjusted_contracts_are_not(lake_of: Callable[..., Lake]) -> None:
    lake = lake_of({"size": 1_000}, {"size": 2_000, "root": "AAA1"})
    assert sizes(read_tape(lake, "AAA", [MONDAY]).blocks) == [1_000]


def test_a_lake_without_a_tape_has_none(tmp_path: Path, make_day: MakeDay) -> None:
    found = read_tape(Lake(tmp_path), "AAA", [MONDAY])
    assert found.blocks.height == 0
    assert blocks(make_day(), found) == ()


def test_the_facts_of_a_block(lake_of: Callable[..., Lake], make_day: MakeDay) -> None:
    found = read_tape(lake_of({"size": 1_000}), "AAA", [MONDAY])
    assert blocks(make_day(gross_premium=800_000.0), found) == (
        Block(
            contract="AAA260116C00110000",
            expiration=date(2026, 1, 16),
            last_trading_day=date(2026, 1, 16),
            strike=110.0,
            option_type="call",
            side="ask",
            size=1_000,
            price=2.0,
            volume=None,
            open_interest=None,
            oi_change=None,
            oi_change_is_of_day=False,
            opened_at_least=None,
            premium=200_000.0,
            dte=11,
            tenor="short-dated",
            share_of_gross=0.25,
            distance=110.0 / 100.0 - 1,
        ),
    )


def test_a_day_shows_its_own_blocks_only(lake_of: Callable[..., Lake], make_day: MakeDay) -> None:
    found = read_tape(lake_of({"size": 1_000}, {"size": 2_000, "date": TUESDAY}), "AAA", [MONDAY, TUESDAY])
    assert [row.size for row in blocks(make_day(), found)] == [1_000]


def test_without_a_spot_and_a_gross_premium_there_are_no_shares(
    lake_of: Callable[..., Lake], make_day: MakeDay
) -> None:
    found = read_tape(lake_of({"size": 1_000}), "AAA", [MONDAY])
    [block] = blocks(make_day(spot=None), found)
    assert (block.share_of_gross, block.distance) == (None, None)
