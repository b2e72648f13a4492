"""A contract's day, or a block, in a sentence: the read-through."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flowbt.report.flow.amounts import count, from_spot, percent, price
from flowbt.report.kit.formats import counted

Row = Mapping[str, Any]

SIDES: Final = {"ask": "bought at the ask", "bid": "sold at the bid", "mid": "done inside the quote"}
"""Of a print; of a contract's day, what most of its tape was."""


def read_through(row: Row, day: date) -> str:
    """What a contract's day says: tenor, side where a tape tells it, share of the flow, what was opened, where it lies."""
    end = f", break-even {price(row['break_even'])}" if row["break_even"] is not None and not _ended(row, day) else ""
    text = _read_through(row, day, f"strike {from_spot(row['distance'])}{end}")
    if row["is_noise"]:
        text += f" Noise by its size: too small to set against the other side; {behind(row)}."
    return text


def behind(row: Row) -> str:
    """What is known of a change of positions behind a small contract."""
    if row["oi_change_is_of_day"]:
        return "its open interest hardly changed"
    return "whether positions changed behind it is published before the next open"


def _ended(row: Row, day: date) -> bool:
    """Whether the day was the last on which the contract traded, so that it is no longer a position."""
    return bool(row["last_trading_day"] <= day)


def _left(row: Row, day: date) -> str:
    if not _ended(row, day):
        return f"{counted(row['dte'], 'day')} left"
    return "last trading day" if row["dte"] else "expired with the session"


def _opening(row: Row, day: date) -> str:
    """What of the trading are new positions, as far as the open interest tells."""
    opened, volume, held = row["opened_at_least"], row["volume"], row["open_interest"]
    if volume is None:
        return "whether it traded is not known"
    if not volume or _ended(row, day):
        return f"{count(volume)} traded" if volume else "did not trade"
    if held is None:
        return f"{count(volume)} traded, what is held is not known"
    if row["oi_change_is_of_day"] and row["oi_change"] is not None:
        change = row["oi_change"]
        moved = (
            f"rose by {count(change)}" if change > 0 else f"fell by {count(-change)}" if change else "stayed as it was"
        )
        return f"{count(volume)} traded, the open interest {moved}, to {count(held)}"
    if opened:
        return f"{count(volume)} traded against {count(held)} held, at least {count(opened)} of them to open, if only for the day"
    return f"{count(volume)} traded of {count(held)} held, which may all be closing"


def print_read_through(row: Row, day: date) -> str:
    """What a block says: tenor, side, share of the flow, what of the contract's day was opened, where it lies."""
    return _read_through(row, day, f"strike {from_spot(row['distance'])}")


def _read_through(row: Row, day: date, place: str) -> str:
    side = SIDES.get(row.get("side") or "", "side unknown")
    share = f"{percent(row['share_of_gross'])} of the day's premium" if row["share_of_gross"] is not None else ""
    said = [f"{row['tenor'].capitalize()} ({_left(row, day)}), {side}", share, _opening(row, day), place]
    return f"{'; '.join(part for part in said if part)}."
