"""The compiled kernel that fills each plan on its own, bar by bar, by these intrabar rules.

A daily bar tells four prices and not their order: the open came first, the close last, and nothing is known of what
lay between. Where the order matters and cannot be known, it is taken against the trader.

**Entry**, no earlier than the session after the signal's:

- `market`: at the open of that session. No bar there: not filled.
- `stop`: waits `valid_for` sessions (and not past `exit_on`). A buy fills once high >= level, at max(open, level); a
  sale once low <= level, at min(open, level). `limit`: a buy fills once low <= level, at min(open, level); a sale
  mirrored. A session without a bar counts as waited.
- Offsets of target and stop are fractions of the price so found, before slippage.
- The stop must lie strictly on the losing side of that price and the target strictly on the winning side, else the
  plan is invalid and is not entered (a gap through the target before the entry, a long whose stop is above it).

**The entry's own bar.** The stop is checked first and counts whenever the bar reached it: after an entry at the open
that is certain to have come later; after a limit fill within the bar it is certain too, since the price crossed the
limit on its way to the stop; after a stop fill within the bar it may have come before the fill, and is counted all the
same, because the other reading would flatter. Then the target, credited only where it is certain to have come after
the fill: after an entry at the open, always; after a stop fill within the bar, always (the price opened short of the
trigger, and crosses it before it reaches the target beyond); after a limit fill within the bar, only if the bar
closed at or beyond the target (its high may have been made before the price came back to the limit).

**Every bar after that**, in this order:

1. the open: time exit (`exit_after` N, entered on session s: at the open of s + N); a gap through the stop fills at
   the open; a gap through the target fills at the open;
2. within the bar: the stop at its level; then the target at its level. Both in one bar: the stop came first;
3. the close: `exit_on`, an expiry.

**Splits.** Prices are as traded. A level was given in the shares of the signal's day, and is carried to each bar by the
shares that one share has become since (`BarGrid.shares`): after a 10:1 split a stop of 950 is one of 95. Target and stop
of an open position are carried in the same way. Cash dividends move no level.

**A session without a bar** while the position is open: nothing happens on it, it is counted, and an exit due goes to
the next bar that exists. Only an expiry cannot wait: it is settled at the last close before, as is one dated on a day
that is not a session. **Still open after the last bar**: marked at the last close, with no order.

A short is a long in mirrored prices: with every price negated, its stop lies below, its target above, and a sale
fills at what is, mirrored, the dearer price. So there is one set of rules for both.
"""

from typing import Final, NamedTuple

import numpy as np

from flowbt.backtest.bar_grid import Prices
from flowbt.backtest.plan_rows import Flags, Places, PlanArrays
from flowbt.backtest.plan_status import (
    BAD_STOP,
    BAD_TARGET,
    DATA_END,
    END,
    EXPIRED,
    EXPIRY,
    LIMIT,
    MARKET,
    NO_BAR,
    NOT_REACHED,
    READY,
    STOP,
    STOPPED,
    TARGET,
    TIME,
)
from flowbt.compiled import compiled

AT_OPEN: Final = 0
INTRABAR: Final = 1
AT_CLOSE: Final = 2


class Fills(NamedTuple):
    """What came of each plan, before costs; places and prices are -1 and NaN where the plan was not entered.

    Prices are as traded on their own day.

    `entry_phase` and `exit_phase` tell when on the session: `AT_OPEN`, `INTRABAR` or `AT_CLOSE`. `missing`: sessions
    without a bar while it was open.
    """

    outcome: Flags
    entry_at: Places
    entry_price: Prices
    entry_phase: Flags
    exit_at: Places
    exit_price: Prices
    exit_phase: Flags
    missing: Places


@compiled
def _entry_price(kind: int, level: float, open_: float, high: float, low: float) -> float:
    """The price (mirrored for a sale) at which an order fills on this bar; NaN if it does not."""
    if kind == MARKET:
        return open_
    if kind == STOP:
        return max(open_, level) if high >= level else np.nan
    return min(open_, level) if low <= level else np.nan


@compiled
def _entry(
    open_: Prices,
    high: Prices,
    low: Prices,
    shares: Prices,
    side: int,
    kind: int,
    level: float,
    first: int,
    valid_for: int,
    until: int,
) -> tuple[int, int, float]:
    """Where and at what mirrored price an order fills; else the outcome, -1 and NaN. `READY`: it filled.

    `level` is in the shares of the session before `first`.
    """
    if until < first:
        return EXPIRED, -1, np.nan
    if first >= open_.size:
        return DATA_END, -1, np.nan
    seen = False
    for at in range(first, min(first + valid_for, until + 1, open_.size)):
        if np.isnan(open_[at]):
            continue
        seen = True
        top, bottom = (high[at], low[at]) if side > 0 else (-low[at], -high[at])
        carried = level * shares[max(first - 1, 0)] / shares[at]
        price = _entry_price(kind, side * carried, side * open_[at], top, bottom)
        if not np.isnan(price):
            return READY, at, price
    return (NOT_REACHED if seen else NO_BAR), -1, np.nan


