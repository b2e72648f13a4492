"""The flow report as a page, and the index of a range of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from flowbt.report.flow.amounts import amounts_on, in_its_currency, money, percent, plain, price
from flowbt.report.flow.pictures import has_premium, pictures
from flowbt.report.flow.sections import parts, standing, title, verdict_line
from flowbt.report.kit.formats import counted
from flowbt.report.kit.page import Sketch, drawn, figure, render
from flowbt.report.kit.table import Table, numbers, texts

Document = Mapping[str, Any]
IN_ANSWER = ("Key conclusions",)


class Links(NamedTuple):
    """File names of the pages around a page, from its own folder; empty where there is none."""

    before: str = ""
    after: str = ""
    overview: str = ""


ALONE: Final = Links()


@in_its_currency
def render_flow(document: Document, links: Links = ALONE, sketches: Mapping[str, Sketch] | None = None) -> str:
    """The page of a document of `flowbt verdict` (interface.md), as HTML.

    Args:
        document: the day's.
        links: to the pages around it.
        sketches: its `pictures`, where they are made already.
    """
    shown = [part for part in parts(document) if part.title not in IN_ANSWER]
    made = pictures(document) if sketches is None else sketches
    return render(
        "flow.html.j2",
        {},
        title=title(document),
        kind="Daily flow report",
        facts=[" ".join(standing(document))],
        answer="\n\n".join([verdict_line(document), *document["conclusions"]]),
        tone=document["verdict"] or "unknown",
        sections=shown,
        drawn={part.title: [drawn(made[name]) for name in part.pictures if name in made] for part in shown},
        links=links,
    )


def render_index(documents: Sequence[Document], pages: Sequence[str]) -> str:
    """The index of the reports of a range, the newest first.

    Args:
        documents: of one symbol, ascending; of each the summary (`summary`) is enough.
        pages: the file name of each.
    """
    with amounts_on(documents[0]["exchange"]):
        return _index(documents, pages)


def _index(documents: Sequence[Document], pages: Sequence[str]) -> str:
    from flowbt.report.flow.charts import premium_chart  # noqa: PLC0415 (altair takes a second to import)

    history = [{**row, "verdict": VERDICT_NUMBERS[row["verdict"]]} for row in documents]
    chart = figure(
        "Net premium and verdict",
        "Call less put premium of each session; the colour is that session's verdict.",
        lambda width: premium_chart(history, width),
    )
    said = [row["verdict"] or "no verdict" for row in documents]
    counts = [f"{said.count(name)} {name}" for name in ("bearish", "neutral", "bullish", "no verdict") if name in said]
    columns = (
        *texts("Day", "Verdict"),
        *numbers("Score", "Net premium", "P/C volume", "P/C OI", "Spot", "Over max pain", "GEX"),
    )
    rows = tuple(
        (
            str(row["date"]), row["verdict"] or "none", plain(row["score"], signed=True), money(row["net_premium"]),
            plain(row["put_call_volume_ratio"]), plain(row["put_call_oi_ratio"]), price(row["spot"]),
            percent(row["max_pain_gap"], signed=True), money(row["gex"]),
        )
        for row in documents
    )  # fmt: skip
    first, last = documents[0], documents[-1]
    return render(
        "flow_index.html.j2",
        {},
        title=f"{first['symbol']} flow reports, {first['date']} to {last['date']}",
        kind="Daily flow reports",
        facts=[counted(len(documents), "session")],
        answer=f"{', '.join(counts)}. Whether they predict: `flowbt evaluate flow_verdict --symbols {first['symbol']}`.",
        tone="unknown",
        figures=[chart] if has_premium(history) else [],
        table=Table("Days", columns, rows[::-1]),
        pages=list(pages)[::-1],
    )


VERDICT_NUMBERS: Final = {"bearish": -1, "neutral": 0, "bullish": 1, None: None}


def summary(document: Document) -> dict[str, Any]:
    """What the index says of a day."""
    flow, nearest = document["flow"], document["max_pain"][:1]
    return {
        **{name: document[name] for name in ("symbol", "date", "exchange", "verdict", "score", "spot")},
        **{name: flow[name] for name in ("net_premium", "put_call_volume_ratio", "put_call_oi_ratio")},
        "max_pain_gap": nearest[0]["gap"] if nearest else None,
        "gex": document["positioning"]["gex"],
    }
