"""A metric that fails takes no command down: its value is null, the reason is listed at the end, and the exit code is 0."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.metrics import SHIPPED
from flowbt.workflows.simulate import simulate_market

FAILS = "ZeroDivisionError: division by zero"
OWN = '''"""A strategy with a metric of its own."""
from dataclasses import dataclass
import polars as pl
from flowbt import Plan, Strategy, metric

def refuse(values):
    raise ValueError("no such luck")

@metric(grain="snapshot", unit="1")
def luck() -> pl.Expr:
    """Fails on every day."""
    return pl.col("call_volume()").map_batches(refuse, return_dtype=pl.Int64)

@dataclass(frozen=True)
class Lucky(Strategy):
    """Long where there is luck."""

    def plan(self) -> Plan:
        return Plan(when=pl.col("luck") > 0, side="long", exit_after=3)
'''


@pytest.fixture(scope="module")
def short_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four sessions: where all metrics of a grain fail, each is tried again on each of its days."""
    path = tmp_path_factory.mktemp("short")
    simulate_market(Lake(path), MarketConfig(symbols=1, sessions=4, seed=3, contracts_per_snapshot=60))
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "lucky.py"
    path.write_text(OWN)
    return path


def test_the_others_are_shown(run: Any, lake: Path, fail_metric: Callable[[str], None]) -> None:
    fail_metric("zero_gamma")
    said = run("metrics", "SYN000", "--select", "gex,zero_gamma", "--lake", lake, "--json")
    assert said.code == 0
    assert {row["zero_gamma"] for row in said.document} == {None}
    assert all(row["gex"] is not None for row in said.document)
    assert said.err.count(f"zero_gamma: {FAILS} (70 days)") == 1


def test_alone_it_is_one_sentence(run: Any, lake: Path, fail_metric: Callable[[str], None]) -> None:
    fail_metric("gex_profile")
    said = run("metrics", "SYN000", "--select", "zero_gamma", "--lake", lake)
    assert (said.code, said.out) == (2, "")
    assert said.err == f"flowbt: metric 'gex_profile' cannot be computed: {FAILS}\n"


def test_a_metric_of_ones_own_fails_beside_others(run: Any, lake: Path, own: Path) -> None:
    said = run("metrics", "SYN000", "--with", own, "--select", "luck,spot", "--lake", lake, "--json")
    assert (said.code, {row["luck"] for row in said.document}) == (0, {None})
    assert "luck: ValueError: no such luck" in said.err


@pytest.mark.parametrize("output", ["text", "md", "html", "json"])
def test_the_flow_report_stands(output: str, run: Any, short_lake: Path, fail_metric: Callable[[str], None]) -> None:
    fail_metric("zero_gamma")
    said = run("verdict", "SYN000", "--lake", short_lake, "--format", output)
    assert said.code == 0
    if output == "json":
        failed = {"metric": "zero_gamma", "reason": FAILS, "sessions": 1}
        assert said.document["failed_metrics"] == [failed]
        assert said.document["levels"]["zero_gamma"] is None
        assert said.document["levels"]["call_wall"] is not None
    else:
        assert said.out.count(FAILS) == 1


@pytest.mark.parametrize("grain", ["snapshot", "history", "expiry", "level", "strike"])
def test_the_flow_report_stands_without_any_metric_of_a_grain(
    grain: str, run: Any, short_lake: Path, fail_metric: Callable[[str], None]
) -> None:
    names = [metric.name for metric in SHIPPED if metric.grain == grain]
    for name in names:
        fail_metric(name)
    assert run("verdict", "SYN000", "--lake", short_lake, "--format", "html", "--follow-up").code == 0


def test_an_evaluation_stands(run: Any, lake: Path, fail_metric: Callable[[str], None]) -> None:
    fail_metric("put_call_volume_ratio")
    arguments = ("evaluate", "flow_verdict", "--lake", lake, "--symbols", "SYN000", "--horizons", "1")
    said = run(*arguments, "--json")
    assert said.code == 0
    assert [row["metric"] for row in said.document["failed_metrics"]] == ["put_call_volume_ratio"]
    assert f"put_call_volume_ratio: {FAILS} (70 days)" in " ".join(run(*arguments).out.split())


def test_a_backtest_stands(run: Any, lake: Path, strategies: Path, fail_metric: Callable[[str], None]) -> None:
    fail_metric("put_call_volume_ratio")
    [strategy] = [path for path in sorted(strategies.glob("*.py")) if "verdict" in path.name][:1]
    arguments = ("backtest", strategy, "--lake", lake, "--symbols", "SYN000")
    said = run(*arguments, "--json")
    assert said.code == 0
    assert [row["metric"] for row in said.document["failed_metrics"]] == ["put_call_volume_ratio"]
    assert FAILS in run(*arguments).out


@pytest.mark.parametrize("command", ["backtest", "check"])
def test_a_users_own_metric_that_is_what_was_asked_for_is_an_error_that_names_it(
    command: str, run: Any, lake: Path, own: Path
) -> None:
    said = run(command, own, "--lake", lake, "--symbols", "SYN000")
    assert (said.code, said.out) == (2, "")
    assert "metric 'luck' cannot be computed: ValueError: no such luck" in said.err
    assert len(said.err.splitlines()) == 1


def test_a_check_does_not_go_on_without_a_metric(run: Any, lake: Path, fail_metric: Callable[[str], None]) -> None:
    fail_metric("put_call_volume_ratio")
    said = run("check", "flow_verdict", "--lake", lake, "--symbols", "SYN000")
    assert (said.code, said.out) == (2, "")
    assert f"metric 'put_call_volume_ratio' cannot be computed: {FAILS}" in said.err


@pytest.mark.parametrize("store", [(), ("--store",)])
def test_a_list_where_a_number_is_asked_for_is_refused(
    store: tuple[str, ...], run: Any, lake: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import polars as pl\nfrom flowbt import metric\n\n"
        '@metric(grain="snapshot", unit="1")\ndef bare() -> pl.Expr:\n    """A column."""\n    return pl.col("call_volume")\n'
    )
    said = run("metrics", "SYN000", "--with", path, "--select", "bare,spot", "--lake", lake, *store)
    assert (said.code, said.out) == (2, "")
    assert "'bare' is at snapshot grain, but its expression gives one value per row at strike grain" in said.err


def test_levels_of_a_file_are_judged_without_the_volatility_they_are_scaled_by(
    run: Any, lake: Path, tmp_path: Path, fail_metric: Callable[[str], None]
) -> None:
    fail_metric("iv_30d")
    rows = run("metrics", "SYN000", "--select", "spot", "--lake", lake, "--json").document
    path = tmp_path / "levels.csv"
    path.write_text(
        "symbol,date,kind,level\n" + "".join(f"SYN000,{row['date']},mine,{row['spot'] * 1.01}\n" for row in rows)
    )
    said = run("evaluate", "--levels", path, "--lake", lake, "--json")
    assert said.code == 0
    assert said.document["failed_metrics"] == [{"metric": "iv_30d", "reason": FAILS, "sessions": 70}]
