"""Performance numbers of a backtest, each a function of the line of equity or of the trades.

`equity` is a series of account values in USD, one per session, the first being the cash at the start. `trades` is a
frame of `schema.TRADES`; those still open (`exit_reason` is `end`) have no result yet and count in none of them.
Fractions, not percent: 0.05 is 5%. **Null policy**: what is undefined (no trades, no variation, nothing lost) is
`None`, never NaN or infinite. A year has 252 sessions, and the risk-free rate is taken as 0.

Returns are **total returns**: the dividends received are in them, those paid on shorts are taken off. The **price
return** leaves dividends out; both count splits.
"""

import math
from dataclasses import dataclass

import polars as pl

from flowbt.backtest.costs import BASIS_POINT, Costs
from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.documents import Result


@dataclass(frozen=True)
class Measures(Result):
    """The performance of an account.

    Attributes:
        total_return: gain over the whole range after costs, as a fraction of the initial cash; None without sessions.
        price_return: the total return without the dividends received and paid.
        dividends: received less paid, USD.
        annual_return: compound growth a year, as a fraction; None where the account lost everything.
        sharpe: annualised Sharpe ratio of the daily returns; None where they do not vary.
        max_drawdown: deepest fall below the highest value before, 0 or negative.
        hit_rate: share of the closed trades that made money; None without any.
        profit_factor: USD won over USD lost; None where nothing was lost.
        mean_trade: mean return of a closed trade, on the notional of its entry; None without any.
        exposure: mean gross exposure as a fraction of the equity.
        turnover: how many times a year the account was bought and sold.
        break_even_cost: cost per fill at which the closed trades would have made nothing, basis points; None without any.
    """

    total_return: float | None
    price_return: float | None
    dividends: float | None
    annual_return: float | None
    sharpe: float | None
    max_drawdown: float | None
    hit_rate: float | None
    profit_factor: float | None
    mean_trade: float | None
    exposure: float | None
    turnover: float | None
    break_even_cost: float | None


@dataclass(frozen=True)
class EventMeasures(Result):
    """What the plans made that have ended, each on its own and after costs, next to the same trade on every session.

    Attributes:
        n: plans that filled and have ended.
        hit_rate: share of them that made money; None without any.
        mean_return: their mean return, on the entry price; None without any.
        base_n: trades of the base: the same trade on every session on which the strategy could decide.
        base_rate: share of the base that made money; None where too few of them are not the strategy's own.
        base_return: mean return of the base; None likewise.
    """

    n: int
    hit_rate: float | None
    mean_return: float | None
    base_n: int = 0
    base_rate: float | None = None
    base_return: float | None = None


def measure_account(trades: pl.DataFrame, equity: pl.DataFrame, costs: Costs) -> Measures:
    """All measures of the portfolio view.

    Args:
        trades: `schema.TRADES`, of the account.
        equity: `schema.EQUITY`.
        costs: those the trades were made with.
    """
    line = equity["equity"]
    return Measures(
        total_return=total_return(line),
        price_return=price_return(equity),
        dividends=dividends(equity),
        annual_return=annual_return(line),
        sharpe=sharpe(line),
        max_drawdown=max_drawdown(line),
        hit_rate=hit_rate(trades),
        profit_factor=profit_factor(trades),
        mean_trade=mean_trade(trades),
        exposure=exposure(equity),
        turnover=turnover(trades, line),
        break_even_cost=break_even_cost(trades, costs),
    )


def measure_events(events: pl.DataFrame) -> EventMeasures:
    """The measures of the event view (`schema.TRADES`), without a base."""
    return EventMeasures(closed(events).height, hit_rate(events), mean_trade(events))


def closed(trades: pl.DataFrame) -> pl.DataFrame:
    """The trades that have ended."""
    return trades.filter(pl.col("exit_reason") != "end")


def total_return(equity: pl.Series) -> float | None:
    """What the account gained over the whole range, as a fraction of the cash at the start. None without sessions."""
    return _finite(equity[-1] / equity[0] - 1) if len(equity) else None


def price_return(equity: pl.DataFrame) -> float | None:
    """The total return less the dividends received, plus those paid, as a fraction of the cash at the start.

    The trades and their sizes are those of the account, dividends reinvested included. None without sessions.

    Args:
        equity: a frame with the columns `equity` and `dividends`.
    """
    return total_return(equity["equity"] - equity["dividends"])


