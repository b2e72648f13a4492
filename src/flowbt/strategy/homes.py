"""Location of the bundled strategies."""

from pathlib import Path
from typing import Final

FOLDER: Final = "strategies"
HOMES: Final = (Path(__file__).parents[1] / FOLDER, Path(__file__).parents[3] / FOLDER)
"""Within an installed package, and next to `src/` in a checkout."""


def shipped_path(file: str) -> Path | None:
    """Path of a file of `strategies/`; None where there is none of that name."""
    return next((home / file for home in HOMES if (home / file).is_file()), None)
