"""The colours of charts and pages, for light and for dark; told apart by the colour-blind.

A chart is drawn once, in the light colours; on the page each of them becomes a class whose colour follows the reader's
light or dark mode (`svg.py`, `stylesheet`). Hues are those of Okabe and Ito, darkened or lightened to stand out from
the ground.
"""

from typing import Final, NamedTuple


class Colour(NamedTuple):
    """One colour in both modes, as lower-case hex."""

    light: str
    dark: str


COLOURS: Final[dict[str, Colour]] = {
    "ground": Colour("#ffffff", "#15181c"),
    "ink": Colour("#1b1d20", "#e6e7e8"),
    "muted": Colour("#5b6168", "#a0a6ad"),
    "rule": Colour("#e2e4e7", "#2c3138"),
    "tint": Colour("#f5f7f9", "#1c2026"),
    "blue": Colour("#0072b2", "#58b4ec"),
    "vermilion": Colour("#c94f00", "#ff8c4b"),
    "green": Colour("#00805f", "#35c497"),
    "amber": Colour("#b07a00", "#eab54a"),
    "purple": Colour("#a34d80", "#dd97c1"),
    "grey": Colour("#85898e", "#7d838a"),
    "pale": Colour("#c5c9ce", "#4a515a"),
}

STRATEGY: Final = COLOURS["blue"].light
BENCHMARK: Final = COLOURS["grey"].light
LOSS: Final = COLOURS["vermilion"].light

EXITS: Final[dict[str, str]] = {
    "target": COLOURS["green"].light,
    "stop": COLOURS["vermilion"].light,
    "time": COLOURS["blue"].light,
    "expiry": COLOURS["purple"].light,
    "missing quote": COLOURS["amber"].light,
    "still open": COLOURS["grey"].light,
}
"""By the words of `glossary.EXIT_REASONS`."""

VERDICTS: Final[dict[str, str]] = {
    "bearish": COLOURS["vermilion"].light,
    "neutral": COLOURS["muted"].light,
    "bullish": COLOURS["blue"].light,
}


def stylesheet() -> str:
    """The colours as CSS: variables for both modes, and the classes of the charts; paper is always light."""

    def variables(mode: int) -> str:
        return "".join(f"--{name}:{colour[mode]};" for name, colour in COLOURS.items())

    classes = "".join(f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in COLOURS)
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{variables(1)}}}}}"
    return f":root{{color-scheme:light dark;{variables(0)}}}\n{dark}\n{classes}\n"
