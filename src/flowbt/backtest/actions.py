"""Splits and dividends on file, laid on a grid of sessions.

Everything is counted for the holder of one share at the first session of the grid:

- `shares`: how many shares that one share has become. It starts at 1 and changes at the first session on or after the
  ex-date of a split, by the new shares for each old one.
- `dividends`: the USD received for it so far. A dividend counts from its ex-date, or from the first bar after it where
  there is none, so that it is received on the day on which the price loses it. It is paid on shares after a split of
  the same day.

A price times `shares` is comparable across splits, and a level of session s is worth `level x shares[s] / shares[t]` on
session t. Both arrays look back only: what is on file after a session changes nothing up to it.

**Bars that are split-adjusted already** show no step where a split is on file; such a split is not applied to them, since
it would move the price a second time. Whether the step is there is read from the bar that first follows the ex-date: its
open is compared with the close before, with and without the split.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.errors import FlowbtError

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

SPLITS_NOT_IN_BARS = {"symbol": pl.String(), "date": pl.Date(), "value": pl.Float64()}


@dataclass(frozen=True)
class Carried:
    """What became of one share of the grid's first session, shape (symbols, sessions).

    Attributes:
        shares: the shares that it has become.
        dividends: USD received for it so far.
        not_in_bars: the splits on file that the bars do not show, which are not applied (`SPLITS_NOT_IN_BARS`).
    """

    shares: Floats
    dividends: Floats
    not_in_bars: pl.DataFrame


def carry(
    actions: pl.DataFrame | None, symbols: pl.Series, days: npt.NDArray[np.datetime64], opens: Floats, closes: Floats
) -> Carried:
    """Lay the actions on the grid.

    Args:
        actions: `schema.CORPORATE_ACTIONS`; those of other symbols, and those before the second session, change nothing.
        symbols: the rows of the grid, ascending.
        days: its sessions, ascending.
        opens: USD, shape (symbols, sessions), NaN where the bar is missing.
        closes: see `opens`.

    Raises:
        FlowbtError: an action is neither a split nor a dividend, or its value is not a positive number.
    """
    step, paid = np.ones_like(closes), np.zeros_like(closes)
    nothing = pl.DataFrame(schema=SPLITS_NOT_IN_BARS)
    if actions is None or not actions.height:
        return Carried(step, paid, nothing)
    _refuse_invalid(actions)
    known = actions.filter(pl.col("symbol").is_in(symbols.to_list()))
    at = np.searchsorted(days, known["date"].to_numpy().astype("datetime64[D]"))
    on_grid = (at > 0) & (at < len(days))
    known, at = known.filter(pl.Series(on_grid, dtype=pl.Boolean)), at[on_grid]
    row = symbols.search_sorted(known["symbol"]).to_numpy().astype(np.int64)
    value = known["value"].to_numpy()
    shown = _next_bar(closes)[row, at] if len(at) else at
    split = (known["kind"] == "split").to_numpy()

    applied = split & _shows_step(
        row, at, shown, np.where(split, value, 1.0), np.where(split, 0.0, value), opens, closes
    )
    np.multiply.at(step, (row[applied], at[applied]), value[applied])
    shares: Floats = step.cumprod(axis=1)
    booked = ~split & (shown < len(days))
    np.add.at(paid, (row[booked], shown[booked]), value[booked] * shares[row[booked], at[booked]])
    left_out = known.filter(pl.Series(split & ~applied, dtype=pl.Boolean)).select(*SPLITS_NOT_IN_BARS)
    return Carried(shares, paid.cumsum(axis=1), left_out)


def in_shares_of(bars: pl.DataFrame, actions: pl.DataFrame, day: date) -> pl.DataFrame:
    """The bars of one symbol with prices per share of a day, by date: a level of that day can be compared with any of them.

    Args:
        bars: `schema.PRICE_BARS`.
        actions: `schema.CORPORATE_ACTIONS`; dividends change no price here.
        day: whose shares; those of the last bar on or before it.
    """
    ordered = bars.sort("date")
    if not ordered.height:
        return ordered
    days = ordered["date"].to_numpy().astype("datetime64[D]")
    opens, closes = (ordered[name].fill_null(np.nan).to_numpy()[None, :] for name in ("open", "close"))
    shares = carry(actions, ordered["symbol"].unique(), days, opens, closes).shares[0]
    own = shares[max(int(np.searchsorted(days, np.datetime64(day), side="right")) - 1, 0)]
    return ordered.with_columns(pl.col("open", "high", "low", "close") * pl.Series(shares / own))


def _next_bar(closes: Floats) -> Places:
    """For each session the place of the first bar on or after it; beyond the grid where there is none."""
    count = closes.shape[1]
    bars = np.where(np.isnan(closes), count, np.arange(count))
    return np.minimum.accumulate(bars[:, ::-1], axis=1)[:, ::-1]


def _shows_step(
    row: Places, at: Places, shown: Places, ratio: Floats, dividend: Floats, opens: Floats, closes: Floats
) -> npt.NDArray[np.bool_]:
    """Whether the bars show the splits that come with each action's first bar; true where no bars can say.

    Actions with the same first bar are judged together: no bar lies between them.
    """
    count = closes.shape[1]
    change, cash = np.ones((len(closes), count + 1)), np.zeros((len(closes), count + 1))
    np.multiply.at(change, (row, shown), ratio)
    np.add.at(cash, (row, shown), dividend)
    known = np.where(np.isnan(closes), -1, np.arange(count))
    before = np.maximum.accumulate(known, axis=1)[row, np.maximum(at - 1, 0)]
    seen = (before >= 0) & (shown < count)
    last = closes[row, np.maximum(before, 0)]
    first = row, np.minimum(shown, count - 1)
    opened = np.where(np.isnan(opens[first]), closes[first], opens[first]) + cash[row, shown]
    with np.errstate(all="ignore"):
        plain = np.abs(np.log(opened / last))
        carried = np.abs(np.log(opened / last * change[row, shown]))
    shows: npt.NDArray[np.bool_] = ~seen | (carried < plain) | (change[row, shown] == 1.0)
    return shows


def _refuse_invalid(actions: pl.DataFrame) -> None:
    kind, value = pl.col("kind"), pl.col("value")
    valid = kind.is_in(["split", "dividend"]) & value.is_finite() & (value > 0)
    wrong = actions.filter(~valid.fill_null(value=False))
    if wrong.height:
        symbol, day, what, number = wrong.select("symbol", "date", "kind", "value").row(0)
        raise FlowbtError(
            f"the action of {symbol} on {day} is {what!r} with value {number}: give a split (new shares for an old one) "
            "or a dividend (USD per share), with a value above 0"
        )
