"""The answer of an evaluation in words: how often a verdict came true, how often it would have anyway, and luck.

The first paragraph is the answer; the second, where the document has more to say, is `evidence.py`. A series
without verdicts is answered by `series_answer.py`.
"""

from flowbt.evaluation.inference import FEWEST
from flowbt.report.evaluation.evidence import evidence, sessions
from flowbt.report.evaluation.series_answer import series_answer
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
    span,
)
from flowbt.report.kit.significance import DIRECTIONS, SIGNIFICANT, Document, cells, headline, number_of, tests


def evaluation_answer(document: Document) -> str:
    """Do the verdicts of an evaluation (`interface.md`) predict?

    Returns:
        One paragraph, or two with a blank line between them: the answer, and what else was found.
    """
    horizons = document.get("horizons") or []
    if (document.get("buckets") or document.get("series")) and not cells(horizons):
        return series_answer(document)
    chosen = headline(horizons)
    symbols = listed(document.get("symbols") or [])
    if chosen is None:
        return _nothing_directional(document, symbols)
    said: list[str] = []
    for name in DIRECTIONS:
        cell = chosen["verdicts"].get(name) or {}
        if number_of(cell):
            # the second verdict's sentence need not name the symbols again
            place = f" in {symbols}" if symbols and not said else ""
            said.append(_verdict_sentences(name, cell, chosen, document, place))
    answer = " ".join(filter(None, [*said, _all_tests(document), _not_tradable(document)]))
    return "\n\n".join(filter(None, [answer, " ".join(evidence(document, chosen))]))


def _nothing_directional(document: Document, symbols: str) -> str:
    place = f" in {symbols}" if symbols else ""
    given = cells(document.get("horizons") or [])
    neutral = max((number_of(cell) for _, name, cell in given if name == "neutral"), default=0)
    if neutral:
        which = "The one verdict" if neutral == 1 else f"All {neutral:,} verdicts"
        was = "was" if neutral == 1 else "were"
        return (
            f"{which}{place}{span(document, ' from ')} {was} neutral: none said where the price would go, "
            "so there is no hit rate to judge."
        )
    return (
        f"There is no verdict{place}{span(document, ' from ')} with a price to follow it: "
        "nothing can be said about whether it predicts."
    )


def _verdict_sentences(name: str, cell: Document, horizon: Document, document: Document, place: str) -> str:
    """Hit rate against base rate for one verdict, and what to make of the difference."""
    noun, verb = DIRECTIONS[name]
    n, symbols = number_of(cell), document.get("symbols") or []
    anyway = f"{symbols[0]} {verb}" if len(symbols) == 1 else f"they {noun}" if symbols else f"the price {verb}"
    hit, base, lift = (known(cell.get(key)) for key in ("hit_rate", "base_rate", "lift"))
    if hit is None or base is None or lift is None:
        return f"{counted(n, f'{name} verdict').capitalize()}{place} could not be judged."
    after = f"followed by a {noun} over the next {sessions(horizon['horizon'])}"
    if n == 1:
        outcome = "was" if hit > 0 else "was not"
        return (
            f"The one {name} verdict{place} {outcome} {after}; {anyway} {percent(base, 0)} of the time anyway. "
            "One verdict is too few to say more."
        )
    # more digits where rounding would make the three numbers disagree
    digits = 0 if round(100 * hit) - round(100 * base) == round(100 * lift) else 1
    subject = f"The {n} {name} verdicts" if n < FEWEST else f"{name.capitalize()} verdicts"
    said = [
        f"{subject}{place} were {after} "
        f"{percent(hit, digits)} of the time; {anyway} {percent(base, digits)} of the time anyway."
    ]
    p = known(cell.get("p_value"))
    if n < FEWEST:
        said.append(f"{n} verdicts are too few to say more.")
    elif p is None:
        same = horizon.get("sessions") == n
        said.append(
            "The verdict was the same on every day, so there is nothing to compare it with."
            if same
            else f"The difference, {_point_word(lift, digits)}, cannot be tested: the history is too short or too uniform."
        )
    else:
        said.append(_judged(cell, lift, p, digits))
    return " ".join(said)


def _judged(cell: Document, lift: float, p: float, digits: int) -> str:
    """A lift that could be tested: within luck and how large it would have had to be, or beyond it and how sure."""
    if p >= SIGNIFICANT:
        said = f"The difference, {_point_word(lift, digits)}, is within luck ({p_phrase(p)})."
        visible = known(cell.get("minimum_detectable"))
        if visible is None:
            return said
        those = f"With {counted(number_of(cell), 'verdict')}"
        if visible > 1 - (known(cell.get("base_rate")) or 0.0):
            return f"{said} {those} no lift, however large, would have been visible."
        return f"{said} {those} only a lift of {_point_word(visible, 0).lstrip('+')} or more would have been visible."
    bounds = interval(cell.get("lift_ci"), lambda bound: points(bound, digits))
    within = f" (95% interval {bounds})" if bounds != MISSING else ""
    wrong = "" if lift > 0 else ": the verdict pointed the wrong way"
    excess = known(cell.get("mean_excess_return"))
    size = f" The mean return was {small_percent(excess)} against the usual." if excess is not None else ""
    return (
        f"The difference, {_point_word(lift, digits)}{within}, is more than luck explains ({p_phrase(p)}){wrong}.{size}"
    )


def _point_word(value: float, digits: int) -> str:
    text = points(value, digits)
    return f"{text} {'point' if text.lstrip('+−') == '1' else 'points'}"


def _all_tests(document: Document) -> str:
    """How many tests there were, how many of them luck alone would have passed, and which hold with all counted."""
    made = tests(document.get("horizons") or [])
    family = document.get("family") or {}
    number = max(int(known(family.get("tests")) or 0), len(made))
    joint = known(family.get("max_t_p_value"))
    passed = sum(p < SIGNIFICANT for p in made)
    if not made:
        return ""
    if not passed:
        together = f" (all counted, max-t {p_phrase(joint)})" if joint is not None else ""
        return f"None of the {number} tests, over all horizons, shows more than luck{together}." if number > 1 else ""
    if number == 1:
        return "One test is no proof: it should hold on data nobody has looked at."
    if joint is not None:
        caution = _together(family, joint)
    elif passed <= number / 2:
        caution = "one test among several is no proof"
    else:
        caution = "horizons overlap, so they do not count as many proofs"
    return (
        f"Of {number} tests, over all horizons, {passed} {'has' if passed == 1 else 'have'} p below 0.05, where "
        f"luck alone gives {plain(SIGNIFICANT * number, 1)} on average; {caution}."
    )


def _together(family: Document, joint: float) -> str:
    """What is left when all tests are counted at once."""
    if joint >= SIGNIFICANT:
        return f"with all of them counted, the strongest is within luck (max-t {p_phrase(joint)})"
    kept = [
        f"{survivor.get('verdict')} over {counted(int(survivor['horizon']), 'session')}"
        for survivor in family.get("survivors") or []
        if known(survivor.get("horizon")) is not None
    ]
    what = listed(kept) if kept else "the strongest"
    verb = "hold" if len(kept) > 1 else "holds"
    return f"with all of them counted, {what} {verb} (max-t {p_phrase(joint)}), on data that has now been looked at"


def _not_tradable(document: Document) -> str:
    if document.get("entry") != "close":
        return ""
    return "Returns start at the verdict's own close: this is what followed, not what could be traded."
