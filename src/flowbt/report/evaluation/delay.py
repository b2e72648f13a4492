"""Delay: the excess return when the entry is one or more sessions late."""

from typing import Final

from flowbt.evaluation.event_study import Delay, DelayLag
from flowbt.report.evaluation.rows import signed_interval
from flowbt.report.kit.formats import counted, hundredths, plain, small_interval, small_percent
from flowbt.report.kit.section import HALF, Fact, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table

CLIFF: Final = 1 / 3
"""An edge of which less than this is left one session later disappears suspiciously fast."""
METHOD: Final = (
    Fact("Delay", "The same verdicts carried out so many sessions later; −1 is a session before they were known."),
)
COLUMNS: Final[tuple[Column[DelayLag], ...]] = (
    Column("Sessions of delay", lambda row: plain(row.lag, 0)),
    Column("Signed excess return", lambda row: hundredths(row.signed_excess)),
    Column("95% CI", lambda row: signed_interval(row.ci)),
)


def section(delay: Delay) -> Section:
    """The signed excess return at each delay of the entry."""
    over = counted(delay.horizon, "session")
    note = f"Over {over}. A delay of −1 enters before the verdict was known: it could not be traded."
    figures: tuple[Figure, ...] = ()
    if any(row.signed_excess is not None for row in delay.lags):
        reading = (
            f"Mean excess return in the verdict's direction over {over} when the entry is delayed; −1 could not be traded, and "
            "a cliff between 0 and 1 suggests look-ahead."
        )
        figures = (Figure("Delay", reading, lambda width: delay_chart(delay, width), HALF),)
    return Section("Delay", figures=figures, folded=(Table.of("Delay", COLUMNS, delay.lags, note),))


def delay_sentence(delay: Delay | None) -> str:
    """A warning where the edge is gone one session later, which is the mark of look-ahead."""
    now, later = (delay.at(0), delay.at(1)) if delay else (None, None)
    if now is None or later is None or now.signed_excess is None or later.signed_excess is None or now.ci is None:
        return ""
    if now.ci[0] <= 0 or later.signed_excess > CLIFF * now.signed_excess:
        return ""
    return (
        f"Warning: with an entry one session later the excess return is {small_percent(later.signed_excess)} instead of "
        f"{small_percent(now.signed_excess)} (95% CI {small_interval(now.ci)}). Such a cliff is either a very short-lived edge "
        "or look-ahead: make sure that everything the signal reads was known at the entry."
    )


def delay_chart(delay: Delay, width: int) -> Spec:
    """Signed excess return at each delay; a delay of −1 was not tradable."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import COLOURS, STRATEGY  # noqa: PLC0415

    tradable = {True: "could be traded", False: "not tradable"}
    rows = [
        {
            "lag": plain(row.lag, 0),
            "when": tradable[row.lag >= 0],
            "value": row.signed_excess,
            **axes.bounds(row.ci),
            "tip": f"{'one session early' if row.lag < 0 else counted(row.lag, 'session') + ' late'}: "
            f"{small_percent(row.signed_excess)} ({small_interval(row.ci)}), {tradable[row.lag >= 0]}",
        }
        for row in delay.lags
        if row.signed_excess is not None
    ]
    given = {row["when"] for row in rows}
    every = {tradable[True]: STRATEGY, tradable[False]: COLOURS["amber"].light}
    colours = {name: colour for name, colour in every.items() if name in given}
    x = axes.places("lag", "sessions of delay", [row["lag"] for row in rows])
    base = alt.Chart(axes.inline(rows)).encode(x=x, color=axes.coloured("when", colours, width))
    return axes.finish(alt.layer(axes.zero_line(), *axes.whiskers(base, "+~%")), width, 220)
