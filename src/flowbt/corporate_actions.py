"""Splits and dividends on file: what became of one share.

`carry` lays them on a grid of sessions. Everything is counted for the holder of one share at the first session of the grid:

- `shares`: how many shares that one share has become. It starts at 1 and changes at the first session on or after the
  ex-date of a split, by the new shares for each old one.
- `dividends`: the USD received for it so far. A dividend counts from its ex-date, or from the first bar after it where
  there is none, so that it is received on the day on which the price loses it. It is paid on shares after a split of
  the same day.

A price times `shares` is comparable across splits, and a level of session s is worth `level x shares[s] / shares[t]` on
session t. Both arrays look back only: what is on file after a session changes nothing up to it.

**Bars that are adjusted already** show no step where a split or a dividend is on file. It is not applied to them, since it
would count a second time. Whether the step is there is read from the bars on both sides of the ex-date: from the ratio of
adjusted to unadjusted close, which moves by the action and by nothing else. Without adjusted closes, the open after a split is
compared with the close before, with and without the split, which a small split (`SMALL`) does not decide with certainty; and
a dividend is taken to have lowered the price.
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
"""A split of less than 6 for 5 moves the price by no more than an ordinary session may."""
LEFT_OUT: Final = {"symbol": pl.String(), "date": pl.Date(), "value": pl.Float64()}


@dataclass(frozen=True)
class Carried:
    """What became of one share of the grid's first session, shape (symbols, sessions).

    Attributes:
        shares: the shares that it has become.
        dividends: USD received for it so far.
        splits_not_in_bars: the splits on file that the bars do not show, which are not applied (`LEFT_OUT`).
        dividends_in_prices: the dividends on file for which the closes are adjusted, which are not paid again (`LEFT_OUT`).
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
    """Lay the actions on the grid.

    Args:
        actions: `schema.CORPORATE_ACTIONS`; those of other symbols, and those before the second session, change nothing.
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
    known = actions.filter(pl.col("symbol").is_in(symbols.to_list()))
    at = np.searchsorted(days, known["date"].to_numpy().astype("datetime64[D]"))
    on_grid = (at > 0) & (at < len(days))
    known, at = known.filter(pl.Series(on_grid, dtype=pl.Boolean)), at[on_grid]
    value, split = known["value"].to_numpy(), (known["kind"] == "split").to_numpy()
    seen = _seen(symbols.search_sorted(known["symbol"]).to_numpy().astype(np.int64), at, closes)
    ratio = _together(seen, np.where(split, value, 1.0), np.multiply)
    cash = _together(seen, np.where(split, 0.0, value), np.add)

    applied = split & _shows_split(seen, ratio, cash, opens, closes, adjusted)
    np.multiply.at(step, (seen.row[applied], at[applied]), value[applied])
    shares: Floats = step.cumprod(axis=1)
    in_prices = ~split & _is_adjusted_for(seen, cash, shares, closes, adjusted)
    booked = ~split & ~in_prices & (seen.first < len(days))
    np.add.at(paid, (seen.row[booked], seen.first[booked]), value[booked] * shares[seen.row[booked], at[booked]])

    def left_out(which: Bools) -> pl.DataFrame:
        return known.filter(pl.Series(which, dtype=pl.Boolean)).select(*LEFT_OUT)

    return Carried(shares, paid.cumsum(axis=1), left_out(split & ~applied), left_out(in_prices))


def with_split_factor(bars: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """The bars, by symbol and date, with `split_factor`: the shares that one share of the symbol's first bar has become.

    A price times its factor is comparable with those of all other days. The factor looks back only; it is 1 for a symbol
    without splits on file.

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
        concerned = ordered.filter(pl.col("symbol").is_in(splits["symbol"].unique().to_list()))
        parts = [
            own.select("symbol", "date", pl.Series("split_factor", _shares_of(own, splits)))
            for own in concerned.partition_by("symbol")
        ]
        factors = pl.concat([factors, *parts])
    joined = ordered.join(factors, on=["symbol", "date"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("split_factor").fill_null(1.0))


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
    shares = _shares_of(ordered, actions)
    own = shares[max(int((ordered["date"] <= day).sum()) - 1, 0)]
    return ordered.with_columns(pl.col("open", "high", "low", "close") * pl.Series(shares / own))


def _shares_of(bars: pl.DataFrame, actions: pl.DataFrame) -> Floats:
    """What became of one share of the first bar; the bars are of one symbol, by date."""
    prices = (bars[name].fill_null(np.nan).to_numpy()[None, :] for name in ("open", "close", "adj_close"))
    days = bars["date"].to_numpy().astype("datetime64[D]")
    carried = carry(actions, bars["symbol"].unique(), days, *prices)
    return np.asarray(carried.shares[0], np.float64)


@dataclass(frozen=True)
class _Seen:
    """For each action its symbol's row, and the places of the bars around it, shape (actions,).

    Attributes:
        row: of the symbol.
        before: the last bar before the session of the ex-date; -1 where there is none.
        first: the first bar on or after it; beyond the grid where there is none.
        both: whether there are both.
    """

    row: Places
    before: Places
    first: Places
    both: Bools


def _seen(row: Places, at: Places, closes: Floats) -> _Seen:
    count = closes.shape[1]
    bars = ~np.isnan(closes)
    after = np.minimum.accumulate(np.where(bars, np.arange(count), count)[:, ::-1], axis=1)[:, ::-1]
    last = np.maximum.accumulate(np.where(bars, np.arange(count), -1), axis=1)
    before, first = last[row, np.maximum(at - 1, 0)], after[row, np.minimum(at, count - 1)]
    return _Seen(row, before, first, (before >= 0) & (first < count))


def _together(seen: _Seen, values: Floats, how: np.ufunc) -> Floats:
    """What all actions with the same first bar make of it: no bar lies between them, so they are judged together."""
    found: dict[tuple[int, int], float] = {}
    places = list(zip(seen.row.tolist(), seen.first.tolist(), strict=True))
    for place, value in zip(places, values.tolist(), strict=True):
        found[place] = float(how(found[place], value)) if place in found else value
    return np.array([found[place] for place in places], np.float64)


def _shows_split(
    seen: _Seen, ratio: Floats, cash: Floats, opens: Floats, closes: Floats, adjusted: Floats | None
) -> Bools:
    """Whether the bars are nearer to a step by the splits than to none; true where no bars can say."""
    shows: Bools = ~seen.both | (ratio == 1.0)
    row, before, first = (places[~shows] for places in (seen.row, seen.before, seen.first))
    opened = np.where(np.isnan(opens[row, first]), closes[row, first], opens[row, first]) + cash[~shows]
    step = _step_of_ratio(seen, closes, adjusted)[~shows]
    with np.errstate(all="ignore"):
        step = np.where(np.isnan(step), -np.log(opened / closes[row, before]), step)
        shows[~shows] = np.abs(step - np.log(ratio[~shows])) < np.abs(step)
    return shows


def _is_adjusted_for(seen: _Seen, cash: Floats, shares: Floats, closes: Floats, adjusted: Floats | None) -> Bools:
    """Whether the ratio of adjusted to unadjusted close moves less than half as far as the dividends would move it."""
    due, change = np.full(len(seen.row), np.nan), np.ones(len(seen.row))
    row, before, first = (places[seen.both] for places in (seen.row, seen.before, seen.first))
    with np.errstate(all="ignore"):
        change[seen.both] = shares[row, first] / shares[row, before]
        due[seen.both] = -np.log1p(-cash[seen.both] * change[seen.both] / closes[row, before])
        step = _step_of_ratio(seen, closes, adjusted) - np.log(change)
        found: Bools = np.isfinite(due) & (step < due / 2)
    return found


def _step_of_ratio(seen: _Seen, closes: Floats, adjusted: Floats | None) -> Floats:
    """By how much the logarithm of adjusted over unadjusted close moves over each action; NaN where it is unknown."""
    step = np.full(len(seen.row), np.nan)
    if adjusted is not None:
        row, before, first = (places[seen.both] for places in (seen.row, seen.before, seen.first))
        with np.errstate(all="ignore"):
            ratio = adjusted / closes
            step[seen.both] = np.log(ratio[row, first] / ratio[row, before])
    return step


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
