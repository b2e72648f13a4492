"""`flowbt check`: its document, its text and its exit codes."""

from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def fear(tmp_path: Path) -> Path:
    path = tmp_path / "fear.py"
    path.write_text(FEAR)
    return path


@pytest.fixture
def leaking(fear: Path) -> Path:
    fear.write_text(FEAR.replace("rolling_median(20)", "rolling_median(20).shift(-1)"))
    return fear


def test_a_strategy_that_decides_by_the_past_passes(run: Any, lake: Path, fear: Path) -> None:
    said = run("check", fear, "--lake", lake, "--set", "above=1.1", "--json")
    assert said.code == 0, said.err
    assert (said.document["strategy"], said.document["ok"]) == ("Fear", True)
    assert all(set(check) >= {"name", "ok", "detail"} for check in said.document["checks"])
    assert said.document["asks"] > 0


def test_one_that_looks_ahead_fails_by_the_name_of_its_metric_and_the_first_date(
    run: Any, lake: Path, leaking: Path
) -> None:
    said = run("check", leaking, "--lake", lake, "--json")
    assert said.code == 1
    failed = next(check for check in said.document["checks"] if not check["ok"])
    assert (failed["name"], failed["metric"]) == ("prefix_invariance", "fear")
    assert f"metric fear uses future data: on {failed['date']}" in failed["detail"]


def test_as_text(run: Any, lake: Path, leaking: Path) -> None:
    said = run("check", leaking, "--lake", lake)
    assert said.code == 1
    assert said.out.startswith("Fear looks ahead. metric fear uses future data: on ")
    assert "FAILED  prefix_invariance" in said.out
    assert "ok      two_clocks" in said.out
    assert max(map(len, said.out.splitlines())) <= 100
    assert said.err == ""


def test_a_signal_and_a_metric_by_name(run: Any, lake: Path) -> None:
    for name in ("max_pain_gravity", "put_call_oi_ratio"):
        said = run("check", name, "--lake", lake, "--symbols", "syn000", "--json")
        assert (said.code, said.document["symbols"]) == (0, ["SYN000"])


def test_a_warm_up_can_be_declared(run: Any, lake: Path, fear: Path) -> None:
    assert run("check", fear, "--lake", lake, "--warm-up", "19").code == 0
    said = run("check", fear, "--lake", lake, "--warm-up", "5")
    assert said.code == 1
    assert "FAILED  start_truncation    A warm-up of 5 sessions was declared." in said.out


def test_without_a_lake_nothing_is_left_behind(run: Any, fear: Path, tmp_path: Path) -> None:
    said = run("check", fear)
    assert (said.code, said.err) == (0, "")
    assert "of the embedded synthetic market" in " ".join(said.out.split())
    assert list(tmp_path.iterdir()) == [fear]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing_of_that_name",), "unknown strategy file, signal or metric"),
        (("put_call_oi_ratio", "--symbols", "XYZ"), "unknown symbol 'XYZ'"),
        (("put_call_oi_ratio", "--set", "a=1"), "parameters are written with its name"),
    ],
)
def test_what_cannot_be_checked_is_told_in_one_sentence(
    run: Any, lake: Path, arguments: tuple[str, ...], words: str
) -> None:
    said = run("check", *arguments, "--lake", lake)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1
