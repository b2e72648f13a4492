"""One self-contained page per run: no script, no network, nothing but itself.

Charts are inline SVG, drawn when the page is written. An interactive chart would need a megabyte of script in every
report and a content security policy loose enough to run it; a drawn one is small, prints as it looks, follows light and
dark mode, and still shows its numbers on hover. Each chart is drawn twice, for wide and for narrow windows, so that its
text keeps its size. The policy allows the page's own style sheet, by its hash, and nothing else.

Jinja escapes every text that comes from a document; what is marked safe is the style sheet and the charts.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, Final, NamedTuple

import polars as pl

from flowbt.report import conventions
from flowbt.report.backtest_words import backtest_answer
from flowbt.report.evaluation_words import evaluation_answer
from flowbt.report.notation import counted, known, listed, span
from flowbt.report.palette import stylesheet
from flowbt.report.tables import (
    buckets_table,
    counts_table,
    facts_table,
    hit_rate_table,
    measures_table,
    returns_table,
    trades_table,
)

WIDTHS: Final = {"wide": 1040, "narrow": 350}
"""Total widths in pixels of the two drawings of a chart: a column of text, and a telephone."""

SHOWN_ELSEWHERE: Final = ("parameters", "costs", "symbols", "initial_cash")


class Figure(NamedTuple):
    """A chart's title, what to know when reading it, and its drawings by width (markup)."""

    title: str
    note: str
    drawings: dict[str, str]


def render_backtest(
    document: Mapping[str, Any], trades: pl.DataFrame, events: pl.DataFrame, equity: pl.DataFrame
) -> str:
    """The page of a backtest, as HTML.

    Args:
        document: that of `flowbt backtest` (interface.md), plus, where given, description, counts, costs, initial_cash,
            buy_and_hold, sides, inference and manifest.
        trades: `schema.TRADES`, of the account.
        events: `schema.TRADES`, each plan on its own.
        equity: date, equity, buy_and_hold, drawdown.
    """
    from flowbt.report import charts  # noqa: PLC0415 (altair takes a second to import)

    figures = []
    if equity.height > 1:
        figures += [
            _figure(
                "Account against buy and hold",
                "In USD, at the close.",
                lambda width: charts.equity_chart(equity, width),
            ),
            _figure("Drawdown", "Below the highest close before.", lambda width: charts.drawdown_chart(equity, width)),
        ]
    if trades.height:
        note = "By exit date; ▲ long, ▼ short."
        figures.append(_figure("Return of each trade", note, lambda width: charts.trades_chart(trades, width)))
    settings = {name: document[name] for name in ("costs", "initial_cash") if name in document}
    return _render(
        "backtest.html.j2",
        document,
        title=document.get("strategy") or "Backtest",
        kind="Backtest",
        facts=[counted(int(document.get("trades") or 0), "trade")],
        answer=document.get("answer") or backtest_answer(document),
        measures=measures_table(document),
        figures=figures,
        counts=counts_table(document),
        trades=trades_table(trades),
        events=trades_table(events),
        settings=facts_table("Costs and cash", settings),
        conventions=_timing(document, conventions.TRADED) + list(conventions.BACKTEST),
    )


def render_evaluation(document: Mapping[str, Any]) -> str:
    """The page of an evaluation, as HTML.

    Args:
        document: that of `flowbt evaluate` (interface.md), plus, where given, description, entry and manifest.
    """
    from flowbt.report import charts  # noqa: PLC0415 (altair takes a second to import)

    horizons = document.get("horizons") or []
    hits, returns = hit_rate_table(horizons), returns_table(horizons)
    cells = [cell or {} for horizon in horizons for cell in horizon["verdicts"].values()]
    hit_rates: Figure | None = None
    mean_returns: Figure | None = None
    if any(known(cell.get("hit_rate")) is not None for cell in cells):
        note = "Dots: hit rates with 95% intervals; dashes: how often the price moved that way anyway."
        hit_rates = _figure(hits.title, note, lambda width: charts.hit_rate_chart(horizons, width))
    if any(known(cell.get("mean_excess_return")) is not None for cell in cells):
        note = "Above the symbols' own mean over the same number of sessions, with 95% intervals."
        mean_returns = _figure(returns.title, note, lambda width: charts.returns_chart(horizons, width))
    returns_run = conventions.ENTRIES.get(str(document.get("entry")))
    sessions = known(document.get("sessions"))
    return _render(
        "evaluation.html.j2",
        document,
        title=document.get("signal") or document.get("series") or "Evaluation",
        kind="Evaluation",
        facts=[counted(int(sessions), "session")] if sessions is not None else [],
        answer=document.get("answer") or evaluation_answer(document),
        hit_rates=hits,
        hit_rate_figure=hit_rates,
        returns=returns,
        returns_figure=mean_returns,
        buckets=buckets_table(document.get("buckets") or []),
        conventions=[
            *_timing(document),
            *([("Returns", returns_run)] if returns_run else []),
            *conventions.EVALUATION,
        ],
    )


def _timing(document: Mapping[str, Any], then: str = "") -> list[tuple[str, str]]:
    """When it was decided, and what was done then."""
    decided = conventions.DECISIONS.get(str(document.get("decision")), "")
    said = " ".join(filter(None, [decided, then]))
    return [("Decision", said)] if said else []


def _figure(title: str, note: str, draw: Callable[[int], dict[str, Any]]) -> Figure:
    from flowbt.report.svg import to_svg  # noqa: PLC0415

    slug = "".join(letter if letter.isalnum() else "-" for letter in title.lower())
    return Figure(title, note, {name: to_svg(draw(width), title, f"{slug}-{name}") for name, width in WIDTHS.items()})


def _render(template: str, document: Mapping[str, Any], **parts: Any) -> str:
    """The template filled in with what every page has, and the parts of this one."""
    import jinja2  # noqa: PLC0415

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flowbt.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = stylesheet() + (resources.files("flowbt.report") / "templates" / "page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    manifest = {name: value for name, value in (document.get("manifest") or {}).items() if name not in SHOWN_ELSEWHERE}
    html = environment.get_template(template).render(
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        run=document.get("run") or manifest.get("run") or "",
        description=document.get("description") or "",
        symbols=listed([str(symbol) for symbol in document.get("symbols") or []], most=8),
        period=span(document),
        parameters=facts_table("Parameters", document.get("parameters") or {}, ("Parameter", "Value")),
        manifest=facts_table("What this run is made of", manifest),
        **parts,
    )
    # a file name may hold what UTF-8 cannot say
    return html.encode("utf-8", "replace").decode("utf-8")
