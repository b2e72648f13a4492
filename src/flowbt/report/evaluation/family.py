"""All tests together: how many lifts were tested, how many would be significant by chance, and which remain."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.family import Family
from flowbt.evaluation.inference import SIGNIFICANT
from flowbt.report.evaluation.rows import p_values
from flowbt.report.kit.formats import counted, listed, p_phrase, plain
from flowbt.report.kit.section import Fact

METHOD: Final = (
    Fact(
        "All tests",
        "The best of many tests always looks good. Max-t: how often chance alone, with the tests as dependent as they are, "
        "makes the strongest of them as strong as the one observed.",
    ),
)


def family_sentence(horizons: Sequence[HorizonEvaluation], family: Family) -> str:
    """How many tests there were, how many of them chance alone would pass, and which hold with all tests counted."""
    tested = p_values(horizons)
    significant = sum(p < SIGNIFICANT for p in tested)
    number, joint = max(family.tests, len(tested)), family.max_t_p_value
    if not tested:
        return ""
    if not significant:
        counting = f" (max-t {p_phrase(joint)} with all tests counted)" if joint is not None else ""
        return f"None of the {number} tests over all horizons is significant{counting}." if number > 1 else ""
    if number == 1:
        return "A single test is not proof: the result should hold on new data, too."
    if joint is not None:
        caution = _together(family, joint)
    elif significant <= number / 2:
        caution = "one significant test among several is not proof"
    else:
        caution = "horizons overlap, so the tests are not independent"
    return (
        f"Of {number} tests over all horizons, {significant} {'has' if significant == 1 else 'have'} p below "
        f"{plain(SIGNIFICANT)}, where chance alone gives {plain(SIGNIFICANT * number, 1)} on average; {caution}."
    )


def _together(family: Family, joint: float) -> str:
    """What remains when all tests are counted at once."""
    if joint >= SIGNIFICANT:
        return f"with all tests counted, the strongest is not significant (max-t {p_phrase(joint)})"
    remaining = [f"{each.verdict} over {counted(each.horizon, 'session')}" for each in family.survivors]
    what = listed(remaining) if remaining else "the strongest"
    verb = "remain" if len(remaining) > 1 else "remains"
    return f"with all tests counted, {what} {verb} significant (max-t {p_phrase(joint)}), in this sample"
