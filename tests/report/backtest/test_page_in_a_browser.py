"""The page of a backtest as a browser shows it; skipped where no Chromium is installed."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.report.test_in_a_browser import CHROMIUM, look_at

from flowbt.evaluation.assessment import BacktestRun
from flowbt.report.backtest import render_backtest

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH")


def test_it_fits_a_telephone_and_a_desk_and_the_console_is_silent(simulated: BacktestRun, tmp_path: Path) -> None:
    frames, console = look_at(render_backtest(replace(simulated, strategy="A" * 80)), tmp_path)
    assert console == []
    for frame in frames:
        assert frame["needed"] <= frame["inner"]
        assert frame["charts"] == 3
        assert frame["styled"] == "auto"
