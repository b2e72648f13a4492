"""Splits and dividends on file: what one share becomes over time.

`carry` applies them to a grid of sessions. Everything is counted for the holder of one share at the first session:

- `shares`: the number of shares that one share has become. It starts at 1 and changes at the first session on or after
  the ex-date of a split, by the number of new shares per old one.
- `dividends`: USD received so far. A dividend counts from its ex-date, or from the first bar after it if there is none
  on that day, so that it is received on the day on which the price drops by it. It is paid on shares after a split of
  the same day.

A price times `shares` is comparable across splits, and a level of session s is worth `level x shares[s] / shares[t]` on
session t. Both arrays only look back: an action after a session changes nothing up to it.

**Bars that are already adjusted** show no step where a split or a dividend is on file. It is then not applied, because
it would count twice. The step is looked for in the bars on both sides of the ex-date: in the ratio of adjusted to
unadjusted close, which moves by the action and by nothing else. Without adjusted closes, the open after a split is
compared with the close before, with and without the split; for a small split (`SMALL`) this is not conclusive. A
dividend is then assumed to have lowered the price.
"""

import math
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.errors import FlowbtError

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SMALL: Final = math.log(1.2)
"""A split of less than 6 for 5 moves the price by no more than an ordinary session can."""
LEFT_OUT: Final = {"symbol": pl.String(), "date": pl.Date(), "value": pl.Float64()}


@dataclass(frozen=True)
class Carried:
    """What one share of the grid's first session becomes, arrays of shape (symbols, sessions).

    Attributes:
        shares: number of shares.
        dividends: USD received so far.
        splits_not_in_bars: splits on file that the bars do not show, which are not applied (columns `LEFT_OUT`).
        dividends_in_prices: dividends on file that the closes are adjusted for, which are not paid again (columns
            `LEFT_OUT`).
    """

    shares: Floats
    dividends: Floats
    splits_not_in_bars: pl.DataFrame
    dividends_in_prices: pl.DataFrame


def carry(
    actions: pl.DataFrame | None,
    symbols: pl.Series,
    days: npt.NDArray[np.datetime64],
    opens: Floats,
    closes: Floats,
    adjusted: Floats | None = None,
) -> Carried:
    """Apply splits and dividends to a grid of sessions.

    Args:
        actions: `schema.CORPORATE_ACTIONS`; those of other symbols, and those before the second session, have no
            effect.
        symbols: the rows of the grid, ascending.
        days: its sessions, ascending.
        opens: USD, shape (symbols, sessions), NaN where the bar is missing.
        closes: see `opens`.
        adjusted: adjusted closes, see `opens`; None: no dividend is in the prices.

    Raises:
        FlowbtError: an action is neither a split nor a dividend, or its value is not a positive number.
    """
    step, paid = np.ones_like(closes), np.zeros_like(closes)
    none = pl.DataFrame(schema=LEFT_OUT)
    if actions is None or not actions.height:
        return Carried(step, paid, none, none)
    _refuse_invalid(actions)
    own = actions.filter(pl.col("symbol").is_in(symbols.to_list()))
    at = np.searchsorted(days, own["date"].to_numpy().astype("datetime64[D]"))
    on_grid = (at > 0) & (at < len(days))
    own, at = own.filter(pl.Series(on_grid, dtype=pl.Boolean)), at[on_grid]
    value, split = own["value"].to_numpy(), (own["kind"] == "split").to_numpy()
    around = _bars_around(symbols.search_sorted(own["symbol"]).to_numpy().astype(np.int64), at, closes)
    ratio = _combined(around, np.where(split, value, 1.0), np.multiply)
    cash = _combined(around, np.where(split, 0.0, value), np.add)

    applied = split & _shows_split(around, ratio, cash, opens, closes, adjusted)
    np.multiply.at(step, (around.row[applied], at[applied]), value[applied])
    shares: Floats = step.cumprod(axis=1)
    in_prices = ~split & _is_adjusted_for(around, cash, shares, closes, adjusted)
    booked = ~split & ~in_prices & (around.first < len(days))
    np.add.at(paid, (around.row[booked], around.first[booked]), value[booked] * shares[around.row[booked], at[booked]])

    def left_out(which: Bools) -> pl.DataFrame:
        return own.filter(pl.Series(which, dtype=pl.Boolean)).select(*LEFT_OUT)

    return Carried(shares, paid.cumsum(axis=1), left_out(split & ~applied), left_out(in_prices))


