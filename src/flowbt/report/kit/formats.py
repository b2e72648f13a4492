"""How numbers are written: minus signs, percent, points, p-values; and how words agree with them.

What is not a finite number is written `MISSING`. A number that rounds to zero carries no sign.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

MISSING: Final = "n/a"


def known(value: Any) -> float | None:
    """The value as a number, or None where it is none (None, NaN, infinite, text)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def plain(value: Any, digits: int = 2, *, signed: bool = False) -> str:
    """A number: `1,234.50`, or with its sign `+1.50`."""
    number = known(value)
    if number is None:
        return MISSING
    number = round(number, digits)
    text = f"{abs(number):,.{digits}f}"
    if number < 0:
        return f"−{text}"
    return f"+{text}" if signed and number > 0 else text


def percent(value: Any, digits: int = 1, *, signed: bool = False) -> str:
    """A fraction as percent: `+1.2%`."""
    number = known(value)
    return MISSING if number is None else f"{plain(100 * number, digits, signed=signed)}%"


def hundredths(value: Any) -> str:
    """A fraction as signed percent with two digits, for columns: `+1.23%`."""
    return percent(value, 2, signed=True)


def small_percent(value: Any) -> str:
    """A fraction as signed percent, with as many digits as its size asks for: `+12.3%`, `+1.23%`, `−0.045%`."""
    number = known(value)
    if number is None:
        return MISSING
    size = abs(100 * number)
    return percent(number, 1 if size >= 10 else 2 if size >= 0.1 or size < 0.0005 else 3, signed=True)


def small_interval(bounds: Any) -> str:
    """Two fractions as signed percent, both with the digits that the larger asks for: `−0.10% to +1.02%`."""
    if not isinstance(bounds, Sequence) or None in map(known, bounds):
        return MISSING
    digits = len(small_percent(max(map(abs, bounds))).partition(".")[2]) - 1
    return interval(bounds, lambda bound: percent(bound, digits, signed=True))


def points(value: Any, digits: int = 0) -> str:
    """A difference of two shares in percentage points, without the word: `+2`."""
    number = known(value)
    return MISSING if number is None else plain(100 * number, digits, signed=True)


def count(value: Any) -> str:
    """A whole number: `1,234`."""
    return plain(value, 0)


def p_value(value: Any) -> str:
    """A p-value: `0.60`, `0.034`, `<0.001`."""
    number = known(value)
    if number is None:
        return MISSING
    if number < 0.001:
        return "<0.001"
    return f"{number:.2f}" if number >= 0.0995 else f"{number:.3f}"


def p_phrase(value: Any) -> str:
    """A p-value within a sentence: `p = 0.60`, `p < 0.001`."""
    text = p_value(value)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"


def interval(bounds: Any, write: Callable[[Any], str]) -> str:
    """Two bounds, each written by `write`: `+1.0 to +3.0`."""
    if not isinstance(bounds, Sequence) or len(bounds) != 2 or None in map(known, bounds):
        return MISSING
    return f"{write(bounds[0])} to {write(bounds[1])}"


def day(value: Any) -> str:
    """A date, given as one or as text, as YYYY-MM-DD."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    return MISSING if value is None else str(value)


def span(document: Mapping[str, Any], before: str = "") -> str:
    """The period of a document, `2024-01-02 to 2024-12-31`, after `before`; nothing where it has none."""
    first, last = document.get("from"), document.get("to")
    return f"{before}{day(first)} to {day(last)}" if first and last else ""


def counted(number: int, noun: str, plural: str = "") -> str:
    """A noun with its number: `no trades`, `1 trade`, `23 trades`."""
    return f"{count(number) if number else 'no'} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names as a phrase: `A`, `A and B`, `A, B and C`; more than `most`: `A, B, C and 27 more`."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def cell(value: Any) -> str:
    """A setting or fact of whatever type, as text."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if not math.isfinite(value):
            return MISSING
        return plain(value, 6).rstrip("0").rstrip(".") if abs(value) >= 1e-4 else f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value)) or "none"
    return str(value)
