"""The strategies that come with flowbt."""

import tomllib
from pathlib import Path

import pytest

import flowbt
from flowbt.errors import FlowbtError
from flowbt.strategy import load_strategy, new_strategy, plan_of
from flowbt.strategy.homes import FOLDER, HOMES
from flowbt.strategy.shipped import shipped_strategy

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


def test_the_command_of_a_report_works_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_strategy("strategies/option_play.py").path == HOMES[1] / "option_play.py"
    with pytest.raises(FlowbtError, match=r"no strategy file 'elsewhere/option_play\.py'"):
        load_strategy("elsewhere/option_play.py")


def test_a_file_of_ones_own_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "strategies"
    own.mkdir()
    (own / "option_play.py").write_text((HOMES[1] / "stock_play.py").read_text())
    monkeypatch.chdir(tmp_path)
    assert load_strategy("strategies/option_play.py").strategy.__name__ == "StockPlay"


def test_one_that_there_is_not() -> None:
    with pytest.raises(FlowbtError, match=r"'strategies/option_game\.py' is missing"):
        shipped_strategy("option_game.py")
