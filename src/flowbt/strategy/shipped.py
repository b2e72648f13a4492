"""The bundled strategies: the files of `strategies/`, which users can copy and edit."""

from functools import cache

from flowbt.errors import FlowbtError
from flowbt.strategy.files import StrategyFile, load_strategy
from flowbt.strategy.homes import FOLDER, shipped_path


@cache
def shipped_strategy(file: str) -> StrategyFile:
    """The strategy of a file of `strategies/`, as in `option_play.py`.

    Raises:
        FlowbtError: this installation has no such file.
    """
    path = shipped_path(file)
    if path is None:
        raise FlowbtError(f"the bundled strategy '{FOLDER}/{file}' is missing: reinstall flowbt")
    return load_strategy(path)