def dividends(equity: pl.DataFrame) -> float | None:
    """Dividends received less those paid on shorts, USD; those of open positions count. None without sessions.

    Args:
        equity: a frame with the column `dividends`, received less paid so far.
    """
    return _finite(equity["dividends"][-1]) if equity.height else None


def annual_return(equity: pl.Series) -> float | None:
    """Compound annual growth: (1 + total return)^(252 / sessions) − 1. None where the account lost all it had.

    A range shorter than a year is extrapolated to one.
    """
    whole = total_return(equity)
    if whole is None or whole <= -1:
        return None
    try:
        return _finite((1 + whole) ** (SESSIONS_PER_YEAR / len(equity)) - 1)
    except OverflowError:
        return None


def sharpe(equity: pl.Series) -> float | None:
    """Mean of the session returns over their standard deviation (n − 1), times √252. None where nothing varies.

    The first session's return, on the cash at the start, is 0 and counts. Source: Sharpe, "The Sharpe Ratio", Journal
    of Portfolio Management, 1994.
    """
    returns = (equity / equity.shift(1) - 1).fill_null(0.0)
    mean, deviation = returns.mean(), returns.std()
    if not isinstance(mean, float) or not isinstance(deviation, float) or deviation == 0:
        return None
    return _finite(mean / deviation * math.sqrt(SESSIONS_PER_YEAR))


def max_drawdown(equity: pl.Series) -> float | None:
    """The deepest fall of the account below its highest value before, at closes: 0 or negative, −0.2 is 20% below."""
    deepest = (equity / equity.cum_max() - 1).min()
    return _finite(deepest) if isinstance(deepest, float) else None


def hit_rate(trades: pl.DataFrame) -> float | None:
    """The share of closed trades that made money after costs. None without any."""
    share = (closed(trades)["pnl"] > 0).mean()
    return share if isinstance(share, float) else None


def profit_factor(trades: pl.DataFrame) -> float | None:
    """What the winning trades made over what the losing ones lost, in USD after costs. None where nothing was lost."""
    pnl = pl.col("pnl")
    won, lost = closed(trades).select(won=pnl.clip(lower_bound=0).sum(), lost=pnl.clip(upper_bound=0).sum()).row(0)
    return _finite(won / -lost) if lost else None


def mean_trade(trades: pl.DataFrame) -> float | None:
    """The mean return of a closed trade after costs, on the notional of its entry. None without any."""
    mean = closed(trades)["return"].mean()
    return mean if isinstance(mean, float) else None


def exposure(equity: pl.DataFrame) -> float | None:
    """The mean, over the sessions, of the gross exposure at the close as a fraction of the equity.

    Args:
        equity: a frame with the column `exposure`; its nulls are left out.
    """
    mean = equity["exposure"].mean()
    return mean if isinstance(mean, float) else None


def turnover(trades: pl.DataFrame, equity: pl.Series) -> float | None:
    """How often a year the account was turned over: half of all that was bought and sold, over the mean equity.

    1 is the whole account bought and sold once a year. Entries of open trades count. None where the mean equity is not
    positive.
    """
    mean = equity.mean()
    if not isinstance(mean, float) or mean <= 0:
        return None
    left = pl.when(pl.col("exit_reason") != "end").then(pl.col("exit_price") * pl.col("split_ratio")).otherwise(0.0)
    traded = trades.select((pl.col("size") * (pl.col("entry_price") + left)).sum()).item()
    return _finite(traded / 2 / mean * SESSIONS_PER_YEAR / len(equity))


def break_even_cost(trades: pl.DataFrame, costs: Costs) -> float | None:
    """The cost per fill, in basis points, at which the closed trades together would have made nothing.

    All costs are counted as one charge on the notional at the quoted price (before slippage), the sizes being as
    traded: the P&L before costs, dividends included, over everything bought and sold, times 10,000. Above the costs charged: there is room;
    negative: the trades lose money even for free. None without closed trades.

    Args:
        trades: as filled.
        costs: those the trades were made with, to find the prices before slippage.
    """
    side = pl.when(pl.col("side") == "long").then(1.0).otherwise(-1.0)
    bought = pl.col("entry_price") / (1 + side * costs.slippage)
    sold = pl.col("exit_price") / (1 - side * costs.slippage) * pl.col("split_ratio")
    gain, traded = (
        closed(trades)
        .select(
            gain=(pl.col("size") * side * (sold - bought) + pl.col("dividends")).sum(),
            traded=(pl.col("size") * (sold + bought)).sum(),
        )
        .row(0)
    )
    return _finite(gain / traded / BASIS_POINT) if traded else None


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
