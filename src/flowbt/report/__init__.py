"""Reports: the answer in words, tables for the terminal, and one self-contained page; rendering only.

How it goes, and where:

1. `backtest_words.py` and `evaluation_words.py` say the answer in a sentence or two, from computed numbers only
   (`judgement.py` tells what is beyond luck).
2. `tables.py` lays the numbers out as text (`notation.py` says how a number is written, `glossary.py` what it means,
   `conventions.py` what was assumed).
3. `terminal.py` prints the tables; `page.py` composes them with the charts (`charts.py`, on axes of
   `drawing.py` in colours of `palette.py`, drawn by `svg.py`).

Everything here takes documents (the JSON of the commands) and frames, and computes no result of its own. What is not
known (None, NaN, a key that is absent) is written as "n/a" or left out, never as a number.

Importing this package costs neither altair nor jinja2; both are loaded when a page is rendered.
"""

from flowbt.report.backtest_words import backtest_answer
from flowbt.report.evaluation_words import evaluation_answer
from flowbt.report.page import render_backtest, render_evaluation
from flowbt.report.terminal import backtest_text, evaluation_text

__all__ = [
    "backtest_answer",
    "backtest_text",
    "evaluation_answer",
    "evaluation_text",
    "render_backtest",
    "render_evaluation",
]
