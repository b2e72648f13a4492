"""The report of a backtest as a page: the answer, then one section per question."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.backtest.account import account_section, costs_section
from flowbt.report.backtest.answer import backtest_answer
from flowbt.report.backtest.data_quality import moves_section, not_computed_section
from flowbt.report.backtest.method import decision_section, method_of
from flowbt.report.backtest.plans import plans_section
from flowbt.report.backtest.trades import trades_section
from flowbt.report.kit.formats import counted, day, listed, printable
from flowbt.report.kit.html import page_html
from flowbt.report.kit.section import Page, Section
from flowbt.report.kit.text import page_text

SECTIONS: Final[tuple[Callable[[BacktestRun], Section], ...]] = (
    decision_section,
    account_section,
    plans_section,
    moves_section,
    trades_section,
    not_computed_section,
    costs_section,
)


def backtest_page(run: BacktestRun, provenance: Mapping[str, Any] | None = None) -> Page:
    """The whole report.

    Args:
        run: the result.
        provenance: data, code and parameters it was computed from.
    """
    return Page(
        title=run.strategy,
        kind="Backtest",
        answer=(run.answer or backtest_answer(run),),
        sections=tuple(section(run) for section in SECTIONS),
        facts=(
            listed(run.symbols, most=8),
            f"{day(run.first)} to {day(run.last)}",
            counted(run.trade_count, "trade"),
        ),
        description=run.description,
        run=run.run,
        method=method_of(run),
        parameters=run.parameters,
        provenance=provenance,
    )


def render_backtest(run: BacktestRun, provenance: Mapping[str, Any] | None = None) -> str:
    """The report as one self-contained page; arguments as in `backtest_page`."""
    return page_html(backtest_page(run, provenance))


def backtest_text(run: BacktestRun) -> str:
    """The report as text for a terminal, with the path of the page where one was written."""
    where = printable(f"Report: {run.report}") if run.report else ""
    return "\n".join(filter(None, [page_text(backtest_page(run)), f"{where}\n" if where else ""]))
