"""The report of a level study: a section of a signal's evaluation, and a page of its own for levels of a file.

One file per question: `gravity.py`, `gap_regression.py` and `reversal.py` for pins; `touches.py`, `holding.py` and `drift.py` for
barriers; `selection.py` chooses what the answer mentions, `page.py` puts all together.
"""
