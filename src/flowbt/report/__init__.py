"""Reports: the answer in words, tables for the terminal, and one self-contained page; rendering only.

How it goes, and where:

1. `backtest_words.py` and `evaluation_words.py` say the answer in a sentence or two, from computed numbers only
   (`judgement.py` tells what is beyond luck); `evidence_words.py` adds what else an evaluation found, `series_words.py`
   answers for a series without verdicts.
2. `backtest_tables.py`, `verdict_tables.py`, `luck_tables.py` and `evaluation_tables.py` lay the numbers out as text
   (`tables.py`; `notation.py` says how a number is written, `glossary.py` what it means, `conventions.py` what was assumed).
3. `backtest_charts.py`, `evaluation_charts.py`, `timing_charts.py` and `score_charts.py` draw them (on axes of
   `drawing.py`, as rows of `forest.py`, in colours of `palette.py`), and `svg.py` makes them fit for a page.
4. `terminal.py` prints the tables; `backtest_page.py` and `evaluation_page.py` compose tables and charts on a `page.py`.

Everything here takes documents (the JSON of the commands) and frames, and computes no result of its own. What is not
known (None, NaN, a key that is absent) is written as "n/a" or left out, never as a number.

Importing this package costs neither altair nor jinja2; both are loaded when a page is rendered.
"""

from flowbt.report.backtest_page import render_backtest
from flowbt.report.backtest_words import backtest_answer
from flowbt.report.evaluation_page import render_evaluation
from flowbt.report.evaluation_words import evaluation_answer
from flowbt.report.series_words import series_answer
from flowbt.report.terminal import backtest_text, evaluation_text

__all__ = [
    "backtest_answer",
    "backtest_text",
    "evaluation_answer",
    "evaluation_text",
    "render_backtest",
    "render_evaluation",
    "series_answer",
]
