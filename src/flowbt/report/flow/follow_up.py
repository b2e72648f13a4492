"""What happened after the day, in words."""

from dataclasses import replace
from typing import Final

from flowbt.flow.follow_up import FollowedIdea, FollowedLevel, FollowedTrade, FollowUp
from flowbt.flow.followed_triggers import FollowedTrigger, Observed
from flowbt.flow.report import VERDICTS, FlowReport
from flowbt.flow.triggers import FollowThrough
from flowbt.report.flow.amounts import count
from flowbt.report.flow.levels import clipped
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import counted, percent, plain
from flowbt.report.kit.section import Item, Section
from flowbt.report.kit.table import Column, Table, words

RESULTS: Final = {
    "came": "Yes",
    "did not come": "No",
    "unwind": "Unwound",
    "undecided": "Undecided: some positions were kept",
    "not comparable": "Not comparable",
    "not known yet": "Not known yet",
}
NOT_REACHED: Final = {"stop": "was not broken", "limit": "was not reached"}


def follow_up_section(report: FlowReport, money: Money) -> Section:
    """What happened to triggers, ideas and levels, where that was requested."""
    followed = report.follow_up
    if followed is None:
        return Section("Follow-up")
    outcomes = [Item(row.what, row.outcome) for row in followed.watch]
    outcomes += [Item(row.what, row.outcome) for row in followed.trade_ideas]
    columns: list[Column[FollowedLevel]] = [
        words("Level", lambda row: clipped(row.level)),
        Column("Price", lambda row: money.quote(row.price)),
        words("Outcome", lambda row: row.outcome),
        words("First touched", lambda row: str(row.touched or "never")),
        words("Was a", lambda row: row.label),
    ]
    levels = Table.of("Levels since", columns, followed.levels)
    return Section("Follow-up", sentences=followed.says, tables=(levels,), items=tuple(outcomes))


def worded_follow_up(report: FlowReport, money: Money) -> FollowUp | None:
    """The follow-up of a report whose triggers are in words, with its sentences."""
    followed = report.follow_up
    if followed is None:
        return None
    worded = [
        replace(row, trigger=trigger, what=trigger.trigger, outcome=_trigger(row, money))
        for row, trigger in zip(followed.watch, report.watch, strict=True)
    ]
    return replace(
        followed,
        says=(_path(report, followed, money),),
        watch=tuple(worded),
        levels=tuple(replace(row, outcome=_level(row)) for row in followed.levels),
        trade_ideas=tuple(
            replace(row, what=row.idea.capitalize(), outcome=_idea(row, money)) for row in followed.trade_ideas
        ),
    )


def _path(report: FlowReport, followed: FollowUp, money: Money) -> str:
    if not followed.path:
        return f"The lake has no price for any session after {report.date}."
    moves = ", ".join(
        f"{percent(row.change, 2, signed=True)} after {counted(row.sessions, 'session')} ({money.price(row.close)})"
        for row in followed.path
    )
    verdict = f"The verdict was {report.verdict}." if report.verdict else "There was no verdict."
    return f"From the close of {money.price(report.close)}: {moves}. {verdict}"


def _trigger(row: FollowedTrigger, money: Money) -> str:
    seen, result, session = row.seen, RESULTS[row.result], row.trigger.known_on
    if isinstance(row.trigger, FollowThrough) and row.result == "came":
        result = "Follow-through"
    if seen == Observed():
        return f"{result}: the lake has no data of {session} for it."
    split = f"a split of {seen.split:g} for 1" if seen.split is not None else ""
    if row.result == "not comparable":
        return f"{result} ({session}: {split})."
    in_old = f", in contracts from before {split}" if split else ""
    return f"{result} ({session}: {_numbers(seen, money)}{in_old})."


def _numbers(seen: Observed, money: Money) -> str:
    """The numbers by which a trigger was judged."""
    if seen.open_interest is not None:
        return f"open interest {count(seen.open_interest)}"
    if seen.volume is not None:
        return f"volume {count(seen.volume)}, P/C volume {plain(seen.ratio)}"
    if seen.verdict is not None:
        return f"{VERDICTS[seen.verdict]}, score {plain(seen.score, signed=True)}"
    return f"closed at {money.price(seen.close)}"


def _level(row: FollowedLevel) -> str:
    return f"broken on {row.broken}" if row.result == "broken" else row.result


def _idea(row: FollowedIdea, money: Money) -> str:
    trade = row.trade
    if trade is None:
        return _not_entered(row, money)
    entered = f"Entered in shares on {trade.entry_date} at {money.price(trade.entry_price)}"
    gain = percent(trade.total_return, 2, signed=True)
    if trade.exit_reason == "end":
        return f"{entered}; still open, {gain}{_actions(trade, money)}."
    exited = f"exited on {trade.exit_date} at {money.price(trade.exit_price)}"
    reason = trade.exit_reason.replace("_", " ")
    return f"{entered}, {exited} ({reason}): {gain} after costs{_actions(trade, money)}."


def _actions(trade: FollowedTrade, money: Money) -> str:
    """The splits and dividends that make the return differ from that of the two prices."""
    ratio, dividends = trade.split_ratio or 1, trade.dividends or 0
    actions = [f"a split of {ratio:g} for 1"] if ratio != 1 else []
    if dividends:
        direction = "received" if dividends > 0 else "paid"
        actions.append(f"a dividend of {money.price(abs(dividends))} per share {direction}")
    return f", with {' and '.join(actions)}" if actions else ""


def _not_entered(row: FollowedIdea, money: Money) -> str:
    if row.waited < row.valid_for:
        return f"Not entered yet: {counted(row.waited, 'session')} since."
    reach = NOT_REACHED.get(row.entry_kind)
    if reach is None:
        return "Not entered: its levels were on the wrong side of the next open, or there was no bar."
    return f"Not filled: {money.price(row.entry)} {reach} within {counted(row.valid_for, 'session')}."
