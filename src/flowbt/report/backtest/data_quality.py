"""What makes the numbers doubtful: unexplained price moves, splits and dividends not applied, metrics not computed."""

from collections.abc import Sequence
from math import log
from typing import Final

from flowbt.backtest import TradeJump
from flowbt.corporate_actions import SMALL
from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.kit.formats import count, counted, day, listed, percent, plain
from flowbt.report.kit.section import Item, Section
from flowbt.report.kit.table import Column, Table, words

NAMED: Final = 3
"""Moves named in the answer; the document lists all."""


def moves_section(run: BacktestRun) -> Section:
    """The moves that no split or dividend on file explains."""
    title = "Unexplained price moves"
    columns: tuple[Column[TradeJump], ...] = (
        words("Symbol", lambda jump: jump.symbol),
        words("From", lambda jump: day(jump.previous)),
        words("To", lambda jump: day(jump.day)),
        Column("Before", lambda jump: plain(jump.before)),
        Column("After", lambda jump: plain(jump.after)),
        Column("Move", lambda jump: percent(jump.move, signed=True)),
        words("Source", lambda jump: jump.source),
        Column("Plans", lambda jump: count(jump.events)),
        Column("Trades", lambda jump: count(jump.trades)),
    )
    note = "No split or dividend on file explains these moves. Plans and trades: those open across the move."
    return Section(title, tables=(Table.of(title, columns, run.jumps, note),))


def not_computed_section(run: BacktestRun) -> Section:
    """The metrics that could not be computed, with the reason."""
    if not run.failed_metrics:
        return Section("Metrics not computed")
    items = tuple(
        Item(failed.metric, f"{failed.reason} ({counted(failed.sessions, 'day')})") for failed in run.failed_metrics
    )
    note = "These metrics could not be computed; on those days they are null, as is everything that reads them."
    return Section("Metrics not computed", sentences=(note,), items=items)


def doubt_sentences(run: BacktestRun) -> tuple[str, ...]:
    """Price moves, splits and dividends that make the results doubtful; none where nothing does."""
    crossed = [jump for jump in run.jumps if jump.events or jump.trades]
    outside = [jump for jump in run.jumps if not (jump.events or jump.trades)]
    return tuple(filter(None, [_crossed(crossed), _outside(outside), *_splits(run), _dividends(run)]))


def _crossed(jumps: Sequence[TradeJump]) -> str:
    if not jumps:
        return ""
    trades, plans = max(jump.trades for jump in jumps), max(jump.events for jump in jumps)
    if len(jumps) > 1:
        spanning = "Trades" if trades else "Plans on their own"
        verb = "span"
    else:
        spanning = counted(trades, "trade") if trades else f"{counted(plans, 'plan')} (on {_own(plans)} own)"
        verb = "spans" if (trades or plans) == 1 else "span"
    them = "it" if len(jumps) == 1 else "them"
    return (
        f"No split or dividend on file explains {_moves(jumps)}. {spanning} {verb} {them}, so the results are doubtful; if it "
        "was a split, add it with `flowbt ingest actions`."
    )


def _own(plans: int) -> str:
    return "its" if plans == 1 else "their"


def _outside(jumps: Sequence[TradeJump]) -> str:
    if not jumps:
        return ""
    them = "it" if len(jumps) == 1 else "them"
    return f"Nothing on file explains {_moves(jumps)}. No trade spans {them}, but buy and hold and the base rate do."


def _splits(run: BacktestRun) -> tuple[str, ...]:
    splits = run.splits_not_in_bars
    if not splits:
        return ()
    named = [f"{split.symbol} {split.value:g}-for-1 on {day(split.day)}" for split in splits]
    one = len(splits) == 1
    texts = [
        f"The bars do not show {'this split' if one else 'these splits'} on file, so {'it was' if one else 'they were'} not "
        f"applied: {listed(named, NAMED)}. Such bars are already split-adjusted; strikes are not."
    ]
    if any(abs(log(split.value)) < SMALL for split in splits):
        texts.append(
            "A split smaller than 6-for-5 can be hidden by an ordinary move, so this may be wrong; bars with adjusted closes "
            "would settle it."
        )
    return tuple(texts)


def _dividends(run: BacktestRun) -> str:
    dividends = run.dividends_in_prices
    if not dividends:
        return ""
    symbols = sorted({dividend.symbol for dividend in dividends})
    return (
        f"The prices of {listed(symbols, NAMED)} are already adjusted for dividends, so {counted(len(dividends), 'dividend')} "
        f"on file {'was' if len(dividends) == 1 else 'were'} not paid again."
    )


def _moves(jumps: Sequence[TradeJump]) -> str:
    """Moves by symbol, dates, size and prices."""
    named = [
        f"the {percent(jump.move, signed=True)} move of {jump.symbol} from {day(jump.previous)} to {day(jump.day)} "
        f"({plain(jump.before)} to {plain(jump.after)}{' in the chain' if jump.source == 'chain' else ''})"
        for jump in jumps
    ]
    return listed(named, NAMED)
