"""One self-contained page per run: no script, no network, nothing but itself.

Charts are inline SVG, drawn when the page is written. An interactive chart would need a megabyte of script in every
report and a content security policy loose enough to run it; a drawn one is small, prints as it looks, follows light and
dark mode, and still shows its numbers on hover. Each chart is drawn twice, for wide and for narrow windows, so that its
text keeps its size. The policy allows the page's own style sheet, by its hash, and nothing else.

Jinja escapes every text that comes from a document; what is marked safe is the style sheet and the charts.
`page.py` and `page.py` say what stands on a page.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flowbt.report.kit import conventions
from flowbt.report.kit.failed_metrics import failed_sentence
from flowbt.report.kit.formats import listed, span
from flowbt.report.kit.palette import stylesheet
from flowbt.report.kit.table import Table, facts_table

if TYPE_CHECKING:
    import jinja2

WIDE: Final = 1040
HALF: Final = 500
NARROW: Final = 350
EITHER: Final = 410
"""Total widths in pixels of the drawings of a chart: a column of text, half of one, a telephone, and one drawing for the
last two, a little larger or smaller than it was drawn."""

ILLEGIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)

SHOWN_ELSEWHERE: Final = ("parameters", "costs", "symbols", "initial_cash")


class Figure(NamedTuple):
    """A chart's title, how to read it, its drawings by width (markup), and whether two stand side by side."""

    title: str
    note: str
    drawings: dict[str, str]
    half: bool = False


class Sketch(NamedTuple):
    """A figure before it is drawn: its charts by width."""

    title: str
    note: str
    specs: dict[str, dict[str, Any]]
    half: bool = False


class Section(NamedTuple):
    """A part of a page: figures, side by side where there are two, then tables.

    Attributes:
        title: its heading.
        figures: those with the section's title carry no heading of their own.
        tables: in sight; those without rows are left out.
        folded: behind a line that opens them.
        says: a sentence below the heading.
    """

    title: str
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    folded: Sequence[Table] = ()
    says: str = ""

    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.figures and not any(table.rows for table in [*self.tables, *self.folded])


def figure(title: str, note: str, draw: Callable[[int], dict[str, Any]], wide: int = WIDE) -> Figure:
    """A chart in its drawings; arguments as of `sketch`."""
    return drawn(sketch(title, note, draw, wide))


def sketch(title: str, note: str, draw: Callable[[int], dict[str, Any]], wide: int = WIDE) -> Sketch:
    """A chart for each of its widths, not yet drawn.

    Args:
        title: what it shows.
        note: how to read it, in a sentence.
        draw: the chart at a total width in pixels, as Vega-Lite, or compiled.
        wide: the width of the wider drawing; `HALF` where two stand side by side, `EITHER` where these are drawn only once.
    """
    from altair.utils.schemapi import debug_mode  # noqa: PLC0415 (takes a second to import)

    widths = {"either": wide} if wide == EITHER else {"wide": wide, "narrow": NARROW}
    # altair checks every part against its schema, which takes longer than drawing; the tests check the whole
    with debug_mode(False):
        return Sketch(title, note, {name: draw(width) for name, width in widths.items()}, wide in {HALF, EITHER})


def drawn(found: Sketch) -> Figure:
    """The chart in its drawings."""
    from flowbt.report.kit.svg import to_svg  # noqa: PLC0415 (draws in 40 MB; needed only when a page is rendered)

    slug = "".join(letter if letter.isalnum() else "-" for letter in found.title.lower())
    drawings = {name: to_svg(spec, found.title, f"{slug}-{name}") for name, spec in found.specs.items()}
    return Figure(found.title, found.note, drawings, found.half)


def timing(document: Mapping[str, Any], then: str = "") -> list[tuple[str, str]]:
    """When it was decided, and what was done then."""
    decided = conventions.DECISIONS.get(str(document.get("decision")), "")
    said = " ".join(filter(None, [decided, then]))
    return [("Decision", said)] if said else []


def not_computed(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Which metrics failed, to stand behind the conventions; empty where none did."""
    said = failed_sentence(document)
    return [("Not computed", said)] if said else []


def render(template: str, document: Mapping[str, Any], **parts: Any) -> str:
    """The template filled in with what every page has, and the parts of this one."""
    manifest = {name: value for name, value in (document.get("manifest") or {}).items() if name not in SHOWN_ELSEWHERE}
    html = (
        _environment()
        .get_template(template)
        .render(
            style=_style(),
            policy=_policy(),
            run=document.get("run") or manifest.get("run") or "",
            description=document.get("description") or "",
            symbols=listed([str(symbol) for symbol in document.get("symbols") or []], most=8),
            period=span(document),
            parameters=facts_table("Parameters", document.get("parameters") or {}, ("Parameter", "Value")),
            manifest=facts_table("What this run is made of", manifest),
            **parts,
        )
    )
    # a file name may hold what UTF-8 cannot say
    return html.encode("utf-8", "replace").decode("utf-8")


def _legible(value: Any) -> Any:
    """A text from a document without control characters and such as turn the direction of writing."""
    return ILLEGIBLE.sub(" ", value) if type(value) is str else value


@cache
def _environment() -> "jinja2.Environment":
    import jinja2  # noqa: PLC0415

    return jinja2.Environment(
        loader=jinja2.PackageLoader("flowbt.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_legible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return stylesheet() + (resources.files("flowbt.report") / "templates" / "page.css").read_text("utf-8")


@cache
def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