@compiled
def _at_open(open_: float, target: float, stop: float, due: bool) -> int:
    """Why a position leaves at this open (mirrored for a short), or `READY`."""
    if due:
        return TIME
    if open_ <= stop:
        return STOPPED
    return TARGET if open_ >= target else READY


@compiled
def _exit(
    open_: Prices,
    high: Prices,
    low: Prices,
    close: Prices,
    shares: Prices,
    side: int,
    limit_within: bool,
    entry_at: int,
    target: float,
    stop: float,
    due: int,
    expiry: int,
) -> tuple[int, int, float, int, int]:
    """Outcome, place, price, phase and sessions missed of a position's exit; target, stop and price are mirrored.

    Target and stop are in the shares of the entry, the price is in those of the exit. `limit_within`: the entry was a limit order that filled within the bar.
    """
    missing, last = 0, entry_at
    for at in range(entry_at, min(expiry + 1, open_.size)):
        if np.isnan(open_[at]):
            missing += 1
            continue
        last = at
        goal, floor = target * shares[entry_at] / shares[at], stop * shares[entry_at] / shares[at]
        if at > entry_at:
            outcome = _at_open(side * open_[at], goal, floor, at >= due)
            if outcome != READY:
                return outcome, at, side * open_[at], AT_OPEN, missing
        top, bottom = (high[at], low[at]) if side > 0 else (-low[at], -high[at])
        if bottom <= floor:
            return STOPPED, at, floor, INTRABAR, missing
        reached = side * close[at] if limit_within and at == entry_at else top
        if reached >= goal:
            return TARGET, at, goal, INTRABAR, missing
    return (EXPIRY if expiry < open_.size else END), last, side * close[last], AT_CLOSE, missing


@compiled
def fill_plans(open_: Prices, high: Prices, low: Prices, close: Prices, shares: Prices, plans: PlanArrays) -> Fills:
    """Fill every plan on its own.

    Args:
        open_: USD as traded, shape (symbols, sessions), NaN where the bar is missing; so are the other three prices.
        high: see `open_`.
        low: see `open_`.
        close: see `open_`.
        shares: those that one share of the first session has become, same shape.
        plans: one element per plan; those with an outcome already (malformed, unknown symbol) are left alone.
    """
    count = plans.outcome.size
    outcomes = plans.outcome.copy()
    entry_at, exit_at = np.full(count, -1), np.full(count, -1)
    entry_price, exit_price = np.full(count, np.nan), np.full(count, np.nan)
    entry_phase, exit_phase = np.zeros(count, np.int8), np.zeros(count, np.int8)
    missing = np.zeros(count, np.int64)
    for i in range(count):
        if outcomes[i] != READY:
            continue
        row, side, kind = plans.symbol[i], plans.side[i], plans.kind[i]
        outcome, at, price = _entry(
            open_[row],
            high[row],
            low[row],
            shares[row],
            side,
            kind,
            plans.level[i],
            plans.first[i],
            plans.valid_for[i],
            plans.expiry[i],
        )
        outcomes[i] = outcome
        if outcome != READY:
            continue
        # NaN stands for no such exit: no comparison with it holds
        since = shares[row, max(plans.first[i] - 1, 0)] / shares[row, at]
        target, stop = side * plans.target[i] * since, side * plans.stop[i] * since
        if np.isnan(target):
            target = price + abs(price) * plans.target_offset[i]
        if np.isnan(stop):
            stop = price - abs(price) * plans.stop_offset[i]
        if stop >= price or target <= price:
            outcomes[i] = BAD_STOP if stop >= price else BAD_TARGET
            continue
        phase = AT_OPEN if price == side * open_[row, at] else INTRABAR
        outcome, out_at, out_price, out_phase, missed = _exit(
            open_[row],
            high[row],
            low[row],
            close[row],
            shares[row],
            side,
            kind == LIMIT and phase == INTRABAR,
            at,
            target,
            stop,
            at + plans.exit_after[i],
            plans.expiry[i],
        )
        outcomes[i] = outcome
        entry_at[i], entry_price[i], entry_phase[i] = at, side * price, phase
        exit_at[i], exit_price[i], exit_phase[i] = out_at, side * out_price, out_phase
        missing[i] = missed
    return Fills(outcomes, entry_at, entry_price, entry_phase, exit_at, exit_price, exit_phase, missing)
