"""The strategies that come with flowbt: the files of `strategies/`, which are also there to be copied and edited."""

from functools import cache
from pathlib import Path
from typing import Final

from flowbt.errors import FlowbtError
from flowbt.strategy.files import StrategyFile, load_strategy

FOLDER: Final = "strategies"
HOMES: Final = (Path(__file__).parents[1] / FOLDER, Path(__file__).parents[3] / FOLDER)
"""Within an installed package, and beside `src/` in a checkout."""


@cache
def shipped_strategy(file: str) -> StrategyFile:
    """The strategy of a file of `strategies/`, as in `option_play.py`.

    Raises:
        FlowbtError: this installation has no such file.
    """
    for home in HOMES:
        if (home / file).is_file():
            return load_strategy(home / file)
    raise FlowbtError(f"the shipped strategy '{FOLDER}/{file}' is missing: install flowbt anew")
