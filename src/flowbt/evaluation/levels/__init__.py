"""Level signals: is the price drawn to max pain, do walls hold, do breakouts run; each against levels that mean nothing."""

from flowbt.evaluation.levels.align import LEVELS
from flowbt.evaluation.levels.level_types import is_known, is_pin, spelled
from flowbt.evaluation.levels.study import evaluate_level_rows

__all__ = ["LEVELS", "evaluate_level_rows", "is_known", "is_pin", "spelled"]
