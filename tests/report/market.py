"""Evaluations of a small synthetic market: three symbols over two years, with an edge in the size of moves alone."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from flowbt.calendar import sessions
from flowbt.evaluation.evaluate import evaluate_panel
from flowbt.evaluation.evaluate_series import evaluate_series_panel
from flowbt.evaluation.forward_returns import outcomes_of
from flowbt.evaluation.panel import panel_of
from flowbt.evaluation.price_calendar import price_calendar
from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation, attributes
from flowbt.evaluation.return_definition import return_definition
from flowbt.report.evaluation.answer import signal_answer
from flowbt.report.evaluation.series_answer import series_answer
from flowbt.schema import PRICE_BARS, conform

DAYS = sessions(date(2024, 7, 1), date(2026, 6, 30))
SYMBOLS = ("SYN000", "SYN001", "SYN002")
HORIZONS = (1, 3, 5, 10)


def _bars(closes: np.ndarray, symbol: str) -> pl.DataFrame:
    return conform(
        pl.DataFrame({"date": DAYS, "close": closes}).with_columns(
            symbol=pl.lit(symbol), open="close", high=pl.col("close") * 1.01, low=pl.col("close") * 0.99
        ),
        PRICE_BARS,
    )


def _scores(draw: np.random.Generator) -> np.ndarray:
    """Scores that persist from day to day, from -1 to 1."""
    noise = draw.normal(size=len(DAYS))
    score = np.zeros(len(DAYS))
    for row in range(1, len(DAYS)):
        score[row] = 0.6 * score[row - 1] + 0.25 * noise[row]
    return np.clip(score, -1, 1)


def signal_evaluation() -> SignalEvaluation:
    """A signal without an edge in direction, after whose bearish verdicts moves are twice as large."""
    draw = np.random.default_rng(17)
    bars, rows = [], []
    for symbol in SYMBOLS:
        score = _scores(draw)
        verdict = np.where(score >= 0.25, 1, np.where(score <= -0.25, -1, 0))
        moves = np.where(np.roll(verdict, 2) == -1, 0.02, 0.01) * draw.normal(size=len(DAYS)) + 0.0004
        bars.append(_bars(100 * np.cumprod(1 + moves), symbol))
        rows.append(pl.DataFrame({"symbol": symbol, "date": DAYS, "verdict": verdict, "score": score}))
    prices, verdicts = pl.concat(bars), pl.concat(rows)
    panel = panel_of(verdicts, outcomes_of(prices))
    measured = evaluate_panel(panel, HORIZONS)
    evaluation = SignalEvaluation(
        **attributes(replace(measured, coverage=replace(measured.coverage, abstentions=63))),
        signal="flow_verdict",
        description="Reads the day's flow against the symbol's own history: bearish, neutral or bullish.",
        parameters={"bearish": 0.25, "bullish": 0.25, "lookback": 63},
        symbols=SYMBOLS,
        first=DAYS[0],
        last=DAYS[-1],
        prices_to=DAYS[-1],
        sessions=len(DAYS),
        decision="close",
        entry="next_open",
        exchanges=dict.fromkeys(SYMBOLS, "XNYS"),
        returns=return_definition(panel.outcomes, prices, None, DAYS[0], DAYS[-1]),
        run="evaluate-flow_verdict-5e6f7a8b",
        report="reports/evaluate-flow_verdict-5e6f7a8b/report.html",
    )
    return replace(evaluation, answer=signal_answer(evaluation))


def series_evaluation() -> SeriesEvaluation:
    """A series after whose low values moves are larger, in dollars like a dealer's gamma; its own close is the entry."""
    draw = np.random.default_rng(23)
    score = _scores(draw)
    moves = (0.01 - 0.008 * np.roll(score, 1)) * draw.normal(size=len(DAYS))
    bars = _bars(100 * np.cumprod(1 + moves), "SPX")
    values = pl.DataFrame({"symbol": "SPX", "date": DAYS, "score": 4e9 * score})
    panel = panel_of(values, outcomes_of(bars, "close"))
    evaluation = SeriesEvaluation(
        **attributes(evaluate_series_panel(panel, (1, 5), 5)),
        series="squeeze.csv",
        column="gex",
        prices="squeeze.csv",
        first=DAYS[0],
        last=DAYS[-1],
        sessions=len(DAYS),
        unreadable=0,
        without_price=0,
        entry="close",
        calendar=price_calendar(bars, None),
        returns=return_definition(panel.outcomes, bars, None, DAYS[0], DAYS[-1]),
        run="evaluate-squeeze-gex-1a2b3c4d",
        report="reports/evaluate-squeeze-gex-1a2b3c4d/report.html",
    )
    return replace(evaluation, answer=series_answer(evaluation))
