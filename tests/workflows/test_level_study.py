"""Levels of signals and of files, from the lake to the section."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.calendar import sessions
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.signals import CallBreakout, FlowVerdict, MaxPainGravity, Signal
from flowbt.workflows.evaluate_levels import evaluate_levels
from flowbt.workflows.level_study import max_pain_levels, signal_levels
from flowbt.workflows.simulate import simulate_market

SYMBOLS = ("SYN000", "SYN001")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    found = Lake(tmp_path_factory.mktemp("lake"))
    simulate_market(found, MarketConfig(symbols=2, sessions=60, seed=3, contracts_per_snapshot=150))
    return found


@dataclass(frozen=True)
class NextStrike(Signal):
    """Always bullish, with the next call peak as its target."""

    def score(self) -> pl.Expr:
        return pl.lit(1.0)

    def verdict(self) -> pl.Expr:
        return pl.lit(1)

    def levels(self) -> dict[str, pl.Expr]:
        return {"target": pl.col("next_call_peak")}


@pytest.mark.parametrize(
    ("signal", "kinds"),
    [
        (MaxPainGravity(), ["max pain", "call wall", "put wall"]),
        (CallBreakout(max_distance=0.1), ["trigger", "target", "stop", "call wall", "put wall"]),
        (NextStrike(), ["target", "call wall", "put wall"]),
    ],
)
def test_the_levels_of_a_signal_and_the_walls(signal: Signal, kinds: list[str], lake: Lake) -> None:
    found = signal_levels(lake, signal, SYMBOLS, [1, 3])
    assert found is not None
    assert [row.kind for row in found.kinds] == kinds
    assert found.left_out == {}
    assert found.answer
    assert found.null
    assert set(found.volatility.values()) == {"implied"}


def test_max_pain_is_judged_by_sessions_to_its_own_expiry(lake: Lake) -> None:
    found = signal_levels(lake, MaxPainGravity(), SYMBOLS, [1])
    assert found is not None
    assert {(row.kind, row.by) for row in found.gravity} == {("max pain", "expiry")}


def test_max_pain_of_an_am_settled_expiry_ends_with_its_last_trading_day(
    chain: Callable[..., pl.DataFrame], store: Callable[..., Lake]
) -> None:
    """On the third Friday SPX is settled at the open and SPXW at the close. Calls at 90 alone hurt least at 90, puts at 110 at 110."""
    nothing = {"call_open_interest": 0, "put_open_interest": 0}
    am = chain({90: nothing | {"call_open_interest": 5}, 110: nothing}, symbol="SPX", root="SPX")
    pm = chain({90: nothing, 110: nothing | {"put_open_interest": 5}}, symbol="SPX", root="SPXW")
    found = max_pain_levels(store(am, pm), ["SPX"], None, None, "close", None, include_partial=False)
    levels = dict(found.select("expiration", "level").iter_rows())
    assert levels == {date(2026, 1, 15): 90.0, date(2026, 1, 16): 110.0}


def test_a_signal_without_levels_has_no_section(lake: Lake) -> None:
    assert signal_levels(lake, FlowVerdict(), SYMBOLS, [1]) is None


def test_days_asked_for(lake: Lake) -> None:
    days = lake.snapshots()["date"].unique().sort()
    found = signal_levels(lake, NextStrike(), SYMBOLS, [1], first=days[10], last=days[40])
    assert found is not None
    assert (found.first, found.last) == (days[10], days[40])


def write(path: Path, rows: list[tuple[str, date, str, float]]) -> Path:
    pl.DataFrame(rows, schema=["symbol", "date", "kind", "level"], orient="row").write_csv(path)
    return path


@pytest.fixture
def walls(lake: Lake, tmp_path: Path) -> Path:
    """A wall 2% above each close, and a pin 1% below it."""
    bars = lake.bars(["SYN000"]).tail(60)
    rows = [("SYN000", day, kind, close * (1 + gap))
            for day, close in bars.select("date", "close").iter_rows()
            for kind, gap in (("Call Wall", 0.02), ("pin", -0.01))]  # fmt: skip
    return write(tmp_path / "walls.csv", rows)


def test_levels_of_a_file_beside_the_lake(walls: Path, lake: Lake, tmp_path: Path) -> None:
    evaluation = evaluate_levels(walls, lake, horizons=[3, 1], reports=tmp_path / "reports")
    assert (evaluation.levels_file, evaluation.symbols, evaluation.sessions) == ("walls.csv", ("SYN000",), 60)
    assert evaluation.levels.volatility == {"SYN000": "implied"}
    assert [row.kind for row in evaluation.levels.touches] == ["call wall"] * 2
    assert evaluation.levels.touches[0].mean_distance == pytest.approx(0.02)
    folder = tmp_path / "reports" / str(evaluation.run)
    assert {path.name for path in folder.iterdir()} == {
        "report.html",
        "summary.json",
        "manifest.json",
        "levels.parquet",
    }


def test_the_same_question_is_the_same_run(walls: Path, lake: Lake, tmp_path: Path) -> None:
    once, again, other = (
        evaluate_levels(walls, lake, horizons=[horizon], reports=tmp_path).run for horizon in (1, 1, 3)
    )
    assert once == again != other


def test_levels_of_a_file_beside_prices_of_a_file(walls: Path, lake: Lake, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    lake.bars(["SYN000"]).drop("symbol").write_csv(prices)
    beside_lake, beside_file = (
        evaluate_levels(walls, lake, horizons=[3]),
        evaluate_levels(walls, None, prices=prices, horizons=[3]),
    )
    assert beside_file.levels.volatility == {"SYN000": "realised"}
    rates = [found.levels.touches[0].measures[0].value for found in (beside_lake, beside_file)]
    assert rates[0] == pytest.approx(rates[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lake": None}, "name a lake with --lake, or a file with --prices"),
        ({"first": date(2031, 1, 1)}, "has no levels from 2031-01-01"),
        ({"horizons": [0]}, "horizons"),
    ],
)
def test_what_cannot_be_done_is_said(change: dict[str, Any], words: str, walls: Path, lake: Lake) -> None:
    asked: dict[str, Any] = {"lake": lake} | change
    with pytest.raises(FlowbtError, match=words):
        evaluate_levels(walls, **asked)


def test_levels_of_other_days_than_the_prices(lake: Lake, tmp_path: Path) -> None:
    path = write(tmp_path / "levels.csv", [("SYN000", date(2001, 1, 2), "wall", 100.0)])
    with pytest.raises(FlowbtError, match=r"no level of .*2001-01-02 to 2001-01-02.* is near a price of its day"):
        evaluate_levels(path, lake)


def test_a_symbol_the_lake_has_no_bars_of(lake: Lake, tmp_path: Path) -> None:
    path = write(tmp_path / "levels.csv", [("SYN00", date(2024, 1, 2), "wall", 100.0)])
    with pytest.raises(FlowbtError, match=r"no price bars of SYN00 in the lake.*did you mean 'SYN00"):
        evaluate_levels(path, lake)


def every_day(folder: Path, count: int = 90) -> tuple[Path, Path]:
    """Prices of each day of the week, and a level that each next day touches."""
    days = [date(2025, 9, 1) + timedelta(days=number) for number in range(count)]
    prices = folder / "prices.csv"
    rows = [f"{day},{100 + number},{100.5 + number},{99.5 + number},{100 + number}" for number, day in enumerate(days)]
    prices.write_text("\n".join(["date,open,high,low,close", *rows]) + "\n")
    return write(folder / "levels.csv", [("BTC", day, "wall", 100.8 + row) for row, day in enumerate(days)]), prices


def test_each_day_of_a_file_of_prices_is_a_session(tmp_path: Path) -> None:
    """Twenty returns are needed for the volatility, so the first 20 levels are not judged, nor is the last."""
    levels, prices = every_day(tmp_path)
    found = evaluate_levels(levels, prices=prices, horizons=[1])
    touched = found.levels.touches[0].measures[0]
    assert (touched.n, touched.value, touched.elsewhere) == (69, 1.0, 1.0)
    assert found.levels.left_out == {}
    assert found.calendar is not None
    assert found.calendar.exchange is None
    assert "name the exchange with --exchange to count its sessions instead" in found.answer


def test_days_on_which_the_named_exchange_was_closed_are_left_out_and_said(tmp_path: Path) -> None:
    levels, prices = every_day(tmp_path)
    found = evaluate_levels(levels, prices=prices, horizons=[1], exchange="XNYS")
    assert found.calendar is not None
    closed = found.calendar.closed_days
    assert closed == 90 - len(sessions(date(2025, 9, 1), date(2025, 11, 29)))
    assert f"Left out: {closed} days of 'prices.csv' on which XNYS was closed, the first 2025-09-01" in found.answer


def test_an_exchange_beside_the_lake_is_refused(walls: Path, lake: Lake) -> None:
    with pytest.raises(FlowbtError, match="the lake remembers the exchange"):
        evaluate_levels(walls, lake, exchange="XNSE")


def test_a_jump_near_a_level_is_named(tmp_path: Path) -> None:
    levels, prices = every_day(tmp_path)
    lines = prices.read_text().splitlines()
    halved = [
        ",".join([day, *(str(float(price) / 2) for price in rest)]) for day, *rest in (x.split(",") for x in lines[41:])
    ]
    prices.write_text("\n".join([*lines[:41], *halved]) + "\n")
    found = evaluate_levels(levels, prices=prices, horizons=[1])
    assert [(jump.close_before, jump.close) for jump in found.levels.jumps] == [(139.0, 70.0)]
    assert "BTC closed at 139.00 on 2025-10-10 and at 70.00 on 2025-10-11, with no split on file" in found.answer
    assert "provide adjusted closes in a column adj_close" in found.answer
