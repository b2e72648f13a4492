"""The pages as a browser sees them; skipped where no Chromium is installed.

A page is shown in frames as wide as a telephone and as a desk, and measured from outside: it runs no script itself.
"""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tests.report.flow.hand_made import hostile_report, make_report, unknown_report

from flowbt.evaluation.results import SeriesEvaluation, SignalEvaluation
from flowbt.report.evaluation.page import series_page, signal_page
from flowbt.report.flow import flow_page
from flowbt.report.flow.index import index_page, summary_of
from flowbt.report.kit.html import page_html
from flowbt.report.kit.palette import COLOURS
from flowbt.report.kit.section import Links

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--enable-logging=stderr",
    "--virtual-time-budget=5000",
    "--dump-dom",
]
FRAMES = """<!doctype html><iframe src="page.html" width="390" height="800"></iframe>
<iframe src="page.html" width="1280" height="800"></iframe><pre></pre><script>
onload = () => {
  const measure = ({contentDocument: page}) => ({
    inner: page.documentElement.clientWidth,
    needed: page.documentElement.scrollWidth,
    charts: [...page.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width > 300).length,
    styled: getComputedStyle(page.querySelector(".scroll")).overflowX,
    requests: page.defaultView.performance.getEntriesByType("resource").map(({name}) => name),
    ground: getComputedStyle(page.body).backgroundColor,
    ink: [...page.querySelectorAll("svg .f-vermilion")].map((bar) => getComputedStyle(bar).fill)[0],
    beyond: [...page.querySelectorAll("main *")].filter((inner) => !inner.closest(".scroll, svg, figure")
      && inner.getBoundingClientRect().right > page.documentElement.clientWidth + 1).map(({outerHTML}) => outerHTML.slice(0, 80)),
  });
  document.querySelector("pre").textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(measure));
};
</script>"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH")


def look_at(page: str, folder: Path, *switches: str) -> tuple[list[dict[str, Any]], list[str]]:
    """What the frames measure, and what the console says."""
    (folder / "page.html").write_text(page, "utf-8")
    (folder / "frames.html").write_text(FRAMES, "utf-8")
    switches = (*SWITCHES, *switches, f"--user-data-dir={folder / 'profile'}")
    command = [str(CHROMIUM), *switches, (folder / "frames.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found = re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)
    assert found, done.stderr
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(unescape(found[1])), console


@pytest.mark.parametrize("kind", ["signal", "series"])
def test_it_fits_a_telephone_and_a_desk_and_the_console_is_silent(
    kind: str,
    signal: SignalEvaluation,
    series: SeriesEvaluation,
    tmp_path: Path,
) -> None:
    if kind == "signal":
        page, drawn = page_html(signal_page(replace(signal, signal="B" * 80))), 10
    else:
        page, drawn = page_html(series_page(replace(series, series="B" * 80))), 2
    frames, console = look_at(page, tmp_path)
    assert console == []
    for frame in frames:
        assert frame["needed"] <= frame["inner"]
        assert frame["charts"] == drawn
        assert frame["styled"] == "auto"


AROUND = Links("AAA-2026-01-02.html", "AAA-2026-01-06.html", "index.html")


def flow_html(kind: str) -> str:
    """A page of the flow reports."""
    if kind == "index":
        days = [date(2026, 1, day) for day in range(1, 13)]
        return page_html(index_page([summary_of(make_report(date=day), f"AAA-{day}.html") for day in days]))
    reports = {"whole": make_report(follow=True), "unknown": unknown_report(), "hostile": hostile_report()}
    return page_html(flow_page(reports[kind], AROUND))


def rgb(colour: str) -> str:
    """A colour of the palette as a browser tells it."""
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


@pytest.mark.parametrize(("kind", "drawn"), [("whole", 4), ("unknown", 2), ("hostile", 4), ("index", 1)])
def test_a_flow_report_fits_a_telephone_and_a_desk_and_asks_for_nothing(kind: str, drawn: int, tmp_path: Path) -> None:
    frames, console = look_at(flow_html(kind), tmp_path)
    assert console == []
    for frame in frames:
        assert frame["needed"] <= frame["inner"]
        assert frame["beyond"] == []
        assert frame["charts"] == drawn
        assert frame["styled"] == "auto"
        assert frame["requests"] == []
        assert (frame["ground"], frame["ink"]) == (rgb(COLOURS["ground"].light), rgb(COLOURS["vermilion"].light))


@pytest.mark.parametrize("kind", ["whole", "index"])
def test_a_flow_report_follows_the_readers_dark_mode(kind: str, tmp_path: Path) -> None:
    frames, console = look_at(flow_html(kind), tmp_path, "--blink-settings=preferredColorScheme=0")
    assert console == []
    for frame in frames:
        assert (frame["ground"], frame["ink"]) == (rgb(COLOURS["ground"].dark), rgb(COLOURS["vermilion"].dark))


@pytest.mark.parametrize(("kind", "most"), [("whole", 7), ("index", 1)])
def test_a_flow_report_prints_on_a_few_sheets(kind: str, most: int, tmp_path: Path) -> None:
    page, sheets = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(flow_html(kind), "utf-8")
    switches = [switch for switch in SWITCHES if switch != "--dump-dom"]
    command = [str(CHROMIUM), *switches, f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={sheets}"]
    done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, check=True, timeout=120)
    assert "CONSOLE" not in done.stderr
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", sheets.read_bytes())) <= most
