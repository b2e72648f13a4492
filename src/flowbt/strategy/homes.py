"""Where the strategies that come with flowbt lie."""

from pathlib import Path
from typing import Final

FOLDER: Final = "strategies"
HOMES: Final = (Path(__file__).parents[1] / FOLDER, Path(__file__).parents[3] / FOLDER)
"""Within an installed package, and beside `src/` in a checkout."""


def shipped_path(file: str) -> Path | None:
    """The file of `strategies/` of that name; None where there is none."""
    return next((home / file for home in HOMES if (home / file).is_file()), None)
