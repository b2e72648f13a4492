"""What levels are compared with, in words, and the conventions of a level study."""

from typing import Final

from flowbt.evaluation.inference import FEWEST
from flowbt.evaluation.levels.placebo_days import MEMORY
from flowbt.evaluation.levels.study import LevelStudy
from flowbt.evaluation.levels.touch_probability import SHIFT
from flowbt.evaluation.levels.trailing import PAST
from flowbt.report.kit.section import Fact

DAYS: Final = (
    f"The null is a price that does not depend on the levels. Each level is moved to other days of its own symbol, as far from "
    f"the price in standard deviations, more than {MEMORY} sessions from its own day and, where there are {FEWEST} such days, with "
    f"the price on the same side of its mean of {PAST} sessions: these days have the same drift, skew and fat tails, and no level. "
    "In a history too short for that the level is mirrored at the price."
)
PINS: Final = (
    "The mirror is the level as far away on the other side; the nearest round strike and the prior close are each compared with "
    "their own mirrors, as they are nearer. A price that only reverses would seem drawn to max pain, since open interest is opened "
    f"where the price has been: so the share of the gap that is closed is also given after accounting for the prior close and the "
    f"mean close of {PAST} sessions. Each expiry counts as one window per class of sessions to go."
)
BARRIERS: Final = (
    "A level is also reached by chance: by a random walk with the day's volatility with probability 2[1 − Φ(|ln(K/S)| / σ√τ)], and "
    f"by closes with the level moved away by {SHIFT} σ√dt. That formula has no drift and no fat tails, so it is shown but not tested "
    "against. Holding is compared among levels that were touched, and levels of many days touched by one move count as one event."
)
METHOD: Final = (
    Fact(
        "Known at",
        "A level of a day is compared with the close of that day; it can be touched from the next session on.",
    ),
    Fact(
        "Prices",
        "As traded, as strikes are, so without dividends. Over a split, levels are adjusted as strikes are; splits are those on "
        "file, or adjusted closes that change by more than a fifth in one session.",
    ),
    Fact(
        "Sessions", "Those of each symbol's own exchange; for a file of prices, its days, unless --exchange names one."
    ),
    Fact(
        "Inference",
        "Levels persist and windows overlap, so days are not independent: standard errors are those of the daily series of "
        "each session's contributions (Newey-West with a wide bandwidth, fixed-b critical values), with Student's t where few "
        f"windows do not overlap; with fewer than {FEWEST} nothing is tested. In the regression each session's move is counted on "
        "its own session. Intervals are 95% confidence intervals, p-values two-sided.",
    ),
)


def level_null(study: LevelStudy) -> tuple[str, ...]:
    """What the levels are compared with, a paragraph each; empty for a study without cases."""
    if study.gravity:
        return (f"{DAYS} {PINS}", BARRIERS) if study.touches else (f"{DAYS} {PINS}",)
    return (f"{DAYS} {BARRIERS}",) if study.touches else ()
