"""The pages as a browser sees them; skipped where no Chromium is installed.

A page is shown in frames as wide as a telephone and as a desk, and measured from outside: it runs no script itself.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowbt.report import render_backtest, render_evaluation

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
  });
  document.querySelector("pre").textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(measure));
};
</script>"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH")


def look_at(page: str, folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """What the frames measure, and what the console says."""
    (folder / "page.html").write_text(page, "utf-8")
    (folder / "frames.html").write_text(FRAMES, "utf-8")
    command = [str(CHROMIUM), *SWITCHES, f"--user-data-dir={folder / 'profile'}", (folder / "frames.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found = re.search(r"<pre>(.*?)</pre>", done.stdout, re.DOTALL)
    assert found, done.stderr
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(unescape(found[1])), console


@pytest.mark.parametrize("kind", ["backtest", "evaluation", "whole", "series"])
def test_it_fits_a_telephone_and_a_desk_and_the_console_is_silent(
    kind: str,
    backtest: dict[str, Any],
    evaluation: dict[str, Any],
    whole: dict[str, Any],
    series: dict[str, Any],
    equity: pl.DataFrame,
    make_trades: Callable[[int], pl.DataFrame],
    tmp_path: Path,
) -> None:
    long = {"strategy": "A" * 80, "signal": "B" * 80}
    if kind == "backtest":
        page, drawn = render_backtest(backtest | long, make_trades(30), make_trades(40), equity), 3
    else:
        document, drawn = {"evaluation": (evaluation, 2), "whole": (whole, 10), "series": (series, 2)}[kind]
        page = render_evaluation(document | long)
    frames, console = look_at(page, tmp_path)
    assert console == []
    for frame in frames:
        assert frame["needed"] <= frame["inner"]
        assert frame["charts"] == drawn
        assert frame["styled"] == "auto"
