"""A measure of levels beside its placebo, in words and as columns of a table."""

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol, TypeAlias, TypeVar

from flowbt.evaluation.inference import SIGNIFICANT
from flowbt.evaluation.levels.contrast import Contrast
from flowbt.evaluation.levels.gravity import GravityMeasure
from flowbt.evaluation.levels.touches import TouchMeasure
from flowbt.report.kit.formats import MISSING, counted, interval, p_phrase, p_value, percent, points
from flowbt.report.kit.table import Column, words

Measure: TypeAlias = GravityMeasure | TouchMeasure
Write: TypeAlias = Callable[[float | None], str]
Row = TypeVar("Row")

MINIMUM_DETECTABLE: Final = "Minimum detectable"


class Comparison(NamedTuple):
    """The placebo that the answer uses: other days, or the mirror where the history is too short for them."""

    value: float | None
    contrast: Contrast
    by_other_days: bool


class Tested(Protocol):
    """Anything with a p-value and the bounds that belong to it."""

    @property
    def ci(self) -> tuple[float, float] | None:
        """95% confidence interval."""

    @property
    def p_value(self) -> float | None:
        """Two-sided."""

    @property
    def minimum_detectable(self) -> float | None:
        """The smallest true effect that would be found significant in four cases of five."""


def comparison(measure: Measure | None) -> Comparison:
    """The measure's first placebo; empty for a measure that does not exist."""
    if measure is None:
        return Comparison(None, Contrast(), by_other_days=False)
    if measure.elsewhere is not None:
        return Comparison(measure.elsewhere, measure.against.elsewhere, by_other_days=True)
    return Comparison(measure.mirror, measure.against.mirror, by_other_days=False)


def share(value: float | None) -> str:
    """A share in whole percent."""
    return percent(value, 0)


def reading(difference: float | None, tested: Tested) -> str:
    """What a difference shows, in a word or two: for tables."""
    if difference is None:
        return "no data"
    if tested.p_value is None:
        return "too few"
    return "significant" if tested.p_value < SIGNIFICANT else "not significant"


def test_columns(
    tested: Callable[[Row], Tested], effect: Callable[[Row], float | None], write: Callable[[Row], Write], heading: str
) -> tuple[Column[Row], ...]:
    """An effect with its confidence interval, p-value, minimum detectable effect and reading.

    Args:
        tested: the row's test.
        effect: what was tested.
        write: how the row writes it.
        heading: of the effect.
    """

    def bounds(row: Row) -> str:
        ci = tested(row).ci
        return interval(ci, write(row)) if ci is not None else MISSING

    return (
        Column(heading, lambda row: write(row)(effect(row))),
        Column("95% CI", bounds),
        Column("p", lambda row: p_value(tested(row).p_value)),
        Column(MINIMUM_DETECTABLE, lambda row: write(row)(tested(row).minimum_detectable).lstrip("+")),
        words("Reading", lambda row: reading(effect(row), tested(row))),
    )


def comparison_sentence(subject: str, measure: Measure, cases: str) -> str:
    """A share beside its placebo, and whether the difference is significant.

    Args:
        subject: such as "Call wall above the price: touched within 3 sessions".
        measure: with a value.
        cases: of what it is a share, such as "of 96 cases".
    """
    placebo = comparison(measure)
    digits = _digits(measure.value, placebo.value)
    where = "levels as far away on other days" if placebo.by_other_days else "levels mirrored at the price"
    beside = f"; {where} in {percent(placebo.value, digits)}" if placebo.value is not None else ""
    formula = measure.formula if isinstance(measure, TouchMeasure) else None
    if placebo.value is not None and formula is not None:
        beside += f", a random walk in {percent(formula, 0)}"
    sentence = f"{subject[:1].upper()}{subject[1:]} in {percent(measure.value, digits)} {cases}{beside}."
    return " ".join(filter(None, [sentence, _judged(placebo.contrast, digits)]))


def cases_of(measure: Measure) -> str:
    """The number of cases within a sentence."""
    return f"of {counted(measure.n, 'case')}"


def _digits(value: float | None, other: float | None) -> int:
    """More digits where rounding would make the numbers and their difference disagree."""
    if value is None or other is None:
        return 0
    return 0 if round(100 * value) - round(100 * other) == round(100 * (value - other)) else 1


def _judged(contrast: Contrast, digits: int) -> str:
    """A difference in points: significant with its interval, or not with its minimum detectable effect."""
    if contrast.difference is None:
        return ""
    size = f"The difference of {_point_word(contrast.difference, digits)}"
    if contrast.p_value is None:
        return f"{size} cannot be tested on so few cases."
    if contrast.p_value < SIGNIFICANT:
        bounds = interval(contrast.ci, lambda bound: points(bound, digits))
        within = f" (95% CI {bounds})" if bounds != MISSING else ""
        return f"{size}{within} is significant ({p_phrase(contrast.p_value)})."
    least = ""
    if contrast.minimum_detectable is not None:
        least = f"; minimum detectable: {_point_word(contrast.minimum_detectable, 0).lstrip('+')}"
    return f"{size} is not significant and could well be chance ({p_phrase(contrast.p_value)}{least})."


def _point_word(value: float, digits: int) -> str:
    text = points(value, digits)
    return f"{text} {'point' if text.lstrip('+−') == '1' else 'points'}"
