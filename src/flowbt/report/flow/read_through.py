"""A contract's day, or a block, in a sentence: the read-through."""

from datetime import date
from typing import Final, Protocol

from flowbt.flow.contracts import ContractDay, NotableContract
from flowbt.flow.prints import Block
from flowbt.report.flow.amounts import count, from_spot
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import counted, percent

SIDES: Final = {"ask": "bought at the ask", "bid": "sold at the bid", "mid": "traded inside the quote"}
"""Of a print; of a contract's day, what most of its tape was."""


class Traded(Protocol):
    """What a contract's day and a block have in common."""

    @property
    def last_trading_day(self) -> date: ...  # noqa: D102
    @property
    def dte(self) -> int: ...  # noqa: D102
    @property
    def tenor(self) -> str: ...  # noqa: D102
    @property
    def share_of_gross(self) -> float | None: ...  # noqa: D102
    @property
    def volume(self) -> int | None: ...  # noqa: D102
    @property
    def open_interest(self) -> int | None: ...  # noqa: D102
    @property
    def oi_change(self) -> int | None: ...  # noqa: D102
    @property
    def oi_change_is_of_day(self) -> bool: ...  # noqa: D102
    @property
    def opened_at_least(self) -> int | None: ...  # noqa: D102


def read_through(row: ContractDay, day: date, money: Money) -> str:
    """What a contract's day suggests: tenor, trade side where a tape gives it, share of the flow, openings, strike."""
    has_value = row.break_even is not None and not _has_ended(row, day)
    end = f", break-even {money.price(row.break_even)}" if has_value else ""
    side = row.side if isinstance(row, NotableContract) else None
    text = _sentence(row, day, side, f"strike {from_spot(row.distance)}{end}")
    if row.is_noise:
        other = "put" if row.option_type == "call" else "call"
        text += f" Probably noise: too small next to the {other} flow{_and_positions(row)}"
    return text


def block_read_through(row: Block, day: date) -> str:
    """What a block suggests: tenor, trade side, share of the flow, openings of the contract's day, strike."""
    return _sentence(row, day, row.side, f"strike {from_spot(row.distance)}")


def _and_positions(row: ContractDay) -> str:
    if row.oi_change_is_of_day:
        return ", and its open interest hardly changed."
    return f". {positions_sentence(row)}"


def positions_sentence(row: ContractDay) -> str:
    """What is known of a change of positions behind a small contract."""
    if row.oi_change_is_of_day:
        return "Its open interest hardly changed."
    return "The next published open interest will show whether positions changed."


def _sentence(row: Traded, day: date, side: str | None, place: str) -> str:
    tenor = f"{row.tenor.capitalize()} ({_left(row, day)}), {SIDES.get(side or '', 'side unknown')}"
    share = f"{percent(row.share_of_gross)} of the day's premium" if row.share_of_gross is not None else ""
    return f"{'; '.join(part for part in (tenor, share, _opening(row, day), place) if part)}."


def _has_ended(row: Traded, day: date) -> bool:
    """Whether the day was the contract's last trading day, so that it is no longer a position."""
    return row.last_trading_day <= day


def _left(row: Traded, day: date) -> str:
    if not _has_ended(row, day):
        return f"{counted(row.dte, 'day')} left"
    return "last trading day" if row.dte else "expired today"


def _opening(row: Traded, day: date) -> str:
    """How much of the trading opened positions, as far as open interest shows it."""
    volume, open_interest = row.volume, row.open_interest
    if not volume or _has_ended(row, day):
        return "volume unknown" if volume is None else f"volume {count(volume)}" if volume else "did not trade"
    if open_interest is None:
        return f"volume {count(volume)}, open interest unknown"
    if row.oi_change_is_of_day and row.oi_change is not None:
        return f"volume {count(volume)}; open interest {_changed(row.oi_change, open_interest)}"
    against = f"volume {count(volume)} against open interest {count(open_interest)}"
    if row.opened_at_least:
        opened = counted(row.opened_at_least, "contract was", "contracts were")
        return f"{against}: at least {opened} opened (some may have been closed the same day)"
    return f"{against}: all of it may be closing trades"


def _changed(change: int, open_interest: int) -> str:
    if not change:
        return f"unchanged at {count(open_interest)}"
    return f"{'rose' if change > 0 else 'fell'} by {count(abs(change))} to {count(open_interest)}"
