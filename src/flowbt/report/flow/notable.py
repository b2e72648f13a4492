"""Blocks of the tape and contracts that stand out, each with its read-through."""

from collections.abc import Sequence
from typing import Any

from flowbt.flow.cited import CitedContract
from flowbt.flow.contracts import ContractDay, NotableContract
from flowbt.flow.prints import Block
from flowbt.flow.report import FlowReport
from flowbt.metrics.catalogue.tape import is_block
from flowbt.report.flow.amounts import count
from flowbt.report.flow.money import Money
from flowbt.report.kit.formats import percent
from flowbt.report.kit.section import Item, Section
from flowbt.report.kit.table import Column, Table, words


def notable_section(report: FlowReport, money: Money) -> Section:
    """Blocks, notable contracts, and cited ones that are not among them."""
    shown = {row.contract for row in report.notable}
    cited = [row for row in report.cited if isinstance(row, CitedContract) and row.contract not in shown]
    contracts: list[NotableContract | CitedContract] = [*report.notable, *cited]
    # at the close it is the change of the session before, which is not what today's volume did
    change = "OI change" if report.decision == "pre_open" else "Prior OI change"
    blocks = [Item(f"Block of {count(row.size)}, {money.contract(row)}", row.read_through) for row in report.prints]
    title = "Notable prints" if report.prints else "Notable contract days"
    return Section(
        title,
        sentences=_introduction(report, money) if report.prints or contracts else (),
        tables=(
            _block_table(report.prints, money),
            _contract_table("Contracts" if report.prints else title, contracts, change, money),
        ),
        items=(*blocks, *(Item(money.contract(row), row.read_through) for row in contracts)),
    )


def _introduction(report: FlowReport, money: Money) -> tuple[str, ...]:
    if report.prints:
        least: Any = is_block.parameters
        size, premium = count(least["min_block_size"]), money.currency.mark + count(least["min_block_premium"])
        return (f"Blocks on the tape: single prints of at least {size} contracts or {premium}, the largest first.",)
    if report.notable:
        return ("Contract days, not prints: an end-of-day chain does not show the number of trades, or who bought.",)
    return ()


def _contract_table(title: str, rows: Sequence[ContractDay], change: str, money: Money) -> Table:
    columns: list[Column[ContractDay]] = [
        words("Contract", money.contract),
        Column("Premium", lambda row: money.amount(row.premium)),
        Column("Of gross", lambda row: percent(row.share_of_gross)),
        Column("Volume", lambda row: count(row.volume)),
        Column("OI", lambda row: count(row.open_interest)),
        Column(change, lambda row: count(row.oi_change, signed=True)),
        words("Kind", lambda row: row.kind),
    ]
    return Table.of(title, columns, rows)


def _block_table(rows: tuple[Block, ...], money: Money) -> Table:
    columns: list[Column[Block]] = [
        words("Contract", money.contract),
        words("Side", lambda row: row.side or "n/a"),
        Column("Premium", lambda row: money.amount(row.premium)),
        Column("Of gross", lambda row: percent(row.share_of_gross)),
        Column("Size", lambda row: count(row.size)),
        Column("Price", lambda row: money.price(row.price)),
    ]
    return Table.of("Blocks", columns, rows)
