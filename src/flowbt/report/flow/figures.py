"""The figures of the flow report with their titles and how to read them; one that has nothing to draw is left out."""

from collections.abc import Sequence

from flowbt.flow.chart_data import SessionFlow
from flowbt.flow.report import FlowReport
from flowbt.report.flow.money import Money
from flowbt.report.kit.section import EITHER, Figure, Spec


def premium_figure(history: Sequence[SessionFlow], money: Money, *, wide: int = EITHER) -> tuple[Figure, ...]:
    """Net premium by session; empty where none is known."""
    if all(row.net_premium is None for row in history):
        return ()

    def draw(width: int) -> Spec:
        from flowbt.report.flow.charts import premium_chart  # noqa: PLC0415 (altair takes a second to import)

        return premium_chart(history, money, width)

    note = "Call premium minus put premium of each session; the colour is that session's verdict."
    return (Figure("Net premium and verdict", note, draw, wide),)


def positioning_figures(report: FlowReport, money: Money) -> tuple[Figure, ...]:
    """Open interest by strike, gamma exposure and max pain."""
    figures = (_open_interest(report, money), _gamma(report, money), _max_pain(report, money))
    return tuple(figure for figure in figures if figure is not None)


def levels_drawn(report: FlowReport) -> dict[str, float | None]:
    """The prices that are drawn as lines, by name."""
    nearest = next(iter(report.max_pain), None)
    return {
        "spot": report.spot,
        "call wall": report.levels.call_wall,
        "put wall": report.levels.put_wall,
        "max pain": nearest.max_pain if nearest else None,
        "zero gamma": report.levels.zero_gamma,
    }


def _open_interest(report: FlowReport, money: Money) -> Figure | None:
    rows = report.charts.oi_by_strike
    if not rows:
        return None

    def draw(width: int) -> Spec:
        from flowbt.report.flow.charts import open_interest_chart  # noqa: PLC0415 (altair takes a second to import)

        return open_interest_chart(rows, levels_drawn(report), money, width)

    note = "Calls upward, puts downward, all live expiries; walls are the strikes with the largest gamma."
    return Figure("Open interest by strike", note, draw)


def _gamma(report: FlowReport, money: Money) -> Figure | None:
    rows = report.charts.gex_profile
    if not rows:
        return None

    def draw(width: int) -> Spec:
        from flowbt.report.flow.charts import gamma_chart  # noqa: PLC0415 (altair takes a second to import)

        return gamma_chart(rows, levels_drawn(report), money, width)

    note = f"{money.code} per 1% move if the underlying were at that price; dealers assumed long calls and short puts."
    return Figure("Gamma exposure by price", note, draw, EITHER)


def _max_pain(report: FlowReport, money: Money) -> Figure | None:
    rows = report.charts.max_pain
    if not rows:
        return None

    def draw(width: int) -> Spec:
        from flowbt.report.flow.charts import max_pain_chart  # noqa: PLC0415 (altair takes a second to import)

        return max_pain_chart(rows, report.spot, money, width)

    note = "Dots, with the strikes that are as good; grey: one expected move around the spot."
    return Figure("Max pain by expiry", note, draw, EITHER)
