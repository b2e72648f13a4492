"""The placebo: what the same verdicts would have earned at other times."""

from collections.abc import Sequence
from typing import Final

from flowbt.evaluation.evaluate import HorizonEvaluation
from flowbt.evaluation.placebo import Placebo
from flowbt.report.evaluation.rows import headline, judgement, sessions, signed_interval
from flowbt.report.kit.formats import count, counted, hundredths, p_phrase, p_value, small_percent
from flowbt.report.kit.section import Fact, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table

METHOD: Final = (
    Fact(
        "Placebo",
        "The verdicts of all symbols are moved together to other dates (circular shifts by any number of sessions), so that "
        "they persist and cluster as they do and only their link to the prices is cut.",
    ),
    Fact(
        "Signed excess return", "The excess return in the verdict's direction: plus after bullish, minus after bearish."
    ),
)
COLUMNS: Final[tuple[Column[tuple[int, Placebo]], ...]] = (
    Column("Sessions", lambda row: count(row[0])),
    Column("Signed excess return", lambda row: hundredths(row[1].statistic)),
    Column("95% of shifts", lambda row: signed_interval((row[1].low, row[1].high))),
    Column("Shifts", lambda row: count(row[1].shifts)),
    Column("p", lambda row: p_value(row[1].p_value)),
)


def section(horizons: Sequence[HorizonEvaluation]) -> Section:
    """Signed excess return against circular shifts of the same verdicts, by horizon."""
    chosen = headline(horizons)
    figures: tuple[Figure, ...] = ()
    if chosen is not None and chosen.placebo is not None:
        placebo = chosen.placebo
        note = (
            f"Grey: what the same verdicts, shifted in time, earned over {counted(chosen.horizon, 'session')}; 95% of the "
            "shifts are between the dashed lines. An observed value among the grey could well be chance."
        )
        figures = (Figure("Placebo", note, lambda width: placebo_chart(placebo, width)),)
    rows = [(each.horizon, each.placebo) for each in horizons if each.placebo is not None]
    return Section("Placebo", figures=figures, tables=(Table.of("Placebo", COLUMNS, rows),))


def placebo_sentence(horizon: HorizonEvaluation) -> str:
    """The signed excess return compared with that of circular shifts of the same verdicts."""
    placebo = horizon.placebo
    if placebo is None:
        return ""
    return (
        f"The mean excess return in the verdict's direction was {small_percent(placebo.statistic)} over the next "
        f"{sessions(horizon.horizon)}; compared with {counted(placebo.shifts, 'circular shift')} of the same verdicts this is "
        f"{judgement(placebo.statistic, placebo.p_value)} (placebo {p_phrase(placebo.p_value)})."
    )


def placebo_chart(placebo: Placebo, width: int) -> Spec:
    """What the same verdicts earned on other days, and (the heavy line) on their own."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import BENCHMARK, COLOURS, STRATEGY  # noqa: PLC0415

    bars = [
        {
            "start": bar.start,
            "end": bar.end,
            "count": bar.count,
            "tip": f"{small_percent(bar.start)} to {small_percent(bar.end)}: {counted(bar.count, 'shift')}",
        }
        for bar in placebo.histogram
    ]
    axis = alt.Axis(format="+~%", labelExpr=axes.NO_SIGN, grid=False, tickCount=5 if width > 400 else 4)
    x = alt.X("start:Q", title="mean signed excess return", bin="binned", axis=axis, scale=alt.Scale(zero=False))
    value, middle = placebo.statistic, (placebo.histogram[0].start + placebo.histogram[-1].end) / 2
    # the label is on the side with more room
    left = value > middle
    observed = f"observed {small_percent(value)}"
    drawn = [
        alt.Chart(axes.inline(bars))
        .mark_bar(color=BENCHMARK, opacity=0.55, binSpacing=1)
        .encode(x=x, x2="end:Q", y=axes.value_axis("count", "~s", from_zero=True, title="shifts"), description="tip:N"),
        *(axes.upright_line(edge, COLOURS["muted"].light, (4, 3)) for edge in (placebo.low, placebo.high)),
        alt.Chart(axes.inline([{"tip": observed}]))
        .mark_rule(color=STRATEGY, strokeWidth=2.5)
        .encode(x=alt.XDatum(value), description="tip:N"),
        alt.Chart(axes.inline([{"text": observed}]))
        .mark_text(
            align="right" if left else "left",
            dx=-6 if left else 6,
            fontSize=12,
            fontWeight="bold",
            color=STRATEGY,
            aria=False,
        )
        .encode(x=alt.XDatum(value), y=alt.value(-8), text="text:N"),
    ]
    return axes.finish(alt.layer(*drawn), width, 200)
