"""Mean returns after each verdict, and what they are in excess of the usual."""

from collections.abc import Sequence
from typing import Final, Literal

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.report.evaluation.rows import VerdictRow, signed_interval, verdict_rows
from flowbt.report.kit.formats import count, counted, hundredths, p_value, percent, small_interval, small_percent
from flowbt.report.kit.section import Fact, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table, words

ExcessOver = Literal["universe", "own_mean"]

METHOD: Final[dict[ExcessOver, tuple[Fact, ...]]] = {
    "universe": (Fact("Excess return", "The return above the mean of all symbols on the same day."),),
    "own_mean": (Fact("Excess return", "The return above the symbol's own mean over the same number of sessions."),),
}
COLUMNS: Final[tuple[Column[VerdictRow], ...]] = (
    Column("Sessions", lambda row: count(row.horizon.horizon)),
    words("Verdict", lambda row: row.verdict),
    Column("n", lambda row: count(row.cell.n)),
    Column("Mean return", lambda row: hundredths(row.cell.mean_return)),
    Column("Mean excess return", lambda row: hundredths(row.cell.mean_excess_return)),
    Column("95% CI", lambda row: signed_interval(row.cell.mean_excess_ci)),
    Column("p", lambda row: p_value(row.cell.return_p_value)),
    Column("Minimum detectable", lambda row: percent(row.cell.return_minimum_detectable, 2), if_any=True),
)


def section(horizons: Sequence[HorizonEvaluation], excess_over: ExcessOver) -> Section:
    """Mean return and mean excess return, by verdict and horizon."""
    rows = verdict_rows(horizons)
    figures: tuple[Figure, ...] = ()
    if any(row.cell.mean_excess_return is not None for row in rows):
        mean = "mean of all symbols that day" if excess_over == "universe" else "symbols' own mean"
        note = (
            f"Mean return above the {mean} over the same number of sessions, with 95% confidence intervals; after a good "
            "bearish verdict it is below zero."
        )
        figures = (Figure("Mean return", note, lambda width: returns_chart(rows, width)),)
    return Section("Mean return", figures=figures, tables=(Table.of("Mean return", COLUMNS, rows),), detail=True)


def returns_chart(rows: Sequence[VerdictRow], width: int) -> Spec:
    """Mean excess returns with their 95% intervals, by horizon and verdict."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import VERDICTS  # noqa: PLC0415

    drawn = [
        {
            "horizon": row.horizon.horizon,
            "verdict": row.verdict,
            "value": row.cell.mean_excess_return,
            **axes.bounds(row.cell.mean_excess_ci),
            "tip": f"{row.verdict}, {counted(row.horizon.horizon, 'session')}, n = {count(row.cell.n)}: mean excess return "
            f"{small_percent(row.cell.mean_excess_return)} ({small_interval(row.cell.mean_excess_ci)})",
        }
        for row in rows
        if row.cell.mean_excess_return is not None
    ]
    given = {row["verdict"] for row in drawn}
    colours = {name: colour for name, colour in VERDICTS.items() if name in given}
    horizons = sorted({row.horizon.horizon for row in rows if row.cell.mean_excess_return is not None})
    base = alt.Chart(axes.inline(drawn)).encode(
        x=axes.places("horizon", "sessions after the verdict", horizons),
        xOffset=alt.XOffset("verdict:N", scale=alt.Scale(domain=list(colours))),
        color=axes.coloured("verdict", colours, width),
    )
    return axes.finish(alt.layer(axes.zero_line(), *axes.whiskers(base, "~%")), width, 240)
