"""What a level is expected to do: attract the price (a pin), or stop it (a barrier).

Kinds are free text: "Call Wall", `put_wall`, "pin", "max pain". A kind that names neither is treated as a barrier, and the
report states so.
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
    """Whether the kind names a level that is expected to attract the price."""
    return _names_one_of(kind, PINS)


def is_known(kind: str) -> bool:
    """Whether the kind names a pin or a barrier."""
    return _names_one_of(kind, (*PINS, *BARRIERS))


def _names_one_of(kind: str, words: tuple[str, ...]) -> bool:
    return re.search(rf"\b(?:{'|'.join(words)})", spelled(kind)) is not None
