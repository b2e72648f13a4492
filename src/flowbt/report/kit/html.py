"""A report as one self-contained page: no script, no network, nothing but itself.

Charts are inline SVG, drawn when the page is written. An interactive chart would need a megabyte of script in every
report and a content security policy loose enough to run it; a drawn one is small, prints as it looks, follows light and
dark mode, and still shows its numbers on hover. Each chart is drawn twice, for wide and for narrow windows, so that its
text keeps its size. The policy allows the page's own style sheet, by its hash, and nothing else.

Jinja escapes every text that comes from a result; what is marked safe is the style sheet and the charts.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flowbt.report.kit.palette import stylesheet
from flowbt.report.kit.section import EITHER, HALF, NARROW, Figure, Page, Spec
from flowbt.report.kit.table import facts_table

if TYPE_CHECKING:
    import jinja2

ILLEGIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
SHOWN_ELSEWHERE: Final = ("parameters", "costs", "symbols", "initial_cash")
"""Facts of a manifest that a page shows elsewhere."""


class Sketch(NamedTuple):
    """A figure before it is drawn: its charts by width. Unlike a `Figure` it can be sent to another process."""

    title: str
    note: str
    specs: dict[str, Spec]
    half: bool = False


class Drawing(NamedTuple):
    """A drawn figure: its SVG markup by width, and whether two are side by side."""

    title: str
    note: str
    drawings: dict[str, str]
    half: bool = False


def page_html(
    page: Page, sketches: Mapping[str, Sketch] | None = None, template: str = "page.html.j2", **more: Any
) -> str:
    """The page as HTML.

    Args:
        page: the report.
        sketches: its figures as `sketches_of` gives them, where they exist already.
        template: of `templates/`, for pages with a body of their own.
        more: what that body needs.
    """
    made = sketches_of(page) if sketches is None else sketches
    shown = page.shown()
    provenance = {name: value for name, value in (page.provenance or {}).items() if name not in SHOWN_ELSEWHERE}
    html = (
        _environment()
        .get_template(template)
        .render(
            style=_style(),
            policy=_policy(),
            page=page,
            sections=shown,
            drawn={
                section.title: [draw(made[figure.title]) for figure in section.figures if figure.title in made]
                for section in shown
            },
            parameters=facts_table("Parameters", page.parameters or {}, ("Parameter", "Value")),
            provenance=facts_table("Provenance", provenance),
            **more,
        )
    )
    # a file name may hold what UTF-8 cannot encode
    return html.encode("utf-8", "replace").decode("utf-8")


def sketches_of(page: Page) -> dict[str, Sketch]:
    """The page's figures by title, as chart specifications that are not drawn yet."""
    return {figure.title: sketch(figure) for section in page.shown() for figure in section.figures}


def sketch(figure: Figure) -> Sketch:
    """A chart for each of its widths, not yet drawn."""
    from altair.utils.schemapi import debug_mode  # noqa: PLC0415 (takes a second to import)

    widths = {"either": figure.wide} if figure.wide == EITHER else {"wide": figure.wide, "narrow": NARROW}
    # altair checks every part against its schema, which takes longer than drawing; the tests check the whole
    with debug_mode(False):
        specs = {name: figure.draw(width) for name, width in widths.items()}
    return Sketch(figure.title, figure.note, specs, figure.wide in {HALF, EITHER})


def draw(found: Sketch) -> Drawing:
    """The chart as SVG at each of its widths."""
    from flowbt.report.kit.svg import to_svg  # noqa: PLC0415 (draws in 40 MB; needed only when a page is rendered)

    slug = "".join(letter if letter.isalnum() else "-" for letter in found.title.lower())
    drawings = {name: to_svg(spec, found.title, f"{slug}-{name}") for name, spec in found.specs.items()}
    return Drawing(found.title, found.note, drawings, found.half)


def _legible(value: Any) -> Any:
    """A text without control characters and those that turn the direction of writing."""
    return ILLEGIBLE.sub(" ", value) if type(value) is str else value


@cache
def _environment() -> "jinja2.Environment":
    import jinja2  # noqa: PLC0415

    return jinja2.Environment(
        loader=jinja2.PackageLoader("flowbt.report.kit", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_legible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return stylesheet() + (resources.files("flowbt.report.kit") / "templates" / "page.css").read_text("utf-8")


@cache
def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
