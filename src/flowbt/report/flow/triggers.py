"""The triggers to watch in words: what must be observed, when it can be judged, and what it would mean."""

from dataclasses import replace

from flowbt.flow.report import VERDICTS, FlowReport
from flowbt.flow.triggers import FollowThrough, LevelBroken, RenewedTrading, Trigger, VerdictRepeated
from flowbt.report.flow.amounts import count, day_of
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import plain
from flowbt.report.kit.section import Item, Section


def watch_section(report: FlowReport) -> Section:
    """Triggers, and when each can be judged."""
    items = tuple(Item(row.trigger, f"Known {row.known_at}. {row.then}") for row in report.watch)
    return Section("Watch next session", items=items)


def worded_trigger(row: Trigger, gex: float | None, money: Money) -> Trigger:
    """The trigger with its `trigger`, `then` and `known_at` in words.

    Args:
        row: the trigger.
        gex: gamma exposure at the spot, whose sign decides what a cross of zero gamma means.
        money: the report's currency.
    """
    trigger, then = _words(row, gex, money)
    clock = "before the open" if row.clock == "pre_open" else "at the close"
    return replace(row, trigger=trigger, then=then, known_at=f"{row.known_on} {clock}")


def _words(row: Trigger, gex: float | None, money: Money) -> tuple[str, str]:
    match row:
        case FollowThrough():
            return _follow_through(row, money)
        case RenewedTrading():
            return _renewed(row, money)
        case LevelBroken():
            return f"A close {row.direction} {money.price(row.price)} ({row.level})", _level(row, gex, money)
        case VerdictRepeated():
            verdict = VERDICTS[row.verdict]
            return f"The flow verdict is {verdict} again", f"The {verdict} flow persists."
    raise TypeError(f"no words for {type(row).__name__}")


def _follow_through(row: FollowThrough, money: Money) -> tuple[str, str]:
    now = f"now {count(row.open_interest)}; volume {count(row.volume)}"
    kept, closed = count(row.kept_at), count(row.closed_below)
    # without open interest nothing can be unwound
    unwinds = row.closed_below > 0
    below = f", or below {closed}" if unwinds else ""
    trigger = f"Open interest of the {money.contract(row)} at {kept} or more{below} ({now})"
    unwound = f"; below {closed} they were unwound" if unwinds else ""
    return trigger, f"At {kept} or more the positions were kept (follow-through){unwound}."


def _renewed(row: RenewedTrading, money: Money) -> tuple[str, str]:
    first, last = row.expirations
    expiries = f"{day_of(first)} expiry" if first == last else f"expiries {day_of(first)} to {day_of(last)}"
    side, beyond, turn = ("call", "above", "below") if row.option_type == "call" else ("put", "below", "above")
    trigger = (
        f"Renewed {side} trading at or {beyond} {money.price(row.strike)} ({expiries}): more than today's {count(row.volume)}, with "
        f"the P/C volume ratio {turn} today's {plain(row.ratio)}"
    )
    return trigger, f"That would be {'bullish' if side == 'call' else 'bearish'} flow beyond the expected move."


def _level(row: LevelBroken, gex: float | None, money: Money) -> str:
    if row.level == "zero gamma":
        turned = "changes its sign" if not gex else "turns positive" if gex < 0 else "turns negative"
        return f"{row.direction.capitalize()} it, assumed dealer gamma {turned}."
    role = "resistance" if row.direction == "above" else "support"
    return f"{role.capitalize()} is broken: {row.level} at {money.price(row.price)}."
