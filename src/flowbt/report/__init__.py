"""Reports: the answer in words, tables for the terminal, and one self-contained page; rendering only.

How it goes, and where:

1. `answer.py` and `answer.py` say the answer in a sentence or two, from computed numbers only
   (`significance.py` tells what is beyond luck); `evidence.py` adds what else an evaluation found, `series_answer.py`
   answers for a series without verdicts.
2. `tables.py`, `verdict_tables.py`, `luck_tables.py` and `tables.py` lay the numbers out as text
   (`table.py`; `formats.py` says how a number is written, `glossary.py` what it means, `conventions.py` what was assumed).
3. `charts.py`, `charts.py`, `timing_charts.py` and `score_charts.py` draw them (on axes of
   `drawing.py`, as rows of `forest.py`, in colours of `palette.py`), and `svg.py` makes them fit for a page.
4. `text.py` prints the tables; `page.py` and `page.py` compose tables and charts on a `page.py`.

Everything here takes documents (the JSON of the commands) and frames, and computes no result of its own. What is not
known (None, NaN, a key that is absent) is written as "n/a" or left out, never as a number.

Importing this package costs neither altair nor jinja2; both are loaded when a page is rendered.
"""

from flowbt.report.evaluation.answer import evaluation_answer
from flowbt.report.evaluation.page import render_evaluation
from flowbt.report.evaluation.series_answer import series_answer
from flowbt.report.kit.text import evaluation_text

__all__ = [
    "evaluation_answer",
    "evaluation_text",
    "render_evaluation",
    "series_answer",
]
