"""The answer of an evaluation in words: hit rates against base rates, their significance, and further evidence.

The first paragraph is the answer; the second has what else is significant or not, the others are on levels and prices.
"""

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.results import SignalEvaluation
from flowbt.report.evaluation.calendar_time import portfolio_sentence
from flowbt.report.evaluation.delay import delay_sentence
from flowbt.report.evaluation.family import family_sentence
from flowbt.report.evaluation.hit_rates import verdict_sentences
from flowbt.report.evaluation.incremental import controls_sentence
from flowbt.report.evaluation.move_size import size_sentence
from flowbt.report.evaluation.placebo import placebo_sentence
from flowbt.report.evaluation.prices import NOT_TRADABLE, price_answer
from flowbt.report.evaluation.rows import directional_rows, headline, verdict_rows
from flowbt.report.kit.formats import day, listed


def signal_answer(evaluation: SignalEvaluation) -> str:
    """Do the verdicts of a signal predict? In paragraphs, with a blank line between them."""
    chosen = headline(evaluation.horizons)
    paragraphs = [
        verdict_answer(evaluation, chosen),
        "" if chosen is None else evidence(evaluation, chosen),
        _of_levels(evaluation),
        price_answer(evaluation.returns),
    ]
    return "\n\n".join(filter(None, paragraphs))


def verdict_answer(evaluation: SignalEvaluation, chosen: HorizonEvaluation | None) -> str:
    """How often the verdicts came true at the headline horizon, and whether that could be chance."""
    place = f" in {listed(evaluation.symbols)}" if evaluation.symbols else ""
    if chosen is None:
        return _nothing_directional(evaluation, place)
    given = [row for row in directional_rows([chosen]) if row.cell.n]
    # the second verdict's sentence need not name the symbols again
    sentences = [verdict_sentences(row, "" if number else place) for number, row in enumerate(given)]
    sentences += [family_sentence(evaluation.horizons, evaluation.family), NOT_TRADABLE[evaluation.entry]]
    return " ".join(filter(None, sentences))


def evidence(evaluation: SignalEvaluation, chosen: HorizonEvaluation) -> str:
    """The other tests in words, most important first; a test that could not be made has no sentence."""
    sentences = [
        placebo_sentence(chosen),
        portfolio_sentence(evaluation.calendar_time),
        controls_sentence(evaluation.incremental, chosen.horizon),
        size_sentence(evaluation.move_sizes or (), chosen),
        delay_sentence(evaluation.delay),
    ]
    return " ".join(filter(None, sentences))


def _nothing_directional(evaluation: SignalEvaluation, place: str) -> str:
    period = f" from {day(evaluation.first)} to {day(evaluation.last)}"
    neutral = max((row.cell.n for row in verdict_rows(evaluation.horizons) if row.verdict == "neutral"), default=0)
    if neutral:
        which = "The one verdict" if neutral == 1 else f"All {neutral:,} verdicts"
        was = "was" if neutral == 1 else "were"
        return f"{which}{place}{period} {was} neutral, without a direction for the price, so there is no hit rate to judge."
    return f"No verdict{place}{period} is followed by a price: there is nothing to judge."


def _of_levels(evaluation: SignalEvaluation) -> str:
    """Of the answer on levels the signal's own levels and the number of tests; other levels are in the tables."""
    if evaluation.levels is None:
        return ""
    paragraphs = evaluation.levels.answer.split("\n\n")
    return " ".join(dict.fromkeys((paragraphs[0], paragraphs[-1])))
