"""Level studies: is the price drawn to max pain, do walls hold, do breakouts run on; each compared with placebo levels."""

from flowbt.evaluation.levels.align import LEVELS
from flowbt.evaluation.levels.level_types import is_known, is_pin, spelled
from flowbt.evaluation.levels.study import LevelStudy, evaluate_level_rows

__all__ = ["LEVELS", "LevelStudy", "evaluate_level_rows", "is_known", "is_pin", "spelled"]
