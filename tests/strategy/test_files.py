"""Loading strategy files, good and bad."""

import os
from pathlib import Path

import pytest

from flowbt.errors import FlowbtError
from flowbt.metrics import SHIPPED
from flowbt.settings import flatten
from flowbt.strategy import load_strategy, new_strategy

GOOD = '''
"""An idea."""
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
    """Short."""
    above: float = 1.5

    def plan(self) -> Plan:
        return Plan(when=pl.col("fear") > self.above, side="short", exit_after=3)
'''


def written(folder: Path, text: str) -> Path:
    path = folder / "idea.py"
    path.write_text(text)
    return path


def test_a_file_gives_its_strategy_with_its_own_metrics(tmp_path: Path) -> None:
    loaded = load_strategy(written(tmp_path, GOOD))
    assert loaded.strategy.__name__ == "Fear"
    assert "fear" in loaded.catalogue
    assert "fear" not in SHIPPED


def test_a_file_can_be_loaded_twice(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert load_strategy(path).sha256 == load_strategy(path).sha256


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def broken(:\n", r"idea\.py' line 1: "),
        ("x = 1\ny = x / 0\n", r"idea\.py' line 2: ZeroDivisionError"),
        ("import nothing_of_this_name\n", "ModuleNotFoundError"),
        ("x = 1\n", "it defines none"),
        (
            GOOD + GOOD.split("@dataclass")[1].join(["@dataclass", ""]).replace("Fear", "Dread"),
            "it defines Fear, Dread",
        ),
        (GOOD.replace("@dataclass(frozen=True)\n", ""), "is not a dataclass"),
        (
            GOOD.replace('    """Put/call volume ratio against its own median of the last 20 sessions."""\n', ""),
            "has no docstring",
        ),
        (GOOD.replace("def fear", "def gex"), "'gex' already exists"),
    ],
    ids=["syntax", "raises", "import", "none", "two", "no dataclass", "no docstring", "taken name"],
)
def test_a_bad_file_is_told_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FlowbtError, match=message) as raised:
        load_strategy(written(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FlowbtError, match="no strategy file"):
        load_strategy(tmp_path / "none.py")


def test_a_file_changed_within_the_second_is_run_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    source = (Path(__file__).parents[2] / "strategies" / "bearish_verdict.py").read_text()
    for hold in (3, 4):
        path.write_text(source.replace("hold: int = 3", f"hold: int = {hold}"))
        os.utime(path, (1, 1))
        assert flatten(new_strategy(load_strategy(path)))["hold"] == hold
    assert [found.name for found in tmp_path.iterdir()] == ["mine.py"]
