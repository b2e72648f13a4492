"""What a level is said to do: draw the price to itself (a pin), or stand in its way (a barrier).

Kinds are free words: "Call Wall", `put_wall`, "pin", "max pain". What names neither is taken for a barrier, and that is said.
"""

import re
from typing import Final

PINS: Final = ("pin", "magnet", "max pain", "maxpain", "gravity", "absolute gamma", "peak gex", "gex peak")
BARRIERS: Final = (
    "wall", "support", "resistance", "floor", "ceiling", "barrier", "peak", "trigger", "target", "stop", "breakout",
    "zero gamma", "gamma flip", "flip", "pivot", "high", "low", "band", "bollinger", "contention", "average", "sma", "vwap",
)  # fmt: skip


def spelled(kind: str) -> str:
    """A kind in lower case, blanks for underscores and hyphens: `Call_Wall` is "call wall"."""
    return re.sub(r"[\s_-]+", " ", kind).strip().lower()


def is_pin(kind: str) -> bool:
    """Whether the price is said to be drawn to it."""
    return _names_one_of(kind, PINS)


def is_known(kind: str) -> bool:
    """Whether the kind names a pin or a barrier."""
    return _names_one_of(kind, (*PINS, *BARRIERS))


def _names_one_of(kind: str, words: tuple[str, ...]) -> bool:
    return re.search(rf"\b(?:{'|'.join(words)})", spelled(kind)) is not None
