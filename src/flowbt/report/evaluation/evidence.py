"""What else an evaluation found, a sentence each: placebo, portfolio, controls, sizes of moves, delay.

Each is said only where the document has it, and never more than its p-value allows.
"""

from collections.abc import Sequence
from typing import Any, Final

from flowbt.report.kit.formats import counted, known, listed, p_phrase, percent, plain, small_interval, small_percent
from flowbt.report.kit.significance import DIRECTIONS, SIGNIFICANT, Document, named

CLIFF: Final = 1 / 3
"""An edge of which less than this is left one session later is gone suspiciously fast."""

CONTROLS: Final = {
    "momentum": "momentum",
    "iv": "implied volatility",
    "implied": "implied volatility",
    "atm": "implied volatility",
    "realised": "realised volatility",
    "realized": "realised volatility",
    "day": "the calendar",
    "weekday": "the calendar",
    "monday": "the calendar",
    "tuesday": "the calendar",
    "wednesday": "the calendar",
    "thursday": "the calendar",
    "friday": "the calendar",
    "expiry": "the calendar",
}
"""Words for a control, by the first word of its name."""


def evidence(document: Document, horizon: Document) -> list[str]:
    """Sentences on the rest of the document, in the order of what they weigh.

    Args:
        document: of the evaluation.
        horizon: the one that the answer is drawn from.
    """
    said = [
        placebo_sentence(horizon),
        portfolio_sentence(document),
        controls_sentence(document, horizon["horizon"]),
        size_sentence(document, horizon),
        delay_sentence(document),
    ]
    return [sentence for sentence in said if sentence]


def sessions(number: Any) -> str:
    """`session` or `3 sessions`, after "the next"."""
    return "session" if number == 1 else f"{plain(number, 0)} sessions"


def placebo_sentence(horizon: Document) -> str:
    """The signed excess return beside that of circular shifts of the same verdicts."""
    placebo = horizon.get("placebo") or {}
    p, excess = known(placebo.get("p_value")), known(placebo.get("statistic"))
    if p is None or excess is None:
        return ""
    shifts = known(placebo.get("shifts"))
    against = f"{counted(int(shifts), 'circular shift')}" if shifts else "circular shifts"
    return (
        "With bullish counted up and bearish down, the mean return beyond the usual was "
        f"{small_percent(excess)} over the next {sessions(horizon['horizon'])}; against {against} of the same verdicts "
        f"in time that is {_luck(excess, p)} (placebo {p_phrase(p)})."
    )


def portfolio_sentence(document: Document) -> str:
    """What the verdicts would have made as one daily series."""
    found = document.get("calendar_time") or {}
    mean, p = known(found.get("mean_daily")), known(found.get("p_value"))
    if mean is None or p is None:
        return ""
    sharpe = known(found.get("sharpe"))
    ratio = f", a Sharpe ratio of {plain(sharpe)}," if sharpe is not None else ","
    said = f"As a daily portfolio the verdicts would have made {small_percent(mean)} a day before costs{ratio} which is {_luck(mean, p)} ({p_phrase(p)})"
    visible = known(found.get("minimum_detectable"))
    if p < SIGNIFICANT or visible is None:
        return f"{said}."
    return f"{said}; only {small_percent(visible).lstrip('+')} a day or more would have been visible."


def controls_sentence(document: Document, horizon: Any) -> str:
    """Whether the signal tells more than what is known anyway."""
    found = named(document.get("incremental"), horizon)
    p, alone = known(found.get("p_value")), known(found.get("p_value_alone"))
    if p is None:
        return ""
    names = dict.fromkeys(control_words(str(name)) for name in found.get("controls") or [])
    beside = listed(list(names), most=6) or "what is known anyway"
    if p < SIGNIFICANT:
        return f"It adds to {beside}: with them in the regression it still counts ({p_phrase(p)})."
    if alone is not None and alone < SIGNIFICANT:
        return (
            f"What it tells is told by {beside} already: alone it counts ({p_phrase(alone)}), beside them no more than "
            f"luck explains ({p_phrase(p)})."
        )
    return f"To {beside} it adds nothing beyond luck ({p_phrase(p)})."


def control_words(name: str) -> str:
    """What a control stands for, in words."""
    return CONTROLS.get(name.split("_", maxsplit=1)[0].lower(), name.replace("_", " "))


def size_sentence(document: Document, horizon: Document) -> str:
    """Whether the verdicts foretell how far the price moves, whichever way: the strongest of all such tests.

    Args:
        document: of the evaluation.
        horizon: the one that the answer is drawn from: does it tell the direction, too?
    """
    rows: Sequence[Document] = document.get("volatility") or []
    tested = [row for row in rows if row.get("verdict") in DIRECTIONS and known(row.get("p_value")) is not None]
    if not tested:
        return ""
    row = min(tested, key=lambda row: float(row["p_value"]))
    # as many chances as tests: Bonferroni
    p = min(1.0, len(tested) * float(row["p_value"]))
    counting = f"{p_phrase(p)}, counting all {len(tested)} such tests" if len(tested) > 1 else p_phrase(p)
    excess = known(row.get("excess"))
    if p >= SIGNIFICANT or excess is None:
        return f"About the size of moves, whichever way, it says nothing beyond luck ({counting})."
    what = "the next session's range was" if row.get("outcome") == "next_range" else "the size of the next move was"
    than = "larger" if excess > 0 else "smaller"
    rather = "" if _tells_direction(horizon) else " rather than their direction"
    return (
        f"It tells the size of moves{rather}: after {row['verdict']} verdicts {what} {percent(row.get('mean'), 2)}, "
        f"{percent(abs(excess), 2)} {than} than usual ({counting})."
    )


def delay_sentence(document: Document) -> str:
    """A warning where the edge is gone one session later: the mark of knowing what could not be known."""
    lags = {row.get("lag"): row for row in (document.get("delay") or {}).get("lags") or []}
    now, later = lags.get(0) or {}, lags.get(1) or {}
    at_once, after = known(now.get("signed_excess")), known(later.get("signed_excess"))
    low = known((now.get("ci") or (None, None))[0])
    if at_once is None or after is None or low is None or low <= 0 or after > CLIFF * at_once:
        return ""
    around = small_interval(now.get("ci"))
    return (
        f"Warning: one session's delay leaves {small_percent(after)} of {small_percent(at_once)} ({around}). Such a cliff "
        "is either a very short edge or a leak: make sure that all the signal reads was known at the entry."
    )


def _tells_direction(horizon: Document) -> bool:
    found = [known((horizon["verdicts"].get(name) or {}).get("p_value")) for name in DIRECTIONS]
    return any(p is not None and p < SIGNIFICANT for p in found)


def _luck(value: float, p: float) -> str:
    if p >= SIGNIFICANT:
        return "within luck"
    return "more than luck explains" if value > 0 else "worse than luck explains"
