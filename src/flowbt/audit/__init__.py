"""Does it look ahead? The future is cut off, poisoned, and the past cut off, and the results must not change.

    subject = strategy_subject(strategy, catalogue)
    audit = run_audit(subject, lake, symbols)  # Audit(checks=(CheckResult(name, ok, detail, ...), ...), ...)

How it goes, and where:

1. `target.py` defines what is audited: the columns of a plan or of a signal, and metrics at their own grains.
2. `altered_lake.py` and `alterations.py` change the data of a lake as they are read (nothing can be written), and `future_masks.py`
   defines which values of each column are in the future of a day.
3. `replay.py` computes the subject with the engine on the lake unchanged and altered, and reuses what cannot have changed;
   `batched_cuts.py` evaluates one history under many cuts at once; `cuts.py` chooses the dates; `compare.py` compares bit for bit.
4. `checks.py` makes the comparisons, `warm_up.py` measures how much history is needed, `findings.py` puts results in words and
   `report.py` the whole.

What it cannot detect:

- **Numbers contained in a file**: dates and prices written into a strategy, or read from a file, a database or the clock.
  No cut reaches them.
- **Choices made by looking at the data**: a threshold, a horizon, a symbol picked because it did well. `flowbt tune` counts those.
- **Data that were changed later**: restated days, prices adjusted for splits and dividends that came after (`adj_close` as a
  level; its ratios are safe), symbols that are there because they survived. A lake contains what its source gives today; `--as-of` shows
  what it contained then.
- **Open interest dated wrongly**: rows declared as of the close before that are of their own day. No cut can detect it;
  `flowbt check` and `flowbt status` compare the dates with the volume, which shows it where enough is traded.
- **A leak that never shows**: one that needs a day, a symbol or a size of number that neither the lake nor the poison has, or that
  is lost before it reaches a column. A pass means that nothing was found where it was tested; `cuts` show where.
- **How trades are filled**: that a plan of session t trades at the open of t+1 or later is up to the backtest.
- **What a function stores** beyond the audit, as on disk. The first cut is made before the whole history is computed, so what
  it keeps in memory shows.
"""

from flowbt.audit.findings import CheckResult, FirstChange
from flowbt.audit.market import write_market
from flowbt.audit.report import SYNTHETIC, AuditReport, audit_answer
from flowbt.audit.run import Audit, run_audit
from flowbt.audit.target import Subject, metrics_subject, signal_subject, strategy_subject

__all__ = [
    "SYNTHETIC",
    "Audit",
    "AuditReport",
    "CheckResult",
    "FirstChange",
    "Subject",
    "audit_answer",
    "metrics_subject",
    "run_audit",
    "signal_subject",
    "strategy_subject",
    "write_market",
]
