"""What levels are worth in words: how often the price went to them or stopped at them, and how often it does so anyway.

A published "the call wall holds 83%" says nothing until it is known how often a level that nobody drew holds. Every number here
stands beside its null, and `level_null` says in words what that is.
"""

from collections.abc import Sequence
from typing import Final

from flowbt.report.kit.formats import (
    MISSING,
    counted,
    interval,
    known,
    listed,
    p_phrase,
    percent,
    plain,
    points,
    small_percent,
)
from flowbt.report.kit.significance import SIGNIFICANT, Document, number_of
from flowbt.report.levels.headline import first_placebo, has_case, level_groups, level_tests, measure, told

MOST_GROUPS: Final = 3
"""Groups of levels that the answer speaks of; the tables hold all."""
BREAKING: Final = ("trigger", "breakout")
"""Kinds of levels that are meant to break, not to hold."""


def level_answer(levels: Document) -> str:
    """Is the price drawn to the levels, and do they hold? The answer of a section `levels`, a paragraph each."""
    groups = level_groups(levels)
    said = [_gravity(group.row) if group.is_pin else _touches(group.row) for group in groups[:MOST_GROUPS]]
    if not any(said):
        return "There is no level with prices to follow it: nothing can be said."
    counted_up = " ".join(filter(None, [_rest(len(groups) - MOST_GROUPS), _all_tests(levels)]))
    return "\n\n".join(filter(None, [*said, counted_up]))


def level_null(levels: Document) -> list[str]:
    """What the levels are compared with, a paragraph each."""
    said = []
    days = (
        "The null is a price that does not know of the levels. Each level is moved to other days of its own symbol, as far from "
        "the price in standard deviations, more than 20 sessions from its own day and, where there are ten, with the price on "
        "the same side of its mean of 20 sessions: they have the same drift, skew and fat tails, and no level. In a history too short for that it is "
        "mirrored at the price."
    )
    if levels.get("gravity"):
        said.append(
            f"{days} The mirror is the level as far away on the other side; the nearest round strike and the "
            "prior close are each set against their own mirrors, as they lie nearer. A price that only turns back would "
            "seem drawn to max pain, since open interest is opened where the price has been: so the share of the gap that "
            "is closed is given beside the prior close and the mean close of 20 sessions, too. Of an expiry one window "
            "counts per class of sessions to go."
        )
    if levels.get("touches"):
        said.append(
            f"{'' if said else days + ' '}A level is reached by chance, too: for a random walk with the day's volatility "
            "with probability 2[1 − Φ(|ln(K/S)| / σ√τ)], for closes with the level moved away by 0.5826 σ√dt. That formula "
            "knows no drift and no fat tails, so it is shown and not tested against. Holding is compared among levels that "
            "were touched, and many days' levels touched by one move count as one event."
        )
    return said


def level_notes(levels: Document) -> list[str]:
    """What was left out or taken for granted."""
    said = []
    columns = levels.get("columns") or []
    if columns:
        said.append(f"The columns {listed(columns, most=8)} were read as kinds of levels.")
    odd = [row["kind"] for row in levels.get("kinds") or [] if not row.get("recognised")]
    if odd:
        names = listed([f"“{kind}”" for kind in odd])
        said.append(f"What {names} {'is' if len(odd) == 1 else 'are'} is not known: taken for barriers, not for pins.")
    heard = {row["kind"] for row in [*(levels.get("gravity") or []), *(levels.get("touches") or [])] if has_case(row)}
    silent = [row["kind"] for row in levels.get("kinds") or [] if row["kind"] not in heard]
    if silent:
        said.append(
            f"Nothing can be said of {listed(silent, most=8)}: there must be prices after a level, and 20 daily returns before "
            "it, for the volatility."
        )
    reasons = {
        "no_level": "no price",
        "no_prices": "no price of the symbol on their day",
        "out_of_reach": "more than twice or less than half the price, as levels of before a split are",
    }
    out = [f"{plain(number, 0)} with {reasons.get(reason, reason)}" for reason, number in _counts(levels, "left_out")]
    if levels.get("unreadable"):
        out.append(f"{plain(levels['unreadable'], 0)} that could not be read")
    if out:
        said.append(f"Left out: {listed(out)}.")
    realised = [name for name, source in (levels.get("volatility") or {}).items() if source == "realised"]
    implied = [name for name, source in (levels.get("volatility") or {}).items() if source == "implied"]
    parts = [f"implied at the money, of 30 days, for {listed(implied, most=8)}"] if implied else []
    parts += [f"realised, exponentially weighted, for {listed(realised, most=8)}"] if realised else []
    if parts:
        said.append(f"The volatility is that known at the close: {'; '.join(parts)}.")
    return said


def _counts(levels: Document, name: str) -> Sequence[tuple[str, int]]:
    return list((levels.get(name) or {}).items())


