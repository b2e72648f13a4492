import altair as alt
import pytest

from flowbt.report.kit.axes import ABOVE, BESIDE, Rows, Width, compiled, filled, named
from flowbt.report.kit.svg import to_svg

BUILT: list[tuple[Width, str]] = []


def _build(width: Width, colour: str) -> alt.LayerChart | alt.FacetChart:
    BUILT.append((width, colour))
    bars = alt.Chart(named("rows")).mark_bar(color=colour).encode(x="a:O", y="b:Q", description="tip:N")
    more = alt.Chart(named("more")).mark_rule().encode(y="b:Q")
    return alt.layer(bars, more)


@pytest.fixture(autouse=True)
def nothing_built() -> None:
    BUILT.clear()


def test_a_chart_is_built_once_for_each_width_and_argument() -> None:
    first = compiled(_build, 401, 100, "#0072b2")
    assert compiled(_build, 401, 100, "#0072b2") is first
    assert compiled(_build, 402, 100, "#0072b2") is not first
    assert compiled(_build, 401, 100, "#c94f00") is not first
    assert BUILT == [(401, "#0072b2"), (402, "#0072b2"), (401, "#c94f00")]


def test_a_compiled_chart_has_its_size_and_names_for_its_rows() -> None:
    vega = compiled(_build, 403, 100, "#0072b2")
    assert (vega["width"], vega["height"]) == (403 - BESIDE, 100 - ABOVE)
    assert {"rows", "more"} <= {source["name"] for source in vega["data"]}


def test_rows_are_filled_in_without_a_trace_in_the_chart_that_is_kept() -> None:
    vega = compiled(_build, 404, 100, "#0072b2")
    before = repr(vega)
    first = filled(vega, {"rows": [{"a": "x", "b": 1, "tip": "one"}], "more": [{"b": 2}]})
    second = filled(vega, {"rows": [{"a": "y", "b": 3, "tip": "two"}]})
    assert repr(vega) == before
    assert "'one'" in repr(first)
    assert "'one'" not in repr(second)
    svg = to_svg(second, "", "x")
    assert "<title>two</title>" in svg
    assert "<title>one</title>" not in svg


def test_names_that_a_chart_does_not_have_are_no_matter() -> None:
    vega = compiled(_build, 404, 100, "#0072b2")
    assert "z" not in [source["name"] for source in filled(vega, {"rows": [], "z": []})["data"]]


def test_vega_is_drawn_as_vega_lite_is() -> None:
    vega = filled(
        compiled(_build, 405, 100, "#0072b2"), {"rows": [{"a": "<b>&\x00\ud800\uffff", "b": 1, "tip": "<i>\x01"}]}
    )
    svg = to_svg(vega, 'a "label"', "p")
    assert svg.startswith("<svg")
    assert 'aria-label="a &quot;label&quot;"' in svg
    assert "<title>&lt;i&gt; </title>" in svg
    assert 'class="tip f-blue"' in svg
    assert "<i>" not in svg
    assert "<b>" not in svg
    assert 'id="p-1"' in svg or "id=" not in svg


def test_rows_are_named_by_what_they_hold_and_are_no_longer_those_given() -> None:
    given = [{"a": 1}]
    rows = Rows(given)
    given[0]["a"] = 2
    assert rows.rows == [{"a": 1}]
    assert str(rows) == "[{'a': 1}]"
