"""Flow reports of 62 days of one symbol as pages, beside the report of its last day alone; as many contracts as IWM has.

Each runs in a process of its own, so that both pay for what is loaded and compiled.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flowbt.lake import Lake
from flowbt.market import MarketConfig
from flowbt.workflows.simulate import simulate_market

DAYS = 62
MARKET = MarketConfig(symbols=1, sessions=DAYS, seed=4, contracts_per_snapshot=5_300)


def main() -> None:
    """Make the lake, write the pages, print seconds and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        lake, out = Path(folder, "lake"), Path(folder, "out")
        simulate_market(Lake(lake), MARKET)
        days = Lake(lake).snapshots()["date"].to_list()
        one = ("--date", str(days[-1]), "--out", str(out / "one.html"))
        every = ("--from", str(days[0]), "--out", str(out))
        out.mkdir()
        _write(lake, one)  # machine code is compiled on a new machine
        seconds = {"one day": _write(lake, one), f"{DAYS} days": _write(lake, every)}
        for name, taken in seconds.items():
            print(f"flow report, {name:<8} {taken:6.2f} s")
        print(f"a further day / the first: {(seconds[f'{DAYS} days'] / seconds['one day'] - 1) / (DAYS - 1):.3f}")


def _write(lake: Path, options: tuple[str, ...]) -> float:
    command = [str(Path(sys.executable).with_name("flowbt")), "verdict", "SYN000", "--lake", str(lake), *options]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
