"""What a command costs before it starts: no command but those that need it loads vectorbt, and none but those scipy.stats."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("vectorbt", "pandas", "numba", "altair", "scipy.stats")
CHECK = """
import sys
from flowbt.cli import app
try:
    app({arguments!r})
except SystemExit:
    pass
print("LOADED", *[name for name in {heavy!r} if name in sys.modules])
"""


def loaded(*arguments: str) -> list[str]:
    code = CHECK.format(arguments=list(arguments), heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split("LOADED")[1].split()


def test_help_loads_not_even_polars() -> None:
    code = "import sys\nfrom flowbt.cli import app\ntry:\n    app(['--help'])\nexcept SystemExit:\n    pass\nassert 'polars' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("metrics", "SYN000", "--select", "net_premium,put_call_oi_ratio,max_pain,call_wall(by=open_interest)"),
        ("metrics", "--list"),
        ("ingest", "--list"),
    ],
)
def test_a_command_without_backtest_or_greeks_loads_nothing_heavy(arguments: tuple[str, ...], lake: Path) -> None:
    listing = "--list" in arguments
    assert loaded(*arguments, *(() if listing else ("--lake", str(lake)))) == []


def test_a_verdict_loads_what_reprices_but_not_what_backtests(lake: Path) -> None:
    assert loaded("verdict", "SYN000", "--lake", str(lake)) == ["numba"]


def test_an_evaluation_does_not_load_scipy_stats(lake: Path, tmp_path: Path) -> None:
    """It takes half a second, and two of its functions are all that would be used."""
    found = loaded("evaluate", "flow_verdict", "--symbols", "SYN000", "--lake", str(lake), "--reports", str(tmp_path))
    assert "numba" in found
    assert not {"scipy.stats", "vectorbt"} & set(found)


def test_what_backtests_does_not_load_scipy_stats_but_for_vectorbt() -> None:
    code = (
        "import sys, flowbt.workflows.backtest, flowbt.backtest.accounting, flowbt.backtest.allocation, flowbt.backtest.kernel\n"
        "assert not {'scipy.stats', 'vectorbt'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
