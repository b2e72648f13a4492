"""Reports: the answer in words, tables, charts and method of each question, as page, text and Markdown; rendering only.

Each report has a folder (`evaluation`, `levels`, `backtest`, `flow`) with a file for each question, which turns one typed
result into a `Section`, and a `page.py` with the sections in order. `kit` has what they share: sections, tables, number
formats, and the renderers `html`, `markdown` and `text`.

Nothing here computes a result of its own. What is not known (None) is written as "n/a" or left out, never as a number.
Importing this package loads neither altair nor jinja2; both are loaded when a page is rendered.
Each report is imported from its own `page`, since the results of some load numba.
"""
