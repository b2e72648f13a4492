"""Does it look ahead? The future is cut off, poisoned, and the past cut off, and the answers must not change.

    subject = strategy_subject(strategy, catalogue)
    audit = run_audit(subject, lake, symbols)  # Audit(checks=(Check(name, ok, detail, ...), ...), ...)

How it goes, and where:

1. `target.py` says what is audited: the columns of a plan or of a signal, and metrics at their own grains.
2. `altered_lake.py` and `alterations.py` show a lake otherwise than it is (without writing anything), and `future_masks.py` says what of each
   column lies in the future of a day.
3. `replay.py` has the engine compute the subject on the lake as it is and as altered, and takes over what cannot have changed;
   `batched_cuts.py` evaluates one history under many cuts at once; `cuts.py` chooses the dates; `compare.py` compares bit for bit.
4. `checks.py` asks the questions, `warm_up.py` measures how much history it takes, `findings.py` says what was found.

What it cannot see:

- **Numbers that a file brings along**: dates and prices written into a strategy, or read from a file, a database or the clock.
  No cut reaches them.
- **Choices made by looking at the data**: a threshold, a horizon, a symbol picked because it did well. `flowbt tune` counts those.
- **Data that were changed later**: restated days, prices adjusted for splits and dividends that came after (`adj_close` as a
  level; its ratios are safe), symbols that are there because they survived. A lake holds what its source says today; `--as-of` shows
  what it held then.
- **Open interest dated wrongly**: rows that say they hold that of the close before and hold that of their own day. No cut can tell;
  `flowbt check` and `flowbt status` compare the dates with the volume, which tells where enough is traded.
- **A leak that never shows**: one that needs a day, a symbol or a size of number that neither the lake nor the poison has, or that
  is swallowed before it reaches a column. A pass says that nothing was found where was looked; `cuts` say where.
- **How trades are filled**: that a plan of session t trades at the open of t+1 or later is the backtest's to keep.
- **What a function remembers** in ways that outlast the audit, as on disk. The first cut is made before the whole history is seen,
  so what it keeps in memory shows.
"""

from flowbt.audit.findings import Check
from flowbt.audit.market import write_market
from flowbt.audit.run import Audit, run_audit
from flowbt.audit.target import Subject, metrics_subject, signal_subject, strategy_subject

__all__ = [
    "Audit",
    "Check",
    "Subject",
    "metrics_subject",
    "run_audit",
    "signal_subject",
    "strategy_subject",
    "write_market",
]
