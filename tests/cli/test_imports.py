"""What a command costs before it starts: no command but those that need it loads vectorbt, and none but those scipy.stats."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HEAVY = ("vectorbt", "pandas", "numba", "altair", "scipy.stats")
CHECK = """
import sys
from flowbt.cli import app
for arguments in {commands!r}:
    try:
        app(arguments)
    except SystemExit as stop:
        assert not stop.code, (arguments, stop.code)
    print("LOADED", *[name for name in {heavy!r} if name in sys.modules])
"""


def loaded(*commands: Sequence[str]) -> list[list[str]]:
    """What is loaded after each of these commands, one after the other in one process."""
    code = CHECK.format(commands=[list(command) for command in commands], heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("LOADED")]


def test_help_loads_not_even_polars() -> None:
    code = "import sys\nfrom flowbt.cli import app\ntry:\n    app(['--help'])\nexcept SystemExit:\n    pass\nassert 'polars' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_only_what_a_command_needs_is_loaded(lake: Path, tmp_path: Path) -> None:
    """In this order, for what one command has loaded stays; scipy.stats takes half a second, and two of its functions are used."""
    where = ("--lake", str(lake))
    light = [
        ("ingest", "--list"),
        ("metrics", "--list"),
        ("status", *where),
        ("metrics", "SYN000", "--select", "net_premium,put_call_oi_ratio,max_pain,call_wall(by=open_interest)", *where),
    ]
    verdict = ("verdict", "SYN000", *where)
    evaluation = ("evaluate", "flow_verdict", "--symbols", "SYN000", *where, "--reports", str(tmp_path))
    *after_light, after_verdict, after_evaluation = loaded(*light, verdict, evaluation)
    assert dict(zip(light, after_light, strict=True)) == {command: [] for command in light}
    assert after_verdict == ["numba"]
    assert not {"scipy.stats", "vectorbt"} & set(after_evaluation)


def test_what_backtests_does_not_load_scipy_stats_but_for_vectorbt() -> None:
    code = (
        "import sys, flowbt.workflows.backtest, flowbt.backtest.accounting, flowbt.backtest.allocation, flowbt.backtest.kernel\n"
        "assert not {'scipy.stats', 'vectorbt'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
