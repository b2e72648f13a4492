"""The answer of a backtest in words: return, base rate, significance, room for costs, and what makes the numbers doubtful."""

from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.backtest.account import result_sentence
from flowbt.report.backtest.base_rate import base_rate_sentence
from flowbt.report.backtest.chance import chance_sentences
from flowbt.report.backtest.data_quality import doubt_sentences
from flowbt.report.kit.formats import day, listed


def backtest_answer(run: BacktestRun) -> str:
    """What the strategy would have made, and whether that is more than chance."""
    if run.trade_count:
        sentences = [result_sentence(run), base_rate_sentence(run), *chance_sentences(run)]
    else:
        sentences = [_no_trade(run)]
    return " ".join(filter(None, [*sentences, *doubt_sentences(run)]))


def _no_trade(run: BacktestRun) -> str:
    where = f"in {listed(run.symbols)} from {day(run.first)} to {day(run.last)}"
    if not run.plans:
        return f"{run.strategy} did not ask for any trade {where}: there is nothing to measure."
    which = "its only plan was" if run.plans == 1 else f"none of its {run.plans} plans was"
    return f"{run.strategy} made no trade {where}: {which} {'not ' if run.plans == 1 else ''}executed, so there is nothing to measure."
