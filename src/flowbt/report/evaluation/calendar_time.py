"""The calendar-time portfolio: the verdicts as one daily series."""

from typing import Final, NamedTuple

from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.evaluation.calendar_time import CalendarTime
from flowbt.evaluation.inference import SIGNIFICANT
from flowbt.report.evaluation.rows import judgement
from flowbt.report.kit.formats import MISSING, count, counted, p_phrase, p_value, plain, small_interval, small_percent
from flowbt.report.kit.section import Fact, Section
from flowbt.report.kit.table import Column, Table, words

METHOD: Final = (
    Fact(
        "Daily portfolio",
        "Each day holds the verdicts of the last sessions in equal parts, bought or sold short at the entry: one daily series "
        "without overlap. No costs.",
    ),
)


class Measure(NamedTuple):
    """A measure of the portfolio, with its meaning."""

    name: str
    value: str
    meaning: str


COLUMNS: Final[tuple[Column[Measure], ...]] = (
    words("Measure", lambda row: row.name),
    Column("Value", lambda row: row.value),
    words("Meaning", lambda row: row.meaning, prose=True),
)


def section(portfolio: CalendarTime) -> Section:
    """Mean daily return of the portfolio, its significance, and what of it is timing."""
    title = f"Daily portfolio, each verdict held for {counted(portfolio.horizon, 'session')}"
    return Section(title, tables=(Table.of(title, COLUMNS, _measures(portfolio)),), detail=True)


def _measures(portfolio: CalendarTime) -> tuple[Measure, ...]:
    timing = portfolio.timing
    return (
        Measure(
            "Mean daily return",
            small_percent(portfolio.mean_daily),
            "Mean return of a day, before costs, invested or not.",
        ),
        Measure("95% CI", small_interval(portfolio.ci), "If it excludes zero, the mean is significant."),
        Measure("t", plain(portfolio.t), "The mean over its standard error."),
        Measure("p", p_value(portfolio.p_value), "How often chance alone gives a mean as far from zero."),
        Measure(
            "Sharpe ratio",
            plain(portfolio.sharpe),
            f"Mean over standard deviation of daily returns, times √{SESSIONS_PER_YEAR}.",
        ),
        Measure(
            "Minimum detectable mean",
            small_percent(portfolio.minimum_detectable),
            "The smallest true mean that would be significant four times in five.",
        ),
        Measure("Days", count(portfolio.days), "Sessions with prices."),
        Measure(
            "Timing",
            small_percent(timing.mean_daily),
            "The part that holding the average position every day would not have made.",
        ),
        Measure("Timing 95% CI", small_interval(timing.ci), "If it excludes zero, timing is significant."),
        Measure("Timing p", p_value(timing.p_value), "How often chance alone gives as much timing."),
    )


def portfolio_sentence(portfolio: CalendarTime | None) -> str:
    """What the verdicts would have made as one daily series."""
    if portfolio is None or portfolio.mean_daily is None or portfolio.p_value is None:
        return ""
    mean, p = portfolio.mean_daily, portfolio.p_value
    ratio = f" (Sharpe ratio {plain(portfolio.sharpe)})" if portfolio.sharpe is not None else ""
    sentence = (
        f"As a daily portfolio the verdicts would have made {small_percent(mean)} a day before costs{ratio}, which is "
        f"{judgement(mean, p)} ({p_phrase(p)})"
    )
    least = small_percent(portfolio.minimum_detectable).lstrip("+")
    if p < SIGNIFICANT or least == MISSING:
        return f"{sentence}."
    return f"{sentence}; the minimum detectable mean is {least} a day."
