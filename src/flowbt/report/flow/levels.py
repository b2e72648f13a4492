"""Price levels by position, and this Friday's peaks of open interest."""

from typing import Final

from flowbt.flow.levels import OF_CHAIN, LabelledLevel
from flowbt.flow.report import FlowReport
from flowbt.report.flow.amounts import day_of
from flowbt.report.flow.money import Money
from flowbt.report.flow.positioning import strikes_text
from flowbt.report.kit.formats import percent
from flowbt.report.kit.section import Fact, Section
from flowbt.report.kit.table import Column, Table, words

LONGEST_NAME: Final = 40


def clipped(name: str) -> str:
    """A level's name, cut to fit a table."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def levels_section(report: FlowReport, money: Money) -> Section:
    """The levels from the highest to the lowest, with the spot among them."""
    levels, spot = report.levels, report.spot
    here = [LabelledLevel("the spot", spot, "", 0.0, "chain")] if spot else []
    by_price = sorted([*levels.labelled, *here], key=lambda row: -row.price)
    facts = [*_friday(report, money)]
    contention, peak = money.price(levels.contention_strike), money.price(levels.next_call_peak)
    floor = money.price(levels.put_floor)
    facts.append(Fact("All expiries", f"contention {contention}, next call peak {peak}, put floor {floor}"))
    if levels.unknown:
        facts.append(Fact("Unknown", unknown_levels(levels.unknown)))
    table = _table(by_price, money)
    return Section("Levels", facts=tuple(facts) if by_price or len(facts) > 1 else (), tables=(table,))


def unknown_levels(names: tuple[str, ...]) -> str:
    """Levels that are not known, by what they lack: `SMA 200 (too few price bars)`."""
    of_chain = [name for name in names if name in OF_CHAIN]
    of_chart = [name for name in names if name not in OF_CHAIN]
    groups = ((of_chart, "too few price bars"), (of_chain, "not in the chain"))
    return "; ".join(f"{', '.join(group)} ({reason})" for group, reason in groups if group)


def _friday(report: FlowReport, money: Money) -> list[Fact]:
    peaks = report.peaks
    if not peaks.calls and not peaks.puts:
        return []
    # the Thursday before a holiday
    expires = peaks.expires_on
    contention, peak = money.price(peaks.contention_strike), money.price(peaks.next_call_peak)
    return [
        Fact(f"This {expires:%A}", f"{day_of(expires)}, out of the money")
        if peaks.expiration
        else Fact("This Friday", "not listed"),
        Fact("Call OI peaks", strikes_text(peaks.calls, "C", money) or "none"),
        Fact("Put OI peaks", strikes_text(peaks.puts, "P", money) or "none"),
        Fact("Contention", f"{contention}, next call peak {peak}"),
    ]


def _table(rows: list[LabelledLevel], money: Money) -> Table:
    columns: list[Column[LabelledLevel]] = [
        Column("Price", lambda row: money.quote(row.price)),
        Column("From spot", lambda row: percent(row.distance, 2, signed=True)),
        words("Level", lambda row: clipped(row.level)),
        words("By position", lambda row: row.label or ""),
        words("Source", lambda row: row.of),
    ]
    return Table.of("Levels", columns, rows)
