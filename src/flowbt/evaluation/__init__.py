"""Does a signal predict? Forward outcomes, hit rates against base rates, inference that minds the dependence of days."""

from flowbt.evaluation.outcomes import forward_returns
from flowbt.evaluation.verdicts import evaluate_verdicts

__all__ = ["evaluate_verdicts", "forward_returns"]
