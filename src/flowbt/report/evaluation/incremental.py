"""Added value: what a signal adds to known predictors in a regression of the return."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.incremental import Incremental
from flowbt.evaluation.inference import SIGNIFICANT
from flowbt.report.evaluation.rows import signed_interval
from flowbt.report.kit.formats import count, hundredths, listed, p_phrase, p_value, percent
from flowbt.report.kit.section import Fact, Section
from flowbt.report.kit.table import Column, Table

METHOD: Final = (
    Fact(
        "Controls",
        "The return is regressed on the controls with and without the signal; p compares what the controls leave of the signal "
        "with what they leave of the return, by moving the one round the calendar against the other.",
    ),
)
CONTROLS: Final = {
    "momentum": "momentum",
    "iv": "implied volatility",
    "realised": "realised volatility",
    "tuesday": "the calendar",
    "wednesday": "the calendar",
    "thursday": "the calendar",
    "friday": "the calendar",
    "saturday": "the calendar",
    "sunday": "the calendar",
    "expiry": "the calendar",
}
"""A control in words, by the first word of its name."""
COLUMNS: Final[tuple[Column[Incremental], ...]] = (
    Column("Sessions", lambda row: count(row.horizon)),
    Column("n", lambda row: count(row.n)),
    Column("Alone", lambda row: hundredths(row.coefficient_alone)),
    Column("p alone", lambda row: p_value(row.p_value_alone)),
    Column("With controls", lambda row: hundredths(row.coefficient)),
    Column("95% CI", lambda row: signed_interval(row.ci)),
    Column("p", lambda row: p_value(row.p_value)),
    Column("R² of controls", lambda row: percent(row.r2_controls, 2)),
    Column("R² with signal", lambda row: percent(row.r2_with_signal, 2)),
)


def section(rows: Sequence[Incremental]) -> Section:
    """Coefficients of the signal alone and with controls, by horizon."""
    controls = list(rows[0].controls) if rows else []
    unit = {"score": "one standard deviation of the score", "verdict": "one step of the verdict"}
    note = f"Return per {unit[rows[0].unit]}. Controls: {listed(controls, most=20)}." if controls else ""
    return Section("Added value", tables=(Table.of("Added value", COLUMNS, rows, note),), detail=True)


def controls_sentence(rows: Sequence[Incremental], horizon: int) -> str:
    """Whether the signal adds to what is known without it, at one horizon."""
    row = next((row for row in rows if row.horizon == horizon), None)
    if row is None or row.p_value is None:
        return ""
    names = dict.fromkeys(control_words(name) for name in row.controls)
    known = listed(list(names), most=6) or "known predictors"
    p, alone = row.p_value, row.p_value_alone
    if p < SIGNIFICANT:
        return f"It adds to {known}: with these controls in the regression it is significant ({p_phrase(p)})."
    if alone is not None and alone < SIGNIFICANT:
        return (
            f"Its information is already in {known}: alone it is significant ({p_phrase(alone)}), with these controls it is "
            f"not ({p_phrase(p)})."
        )
    return f"It adds nothing significant to {known} ({p_phrase(p)})."


def control_words(name: str) -> str:
    """A control in words: `momentum_5` is momentum."""
    return CONTROLS.get(name.split("_", maxsplit=1)[0].lower(), name.replace("_", " "))