def with_split_factor(bars: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Bars by symbol and date with `split_factor`: the number of shares that one share of the symbol's first bar has become.

    A price times its factor is comparable across all days. The factor only looks back; it is 1 for a symbol without
    splits on file.

    Args:
        bars: `schema.PRICE_BARS`.
        actions: `schema.CORPORATE_ACTIONS`.

    Raises:
        FlowbtError: see `carry`.
    """
    ordered = bars.sort("symbol", "date")
    splits = actions.filter(pl.col("kind") == "split")
    factors = pl.DataFrame(schema={"symbol": pl.String(), "date": pl.Date(), "split_factor": pl.Float64()})
    if splits.height:
        with_splits = ordered.filter(pl.col("symbol").is_in(splits["symbol"].unique().to_list()))
        parts = [
            own.select("symbol", "date", pl.Series("split_factor", _shares_of(own, splits)))
            for own in with_splits.partition_by("symbol")
        ]
        factors = pl.concat([factors, *parts])
    joined = ordered.join(factors, on=["symbol", "date"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("split_factor").fill_null(1.0))


def in_shares_of(bars: pl.DataFrame, actions: pl.DataFrame, day: date) -> pl.DataFrame:
    """Bars of one symbol by date, with prices restated per share of a given day, so that levels of that day can be compared with them.

    Args:
        bars: `schema.PRICE_BARS`.
        actions: `schema.CORPORATE_ACTIONS`; dividends do not change prices here.
        day: the day whose shares are used; those of the last bar on or before it.
    """
    ordered = bars.sort("date")
    if not ordered.height:
        return ordered
    shares = _shares_of(ordered, actions)
    own = shares[max(int((ordered["date"] <= day).sum()) - 1, 0)]
    return ordered.with_columns(pl.col("open", "high", "low", "close") * pl.Series(shares / own))


def _shares_of(bars: pl.DataFrame, actions: pl.DataFrame) -> Floats:
    """Shares that one share of the first bar has become; the bars are of one symbol, by date."""
    prices = (bars[name].fill_null(np.nan).to_numpy()[None, :] for name in ("open", "close", "adj_close"))
    days = bars["date"].to_numpy().astype("datetime64[D]")
    carried = carry(actions, bars["symbol"].unique(), days, *prices)
    return np.asarray(carried.shares[0], np.float64)


@dataclass(frozen=True)
class _BarsAround:
    """For each action, its symbol's row and the bars around it, arrays of shape (actions,).

    Attributes:
        row: of the symbol.
        before: position of the last bar before the session of the ex-date; -1 if there is none.
        first: position of the first bar on or after it; beyond the grid if there is none.
        both: whether both exist.
    """

    row: Places
    before: Places
    first: Places
    both: Bools


def _bars_around(row: Places, at: Places, closes: Floats) -> _BarsAround:
    count = closes.shape[1]
    bars = ~np.isnan(closes)
    after = np.minimum.accumulate(np.where(bars, np.arange(count), count)[:, ::-1], axis=1)[:, ::-1]
    last = np.maximum.accumulate(np.where(bars, np.arange(count), -1), axis=1)
    before, first = last[row, np.maximum(at - 1, 0)], after[row, np.minimum(at, count - 1)]
    return _BarsAround(row, before, first, (before >= 0) & (first < count))


def _combined(around: _BarsAround, values: Floats, how: np.ufunc) -> Floats:
    """Combined value of all actions with the same first bar: no bar lies between them, so they are evaluated together."""
    totals: dict[tuple[int, int], float] = {}
    places = list(zip(around.row.tolist(), around.first.tolist(), strict=True))
    for place, value in zip(places, values.tolist(), strict=True):
        totals[place] = float(how(totals[place], value)) if place in totals else value
    return np.array([totals[place] for place in places], np.float64)


def _shows_split(
    around: _BarsAround, ratio: Floats, cash: Floats, opens: Floats, closes: Floats, adjusted: Floats | None
) -> Bools:
    """Whether the step in the bars is nearer to the splits than to none; true where there are no bars to compare."""
    shows: Bools = ~around.both | (ratio == 1.0)
    row, before, first = (places[~shows] for places in (around.row, around.before, around.first))
    open_price = np.where(np.isnan(opens[row, first]), closes[row, first], opens[row, first]) + cash[~shows]
    step = _step_of_ratio(around, closes, adjusted)[~shows]
    with np.errstate(all="ignore"):
        step = np.where(np.isnan(step), -np.log(open_price / closes[row, before]), step)
        shows[~shows] = np.abs(step - np.log(ratio[~shows])) < np.abs(step)
    return shows


def _is_adjusted_for(
    around: _BarsAround, cash: Floats, shares: Floats, closes: Floats, adjusted: Floats | None
) -> Bools:
    """Whether the ratio of adjusted to unadjusted close moves by less than half of what the dividends would cause."""
    due, change = np.full(len(around.row), np.nan), np.ones(len(around.row))
    row, before, first = (places[around.both] for places in (around.row, around.before, around.first))
    with np.errstate(all="ignore"):
        change[around.both] = shares[row, first] / shares[row, before]
        due[around.both] = -np.log1p(-cash[around.both] * change[around.both] / closes[row, before])
        step = _step_of_ratio(around, closes, adjusted) - np.log(change)
        is_adjusted: Bools = np.isfinite(due) & (step < due / 2)
    return is_adjusted


def _step_of_ratio(around: _BarsAround, closes: Floats, adjusted: Floats | None) -> Floats:
    """Change of ln(adjusted / unadjusted close) over each action; NaN where it is unknown."""
    step = np.full(len(around.row), np.nan)
    if adjusted is not None:
        row, before, first = (places[around.both] for places in (around.row, around.before, around.first))
        with np.errstate(all="ignore"):
            ratio = adjusted / closes
            step[around.both] = np.log(ratio[row, first] / ratio[row, before])
    return step


def _refuse_invalid(actions: pl.DataFrame) -> None:
    kind, value = pl.col("kind"), pl.col("value")
    valid = kind.is_in(["split", "dividend"]) & value.is_finite() & (value > 0)
    wrong = actions.filter(~valid.fill_null(value=False))
    if wrong.height:
        symbol, day, what, number = wrong.select("symbol", "date", "kind", "value").row(0)
        raise FlowbtError(
            f"the action of {symbol} on {day} is {what!r} with value {number}: give a split (new shares per old one) or a "
            "dividend (USD per share), with a value above 0"
        )