def _gravity(row: Document) -> str:
    """One kind of pin."""
    nearer = measure(row, "nearer")
    if known(nearer.get("value")) is None:
        return ""
    low, high = row["sessions"]
    last = "the last session" if high == 1 else f"the last {high if low == high else f'{low} to {high}'} sessions"
    when = f"over {last} before an expiry" if row["by"] == "expiry" else f"over {_sessions(high)}"
    what = f"{when} the price ended nearer to it than it had been"
    said = [_sentence(str(row["kind"]), what, nearer, f"of {counted(number_of(nearer), 'case')}")]
    pulled = (row.get("pull") or [{}])[-1]
    share, p = known(pulled.get("coefficient")), known(pulled.get("p_value"))
    if share is not None and p is not None:
        bounds = interval(pulled.get("ci"), lambda bound: percent(bound, 0))
        found = "more than luck explains" if p < SIGNIFICANT else "no more than luck explains"
        said.append(f"Past prices aside, {percent(share, 0)} of the gap was closed (95% interval {bounds}): {found}.")
    return " ".join(said)


def _touches(row: Document) -> str:
    """One kind of barrier on one side of the price."""
    touched, closed, held = (measure(row, name) for name in ("touched", "touched_by_close", "held"))
    reached = touched if number_of(touched) else closed
    if known(reached.get("value")) is None:
        return ""
    verb = "touched" if reached is touched else "closed at or beyond"
    name, what = f"{row['kind']} {row['side']} the price", f"{verb} within {_sessions(row['horizon'])}"
    said = [_sentence(name, what, reached, f"of {counted(number_of(reached), 'case')}")]
    stayed, others = known(closed.get("value")), known(closed.get(first_placebo(closed)))
    if reached is touched and stayed is not None and others is not None:
        said.append(
            f"No close was at it or beyond in {percent(1 - stayed, 0)} of cases; at such levels in {percent(1 - others, 0)}."
        )
    if any(word in str(row["kind"]) for word in BREAKING):
        said.append(_ran_on(measure(row, "drift_3")))
    elif known(held.get("value")) is not None:
        those = f"of {number_of(held)} touched, on {counted(int(held['days']), 'day')}"
        said.append(_sentence("", "it held to the close of that day", held, those))
    return " ".join(said)


def _ran_on(drift: Document) -> str:
    """What followed a touch of what is said to break."""
    placebo = first_placebo(drift)
    moved, others = known(drift.get("value")), known(drift.get(placebo))
    if moved is None or others is None:
        return ""
    p = known(told(drift).get("p_value"))
    least = small_percent(told(drift).get("minimum_detectable")).lstrip("+")
    luck = "too few to test" if p is None else f"{p_phrase(p)}, visible from {least}"
    return (
        f"Over the 3 sessions after a touch it ran on by {small_percent(moved)}, at such levels by {small_percent(others)} "
        f"({luck})."
    )


def _sentence(kind: str, what: str, found: Document, cases: str) -> str:
    """A share beside its placebo, and what to make of the difference."""
    placebo = first_placebo(found)
    value, beside = known(found.get("value")), known(found.get(placebo))
    digits = _digits(value, beside)
    anyway = "levels as far away on other days" if placebo == "elsewhere" else "levels mirrored at the price"
    subject = f"{kind}: {what}" if kind else what
    compared = f"; {anyway} in {percent(beside, digits)}" if beside is not None else ""
    if beside is not None and "formula" in found and known(found["formula"]) is not None:
        compared += f", and the formula of chance says {percent(found['formula'], 0)}"
    said = f"{subject[:1].upper()}{subject[1:]} in {percent(value, digits)} {cases}{compared}."
    return f"{said} {_judged(told(found), digits)}"


def _sessions(number: int) -> str:
    return "1 session" if number == 1 else f"{number} sessions"


def _digits(value: float | None, other: float | None) -> int:
    """More digits where rounding would make the numbers and their difference disagree."""
    if value is None or other is None:
        return 0
    return 0 if round(100 * value) - round(100 * other) == round(100 * (value - other)) else 1


def _judged(contrast: Document, digits: int) -> str:
    """A difference in points: within luck and how large it would have had to be, or beyond it and how sure."""
    difference, p = known(contrast.get("difference")), known(contrast.get("p_value"))
    if difference is None:
        return ""
    size = f"The difference, {_point_word(difference, digits)},"
    if p is None:
        return f"{size} cannot be tested on so few cases."
    if p < SIGNIFICANT:
        bounds = interval(contrast.get("ci"), lambda bound: points(bound, digits))
        within = f" (95% interval {bounds})" if bounds != MISSING else ""
        return f"{size[:-1]}{within}, is more than luck explains ({p_phrase(p)})."
    visible = known(contrast.get("minimum_detectable"))
    least = "" if visible is None else f"; only {_point_word(visible, 0).lstrip('+')} or more would have been seen"
    return f"{size} is within luck ({p_phrase(p)}{least})."


def _point_word(value: float, digits: int) -> str:
    text = points(value, digits)
    return f"{text} {'point' if text.lstrip('+−') == '1' else 'points'}"


def _rest(more: int) -> str:
    return f"{more} more {'group' if more == 1 else 'groups'} of levels: see the tables." if more > 0 else ""


def _all_tests(levels: Document) -> str:
    """How many tests there were, and how many of them luck alone would have passed."""
    made = level_tests(levels)
    passed = sum(p < SIGNIFICANT for p in made)
    if len(made) < 2:
        return ""
    if not passed:
        return f"None of the {len(made)} tests of levels shows more than luck."
    return (
        f"Of {len(made)} tests of levels, many of them of the same days, {passed} {'has' if passed == 1 else 'have'} p below "
        f"0.05, where luck alone gives {plain(SIGNIFICANT * len(made), 0)} on average."
    )
