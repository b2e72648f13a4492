"""A strategy file of the user's own, with a metric of its own, works as it stands from any folder."""

from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

import flowbt
from flowbt.lake import Lake

FEAR = '''"""Short when put volume runs far above its habit."""
from dataclasses import dataclass
import polars as pl
from flowbt import Plan, Strategy, metric

@metric(grain="history", unit="1")
def fear() -> pl.Expr:
    """Put/call volume ratio against its own median of the last 20 sessions."""
    ratio = pl.col("put_call_volume_ratio")
    return ratio / ratio.rolling_median(20)

@dataclass(frozen=True)
class Fear(Strategy):
    """Short at the next open, out after three sessions."""
    above: float = 1.5
    hold: int = 3

    def plan(self) -> Plan:
        return Plan(when=pl.col("fear") > self.above, side="short", exit_after=self.hold)
'''


def test_it_runs_with_its_threshold_set(run: Any, lake: Path, tmp_path: Path) -> None:
    path = tmp_path / "fear.py"
    path.write_text(FEAR)
    said = run(
        "backtest", path, "--symbols", "SYN000", "--set", "above=1.3", "--lake", lake, "--reports", tmp_path, "--json"
    )
    assert said.code == 0, said.err
    assert said.document["parameters"] == {"above": 1.3, "hold": 3}
    assert said.document["plans"] > 0


def test_the_same_from_a_notebook(lake: Path) -> None:
    opened = flowbt.Lake(lake)
    assert flowbt.compute_metrics(opened, ["SYN000"], select=["gex"]).columns == ["symbol", "date", "gex"]
    assert flowbt.evaluate_signal(opened, "max_pain_gravity", horizons=[1]).signal == "max_pain_gravity"
    assert flowbt.flow_report(opened, "SYN000").symbol == "SYN000"


def test_every_public_name_can_be_had() -> None:
    assert all(getattr(flowbt, name) is not None for name in flowbt.__all__)


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = flowbt.nothing_here


def test_metrics_of_two_files_do_not_meet(run: Any, lake: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "a.py", tmp_path / "b.py"]
    paths[0].write_text(FEAR)
    paths[1].write_text(FEAR.replace("rolling_median(20)", "rolling_median(20) / 100"))
    plans = [run("backtest", path, "--lake", lake, "--reports", tmp_path, "--json").document["plans"] for path in paths]
    assert plans[0] > 0
    assert plans[1] == 0
    assert Lake(lake).symbols() == ["SYN000", "SYN001"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("return Plan(", "raise ValueError('oh')\n        return Plan(", "Fear.plan() failed with ValueError: oh"),
        ("return Plan(", "return dict(", "returned dict, not a flowbt.Plan"),
        ("above: float = 1.5", "above: float", "give every field of Fear a default"),
        ("import polars as pl\n", "import polars as pl\nimport sys\nsys.exit(0)\n", "SystemExit"),
        ('pl.col("fear") > self.above', 'pl.col("fear")', "not Boolean"),
    ],
)
def test_user_code_that_fails_is_told_in_one_sentence(
    run: Any, lake: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "fear.py"
    path.write_text(FEAR.replace(old, new))
    said = run("backtest", path, "--lake", lake, "--reports", tmp_path)
    assert (said.code, said.err.count("\n"), said.out) == (2, 1, "")
    assert words in said.err


def test_what_user_code_prints_does_not_reach_the_document(run: Any, lake: Path, tmp_path: Path) -> None:
    path = tmp_path / "fear.py"
    path.write_text(FEAR.replace("import polars as pl\n", "import polars as pl\nprint('hello')\n"))
    said = run("backtest", path, "--lake", lake, "--reports", tmp_path, "--json")
    assert said.document["strategy"] == "Fear"


def test_a_metric_may_bear_the_name_of_a_part_of_a_plan(run: Any, lake: Path, tmp_path: Path) -> None:
    plan = 'Plan(when=pl.col("spot") > 0, side="long", target=pl.col("NAME") * 1.02, exit_after=3)'
    trades = []
    for name in ("target", "fair"):
        own = f'@metric(grain="history", unit="USD")\ndef {name}() -> pl.Expr:\n    """The close."""\n    return pl.col("close")\n\n'
        text = FEAR.replace("@dataclass", own + "@dataclass").split("        return Plan")[0]
        path = tmp_path / f"{name}.py"
        path.write_text(text + f"        return {plan.replace('NAME', name)}\n")
        trades.append(run("backtest", path, "--lake", lake, "--reports", tmp_path, "--json").document["measures"])
    assert trades[0] == trades[1]


OWN_SIGNAL = '''"""Bearish when put volume runs above its habit."""
from dataclasses import dataclass
import polars as pl
from flowbt import Signal, metric

@metric(grain="history", unit="1")
def fear() -> pl.Expr:
    """Put/call volume ratio against its own median of the last 20 sessions."""
    ratio = pl.col("put_call_volume_ratio")
    return ratio / ratio.rolling_median(20)

@dataclass(frozen=True)
class Fear(Signal):
    """Bearish above a multiple of the habit."""
    above: float = 1.2

    def score(self) -> pl.Expr:
        """Minus the excess over the habit."""
        return (1 - pl.col("fear")).clip(-1, 1)

    def verdict(self) -> pl.Expr:
        """-1 above the threshold, else 0."""
        return -(pl.col("fear") > self.above).cast(pl.Int8)
'''


def test_a_file_with_a_signal_of_ones_own_is_evaluated(run: Run, lake: Path, tmp_path: Path) -> None:
    path = tmp_path / "fear_signal.py"
    path.write_text(OWN_SIGNAL)
    ask = ("evaluate", path, "--horizons", "1", "--lake", lake, "--reports", tmp_path, "--json")
    found = run(*ask, "--set", "above=1.1").document
    assert (found["signal"], found["parameters"]) == ("fear", {"above": 1.1})
    assert found["coverage"]["verdicts"]["bearish"] > 0


def test_a_file_without_a_signal_cannot_be_evaluated(run: Run, strategies: Path, lake: Path) -> None:
    said = run("evaluate", strategies / "call_breakout.py", "--lake", lake)
    assert said.code == 2
    assert "must define one subclass of flowbt.Signal; it defines none" in said.err
