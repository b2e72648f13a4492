"""What the numbers of a report mean: a label, how it is written, and one line, per measure and count.

Percentages are of the account unless a line says otherwise; a year has 252 sessions.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from flowbt.report.kit.formats import count, interval, p_value, percent, plain, small_percent


class Term(NamedTuple):
    """A number's name in the report, how its value is written, and what it means."""

    label: str
    write: Callable[[Any], str]
    meaning: str


def _signed(value: Any) -> str:
    return percent(value, signed=True)


def _usd(value: Any) -> str:
    return plain(value, signed=True)


def _share(value: Any) -> str:
    return percent(value, 0)


def _basis_points(value: Any) -> str:
    text = plain(value, 1)
    return f"{text} bp" if text[-1].isdigit() else text


MEASURES: Final[dict[str, Term]] = {
    "total_return": Term("Total return", _signed, "Gain over the whole period after costs, with dividends."),
    "buy_and_hold": Term("Buy and hold", _signed, "The same symbols held in equal parts, dividends reinvested."),
    "price_return": Term("Price return", _signed, "The total return without the dividends received and paid."),
    "dividends": Term("Dividends, USD", _usd, "Received by longs less paid by shorts; part of the total return."),
    "annual_return": Term("Annual return", _signed, "Compound growth a year; a shorter period is extrapolated."),
    "sharpe": Term("Sharpe ratio", plain, "Mean over standard deviation of daily returns, times √252."),
    "max_drawdown": Term("Deepest drawdown", _signed, "The worst fall of the account below its highest close before."),
    "hit_rate": Term("Trades won", _share, "Share of the closed trades that made money after costs."),
    "profit_factor": Term("Profit factor", plain, "USD won over USD lost; above 1 the trades made money together."),
    "mean_trade": Term(
        "Mean trade", small_percent, "Mean total return of a closed trade after costs, on what it put in."
    ),
    "exposure": Term("Exposure", percent, "Mean share of the account that was in the market at the close."),
    "turnover": Term("Turnover a year", plain, "How many times a year the whole account was bought and sold."),
    "break_even_cost": Term(
        "Break-even cost", _basis_points, "Cost a fill at which the trades would have made nothing."
    ),
}

EVENTS: Final[dict[str, Term]] = {
    "n": Term("Events", count, "Plans that filled and have ended, each looked at on its own."),
    "hit_rate": Term("Events won", _share, "Share of them that made money after costs."),
    "base_n": Term("Base trades", count, "The same trade on every session that could be judged, where it filled."),
    "base_rate": Term("Base rate", _share, "Share won by the same trade on every session that could be judged."),
    "mean_return": Term("Mean event", small_percent, "Mean return of one, after costs, on its entry price."),
    "base_return": Term(
        "Base return", small_percent, "Mean return of the same trade on every session that could be judged."
    ),
}

COUNTS: Final[dict[str, Term]] = {
    "plans": Term("Plans", count, "What the strategy wanted to trade."),
    "filled": Term("Filled", count, "Plans the market would have filled, each looked at on its own."),
    "unfilled": Term("Unfilled", count, "Level not reached, no bar, or no session after the signal yet."),
    "invalid": Term("Invalid", count, "No order can be made of it: a stop beyond the entry, for one."),
    "skipped_overlap": Term("Skipped: position open", count, "Filled, but the account held the symbol already."),
    "skipped_cash": Term("Skipped: no cash", count, "Filled, but the account was invested already."),
    "open_trades": Term("Still open", count, "At the end, marked at the last close; not in any hit rate."),
    "missing_bars": Term("Missing bars", count, "Sessions without a price bar while a position was open."),
    "missing_quotes": Term("Missing quotes", count, "Option quotes absent while a position was open."),
    "off_calendar_bars": Term("Bars off the calendar", count, "Price bars dated on no session; left out."),
}

COVERAGE: Final[dict[str, Term]] = {
    "symbol_days": Term("Symbol-days", count, "Sessions of the period, counted once for each symbol."),
    "bearish": Term("Bearish verdicts", count, "Days on which a fall was expected."),
    "neutral": Term("Neutral verdicts", count, "Days on which neither was; they have no direction to judge."),
    "bullish": Term("Bullish verdicts", count, "Days on which a rise was expected."),
    "abstentions": Term("No verdict", count, "Too little data that day to say anything; such days are in no number."),
    "active_dates": Term(
        "Active dates", count, "Dates with a bearish or bullish verdict in any symbol: what tests by date can count."
    ),
}

CALENDAR_TIME: Final[dict[str, Term]] = {
    "mean_daily": Term(
        "Mean day", small_percent, "Mean return of a day, before costs, whether anything was held or not."
    ),
    "ci": Term(
        "Its 95%", lambda bounds: interval(bounds, small_percent), "If it holds no zero, the mean is beyond luck."
    ),
    "t": Term("t", plain, "The mean over its standard error."),
    "p_value": Term("p", p_value, "How often luck alone gives a mean as far from zero."),
    "sharpe": Term("Sharpe ratio", plain, "Mean over standard deviation of daily returns, times √252."),
    "minimum_detectable": Term(
        "Visible mean", small_percent, "The smallest true mean that would have been found four times in five."
    ),
    "days": Term("Days", count, "Sessions with prices."),
}

TIMING: Final[dict[str, Term]] = {
    "mean_daily": Term(
        "Of it, timing", small_percent, "What holding the average position every day would not have made."
    ),
    "ci": Term(
        "Its 95%", lambda bounds: interval(bounds, small_percent), "If it holds no zero, timing is beyond luck."
    ),
    "p_value": Term("p of timing", p_value, "How often luck alone gives as much timing."),
}

SPLITS: Final[dict[str, str]] = {"year": "by year", "volatility": "by volatility", "without": "without"}
"""Ways to split the verdicts: by the key of the document, in words."""

EXIT_REASONS: Final[dict[str, str]] = {
    "target": "target",
    "stop": "stop",
    "time": "time",
    "expiry": "expiry",
    "missing_quote": "missing quote",
    "end": "still open",
}
"""Words of `schema.TRADES.exit_reason`, in the order of legends."""


def term(table: dict[str, Term], name: str) -> Term:
    """The entry of a number; one that nobody described is shown by its own name."""
    return table.get(name) or Term(name.replace("_", " ").capitalize(), lambda value: plain(value, 4), "")


def described(terms: dict[str, Term], values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Label, value and meaning of each of the values, as rows of a table."""
    found = [(term(terms, name), value) for name, value in values.items()]
    return [(known_as.label, known_as.write(value), known_as.meaning) for known_as, value in found]
