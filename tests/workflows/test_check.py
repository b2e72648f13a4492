"""`check_strategy`: what can be checked, on which data, and its report."""

from pathlib import Path

import polars as pl
import pytest

import flowbt
from flowbt.audit import AuditReport, write_market
from flowbt.errors import FlowbtError
from flowbt.lake import Lake
from flowbt.market import MarketConfig, simulate_bars, simulate_chains
from flowbt.signals import MaxPainGravity, Signal
from flowbt.strategy import Plan, Strategy
from flowbt.workflows.check import MOST_SYMBOLS, check_strategy

SMALL = MarketConfig(symbols=1, sessions=30, seed=4, contracts_per_snapshot=60, warmup_bars=20)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return write_market(tmp_path_factory.mktemp("lake"), SMALL)


class Lean(Signal):
    """Which way the close leans."""

    def score(self) -> pl.Expr:
        return (pl.col("close") / pl.col("open") - 1).clip(-1, 1)

    def verdict(self) -> pl.Expr:
        return self.score().sign().cast(pl.Int8)

    def levels(self) -> dict[str, pl.Expr]:
        return {"target": pl.col("high").shift(-1)}


class Never(Strategy):
    """Never a trade."""

    def plan(self) -> Plan:
        return Plan(when=pl.col("close") < 0, side="long")


def failed(report: AuditReport) -> list[str]:
    return [check.name for check in report.checks if not check.ok]


def test_a_level_of_a_signal_that_sees_the_future(lake: Lake) -> None:
    report = check_strategy(Lean(), lake)
    assert (report.kind, report.strategy, report.ok) == ("signal", "lean", False)
    assert failed(report) == ["prefix_invariance", "future_poison"]
    first = report.checks[0]
    change = first.first_change
    assert change is not None
    assert (change.column, change.metric, first.changed, change.became) == ("target", None, ("target",), None)
    assert report.answer.startswith("lean looks ahead. target of the signal uses future data: on ")


def test_a_strategy_that_never_trades_is_told_to_have_shown_little(lake: Lake) -> None:
    report = check_strategy(Never(), lake)
    assert (report.ok, report.asks) == (True, 0)
    assert "It never asks for a trade there, so the test says little" in report.answer


def test_thresholds_can_be_set(lake: Lake) -> None:
    report = check_strategy(MaxPainGravity(), lake, settings={"max_days": "9"}, decision="pre_open")
    max_days = (report.parameters or {})["max_days"]
    assert (report.ok, report.decision, max_days) == (True, "pre_open", 9)
    assert "decided before the next open" in report.answer


@pytest.mark.parametrize(
    "name", ["put_call_oi_ratio", "net_premium[dte<=7]", "gex(unit=shares_1pt)", "call_premium", "sma_30"]
)
def test_a_metric_by_name(name: str, lake: Lake) -> None:
    report = check_strategy(name, lake)
    assert (report.kind, report.strategy, report.ok) == ("metric", name, True)
    assert report.description


def test_a_metric_without_any_value_cannot_be_judged(lake: Lake) -> None:
    with pytest.raises(FlowbtError, match="sma_200 of sma_200 has no value on any session of SYN000"):
        check_strategy("sma_200", lake)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("put_call_oi_ration", "did you mean 'put_call_oi_ratio'"),
        ("flow_verdikt", "did you mean 'flow_verdict'"),
        ("nowhere.py", "no strategy file 'nowhere.py'"),
    ],
)
def test_what_there_is_not(name: str, words: str, lake: Lake) -> None:
    with pytest.raises(FlowbtError, match=words):
        check_strategy(name, lake)


SIGNALS = '''"""Two signals and a metric."""
from dataclasses import dataclass
import polars as pl
from flowbt import Signal, metric

@metric(grain="history", unit="1")
def lean() -> pl.Expr:
    """Close over open."""
    return pl.col("close") / pl.col("open") - 1

@dataclass(frozen=True)
class Up(Signal):
    """Up."""
    least: float = 0.0
    def score(self) -> pl.Expr:
        return pl.col("lean").clip(-1, 1)
    def verdict(self) -> pl.Expr:
        return pl.when(pl.col("lean") > self.least).then(1).otherwise(0)

@dataclass(frozen=True)
class Down(Up):
    """Down."""
    def score(self) -> pl.Expr:
        return -pl.col("lean").clip(-1, 1)
'''


def test_a_file_of_signals(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "signals.py"
    path.write_text(SIGNALS)
    report = check_strategy(path, lake)
    assert (report.kind, report.strategy, report.file, report.ok) == (
        "signal",
        "up, down",
        "signals.py",
        True,
    )


def test_a_file_of_metrics(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(SIGNALS.partition("@dataclass")[0].replace("- 1", "- 1 + pl.col('close').max() * 0"))
    assert check_strategy(path, lake).ok is True
    path.write_text(path.read_text().replace(" * 0", ""))
    report = check_strategy(path, lake)
    assert (report.kind, report.strategy, report.ok) == ("metric", "mine", False)
    change = report.checks[0].first_change
    assert change is not None
    assert change.metric == "lean"


def test_a_file_of_nothing(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "nothing.py"
    path.write_text("x = 1\n")
    with pytest.raises(FlowbtError, match="defines no strategy, no signal and no metric"):
        check_strategy(path, lake)


def test_nothing_is_written_to_the_lake(lake: Lake) -> None:
    before = sorted(path for path in lake.path.rglob("*") if path.is_file())
    versions = lake.versions()
    check_strategy("put_call_oi_ratio", lake)
    assert lake.versions() == versions
    assert sorted(path for path in lake.path.rglob("*") if path.is_file()) == before


def test_of_many_symbols_some_are_looked_at_and_it_is_said(tmp_path: Path) -> None:
    config = MarketConfig(symbols=MOST_SYMBOLS + 2, sessions=6, seed=4, contracts_per_snapshot=40, warmup_bars=0)
    many = write_market(tmp_path, config)
    report = check_strategy("put_call_volume_ratio", many)
    assert (len(report.symbols), report.symbols_left_out) == (MOST_SYMBOLS, 2)
    assert "2 more left out" in report.answer
    assert check_strategy("put_call_volume_ratio", many, symbols=["SYN006"]).symbols == ("SYN006",)


def test_rows_that_hold_later_open_interest_than_they_say_are_found(tmp_path: Path) -> None:
    rows = pl.concat(simulate_chains(SMALL))
    contract = ["symbol", "root", "expiration", "strike"]
    held = ["call_open_interest", "put_open_interest"]
    later = rows.select(*contract, "date", *held).sort("date").with_columns(pl.col(held).shift(-1).over(contract))
    lake = Lake(tmp_path)
    lake.write_strike_rows(rows.drop(held).join(later, on=[*contract, "date"]))
    lake.write_bars(simulate_bars(SMALL))
    report = check_strategy("put_call_oi_ratio", lake)
    assert failed(report) == ["open_interest_dates"]
    assert "Rows of SYN000 are declared to contain the open interest of the close before" in report.checks[-1].detail
    assert check_strategy("put_call_volume_ratio", lake).ok is False, "a dividend play is told by open interest"
    assert check_strategy("total_call_premium", lake).ok is True


def test_without_a_lake_it_looks_in_a_market_of_its_own() -> None:
    report = flowbt.check_strategy("total_call_premium")
    assert (report.market, report.ok, report.sessions) == ("synthetic", True, 140)
