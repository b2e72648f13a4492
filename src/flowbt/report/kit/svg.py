"""Charts as inline SVG: no script, the colours following the reader's light or dark mode, tooltips as `<title>`.

Vega draws the chart (in `vl_convert`, without a browser or a network); the markup is then made fit for a page: what
carries a label gets it as a `<title>`, which browsers show on hover; colours of the palette become classes; ids become
unique within the page; coordinates lose digits nobody sees.
"""

import re
from typing import Any, Final
from xml.etree import ElementTree

from flowbt.report.kit.palette import COLOURS

NAMESPACE: Final = "http://www.w3.org/2000/svg"
COORDINATES: Final = ("d", "transform", "x", "y", "x1", "y1", "x2", "y2", "width", "height")
UNUSED: Final = (
    "aria-hidden",
    "aria-label",
    "aria-roledescription",
    "role",
    "style",
    "font-family",
    "stroke-miterlimit",
)
LONG_FRACTION: Final = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
REFERENCE: Final = re.compile(r"url\(#([^)]+)\)")

UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML or UTF-8 cannot hold: one of them in a label and `vl_convert` ends the process."""

CLASS_OF: Final = {colour.light: name for name, colour in COLOURS.items()}


def to_svg(spec: dict[str, Any], label: str, prefix: str) -> str:
    """The chart as an `<svg>` element that takes the width of what it stands in.

    Args:
        spec: Vega-Lite, or Vega.
        label: what the chart shows, for those who cannot see it.
        prefix: of the element's ids, unique within the page.
    """
    import vl_convert  # noqa: PLC0415 (40 MB; needed only when a page is rendered)

    ElementTree.register_namespace("", NAMESPACE)
    # Vega has signals and marks where Vega-Lite has layers
    convert = vl_convert.vega_to_svg if "marks" in spec else vl_convert.vegalite_to_svg
    root = ElementTree.fromstring(convert(_speakable(spec)))  # noqa: S314 (drawn just now, by us)
    _drop_hidden(root)
    _rename(root, prefix)
    for element in root.iter():
        _dress(element)
    view = root.get("viewBox", "0 0 0 0").split()
    root.attrib = {"viewBox": " ".join(view), "role": "img", "aria-label": label}
    return ElementTree.tostring(root, "unicode")


def _speakable(value: Any) -> Any:
    if isinstance(value, str):
        return UNSPEAKABLE.sub(" ", value)
    if isinstance(value, dict):
        return {name: _speakable(inner) for name, inner in value.items()}
    return [_speakable(inner) for inner in value] if isinstance(value, list) else value


def _drop_hidden(root: ElementTree.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("display") == "none" or child.get("d") == "M0,0h0v0h0Z":
                parent.remove(child)


def _rename(root: ElementTree.Element, prefix: str) -> None:
    """Ids counted from 1 under the prefix: Vega counts them on from one chart to the next."""
    names: dict[str, str] = {}
    for element in root.iter():
        if old := element.get("id"):
            element.set("id", names.setdefault(old, f"{prefix}-{len(names) + 1}"))
    for element in root.iter():
        for key, value in element.items():
            if found := REFERENCE.fullmatch(value):
                element.set(key, f"url(#{names[found[1]]})")


def _dress(element: ElementTree.Element) -> None:
    label = element.get("aria-label")
    marks = element.tag != f"{{{NAMESPACE}}}g" and element.get("role") == "graphics-symbol"
    classes = ["tip"] if label and marks else []
    for key in UNUSED:
        element.attrib.pop(key, None)
    element.attrib.pop("class", None)
    for key, letter in (("fill", "f"), ("stroke", "s")):
        name = CLASS_OF.get(element.get(key, "").lower())
        if name:
            classes.append(f"{letter}-{name}")
    if classes:
        element.set("class", " ".join(classes))
    for key in COORDINATES:
        if value := element.get(key):
            element.set(key, LONG_FRACTION.sub(lambda number: f"{float(number[0]):.2f}", value))
    if label and marks:
        ElementTree.SubElement(element, f"{{{NAMESPACE}}}title").text = label
