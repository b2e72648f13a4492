"""The strategies that come with flowbt."""

import tomllib
from pathlib import Path

import pytest

import flowbt
from flowbt.errors import FlowbtError
from flowbt.strategy import new_strategy, plan_of
from flowbt.strategy.shipped import FOLDER, HOMES, shipped_strategy

FILES = sorted(path.name for path in HOMES[1].glob("*.py"))


def test_there_are_some() -> None:
    assert {"option_play.py", "protective_put.py", "stock_play.py"} < set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_each_has_a_plan_and_says_its_idea(file: str) -> None:
    strategy = new_strategy(shipped_strategy(file))
    assert {"when", "side"} <= plan_of(strategy).columns().keys()
    assert (type(strategy).__doc__ or "").strip()


def test_an_installed_package_has_them_where_they_are_looked_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {FOLDER: f"flowbt/{FOLDER}"}
    assert HOMES[0] == Path(flowbt.__file__).parent / FOLDER


def test_a_file_is_loaded_once() -> None:
    assert shipped_strategy("option_play.py") is shipped_strategy("option_play.py")


def test_one_that_there_is_not() -> None:
    with pytest.raises(FlowbtError, match=r"'strategies/option_game\.py' is missing"):
        shipped_strategy("option_game.py")
