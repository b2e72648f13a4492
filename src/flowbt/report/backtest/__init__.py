"""The report of a backtest: one file per question, composed by `page.py`."""

from flowbt.report.backtest.answer import backtest_answer
from flowbt.report.backtest.page import backtest_page, backtest_text, render_backtest

__all__ = ["backtest_answer", "backtest_page", "backtest_text", "render_backtest"]
