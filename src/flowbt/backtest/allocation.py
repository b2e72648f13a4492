"""The compiled kernel that gives filled plans one account to share, and writes vectorbt's order records.

The day is taken in five steps, since within a bar no order of things is known:

1. exits at the open; 2. entries at the open; 3. entries within the bar; 4. exits within the bar; 5. exits at the close.

So the proceeds of an exit serve an entry only where the exit is sure to have come first, and a symbol is entered again
on the session of its exit only if that exit was at the open. Within a step the plans keep their order.

An entry asks for its `size` of the equity marked at the previous session's closes (what a trader knows when placing
the order). It gets at most what is not invested yet: the equity less the gross exposure (shorts count as much as
longs), both at the previous closes, with today's exits at the open and today's entries at their prices, and room left
for the fee. So no entry takes the gross exposure above the equity; a short that moves against its holder afterwards
may. An entry that could get less than a hundredth of what it asks for is skipped.

Shares and prices are those of the first session here (`BarGrid.shares`), so that a split changes neither. A dividend is
cash once its ex-date is over, since the close before it, at which the equity is marked, still has it in the price; a
position that is closed on its ex-date brings it with the proceeds. Where several exchanges are traded, the day is taken exchange by
exchange in the order in which they open, and an exit at the open serves no entry on an exchange that opens earlier.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flowbt.backtest.bar_grid import Prices
from flowbt.backtest.plan_rows import Flags, Places
from flowbt.backtest.plan_status import END, NO_CASH, OVERLAP, TAKEN
from flowbt.compiled import compiled

ORDER_RECORDS: Final = np.dtype(
    [
        ("id", np.int64),
        ("col", np.int64),
        ("idx", np.int64),
        ("size", np.float64),
        ("price", np.float64),
        ("fees", np.float64),
        ("side", np.int64),
    ],
    align=True,
)
"""vectorbt's `order_dt`; `side` is 0 for a buy and 1 for a sale."""

Records = npt.NDArray[np.void]
LEAST_SHARE: Final = 0.01


class FillArrays(NamedTuple):
    """The columns of `events.FILLS` that the allocation needs, sorted by entry session, `opens`, entry phase and plan.

    Prices are per share of the first session; `opens` is the place of the symbol's exchange in the order of opening.
    """

    row: Places
    direction: Places
    outcome: Flags
    entry_at: Places
    entry_price: Prices
    exit_at: Places
    exit_phase: Flags
    exit_price: Prices
    size: Prices
    opens: Places


@compiled
def _write(records: Records, at: int, col: int, idx: int, shares: float, price: float, fees: float) -> None:
    """One order; `shares` is negative for a sale."""
    records[at]["col"] = col
    records[at]["idx"] = idx
    records[at]["size"] = abs(shares)
    records[at]["price"] = price
    records[at]["fees"] = abs(shares) * price * fees
    records[at]["side"] = 0 if shares > 0 else 1


@compiled
def _close_due(
    fills: FillArrays,
    held: Prices,
    holder: Places,
    paid_to: Places,
    dividends: Prices,
    at: int,
    opening: int,
    fees: float,
    records: Records,
    written: int,
) -> tuple[float, int]:
    """Close what ended before session `at`, or at its open; the cash that brings, and the orders written.

    `opening`: -1 for what ended before `at`; else what ended at its open, on exchanges that open no later than this place.
    """
    proceeds = 0.0
    for row in range(holder.size):
        own = holder[row]
        if own < 0 or fills.outcome[own] == END:
            continue
        out, price = fills.exit_at[own], fills.exit_price[own]
        at_open = out == at and fills.exit_phase[own] == 0 and fills.opens[own] <= opening
        if at_open if opening >= 0 else out < at:
            proceeds += held[own] * price - abs(held[own]) * price * fees
            proceeds += held[own] * (dividends[row, out] - dividends[row, paid_to[row]])
            _write(records, written, row, out, -held[own], price, fees)
            written += 1
            holder[row] = -1
    return proceeds, written


@compiled
def _collect(held: Prices, holder: Places, paid_to: Places, dividends: Prices, until: int) -> float:
    """The dividends of the open positions up to a session, which are then paid to that session."""
    received = 0.0
    for row in range(holder.size):
        if holder[row] >= 0:
            received += held[holder[row]] * (dividends[row, until] - dividends[row, paid_to[row]])
            paid_to[row] = until
    return received


@compiled
def _worth(held: Prices, holder: Places, marked: Prices) -> tuple[float, float]:
    """What the open positions are worth together (shorts negative), and their gross exposure."""
    net, gross = 0.0, 0.0
    for row in range(holder.size):
        if holder[row] >= 0:
            value = held[holder[row]] * marked[row]
            net += value
            gross += abs(value)
    return net, gross


@compiled
def allocate(
    fills: FillArrays, marks: Prices, dividends: Prices, initial_cash: float, fees: float, records: Records
) -> tuple[Flags, int]:
    """Share the cash among the fills, in their order.

    Args:
        fills: sorted by entry session, `opens`, entry phase and plan; no entry on the first session.
        marks: last known closes in USD, shape (symbols, sessions).
        dividends: USD received so far, same shape; both per share of the first session.
        initial_cash: USD.
        fees: fraction of the notional, per fill.
        records: room for two orders per fill; each symbol's orders are written in their order in time.

    Returns:
        What was done with each fill (`TAKEN`, `OVERLAP`, `NO_CASH`), and the number of orders written.
    """
    verdict, held = np.full(fills.row.size, TAKEN, np.int8), np.zeros(fills.row.size)
    holder = np.full(marks.shape[0], -1)  # the fill that is open in each symbol
    paid_to = np.zeros(marks.shape[0], np.int64)  # the session up to which its dividends are in the cash
    marked = np.zeros(marks.shape[0])  # its mark: the previous close, or its price if entered today
    cash, equity, today, hour, written = initial_cash, initial_cash, -1, -1, 0
    for i in range(fills.row.size):
        row, at = fills.row[i], fills.entry_at[i]
        if at != today:
            today, hour = at, -1
            proceeds, written = _close_due(fills, held, holder, paid_to, dividends, at, -1, fees, records, written)
            cash += proceeds + _collect(held, holder, paid_to, dividends, at - 1)
            marked[:] = marks[:, at - 1]
            equity = cash + _worth(held, holder, marked)[0]
        if fills.opens[i] != hour:
            hour = fills.opens[i]
            proceeds, written = _close_due(fills, held, holder, paid_to, dividends, at, hour, fees, records, written)
            cash += proceeds
        if holder[row] >= 0:
            verdict[i] = OVERLAP
            continue
        net, gross = _worth(held, holder, marked)
        wanted = fills.size[i] * equity
        notional = min(wanted, (cash + net - gross) / (1.0 + fees))
        if not notional > 0.0 or notional < LEAST_SHARE * wanted:
            verdict[i] = NO_CASH
            continue
        shares = notional / fills.entry_price[i]
        if not 0.0 < shares < np.inf:
            # a price at the edge of what a double holds
            verdict[i] = NO_CASH
            continue
        held[i] = fills.direction[i] * shares
        cash -= held[i] * fills.entry_price[i] + notional * fees
        _write(records, written, row, at, held[i], fills.entry_price[i], fees)
        written += 1
        holder[row], marked[row], paid_to[row] = i, fills.entry_price[i], at
    _, written = _close_due(fills, held, holder, paid_to, dividends, marks.shape[1], -1, fees, records, written)
    return verdict, written
