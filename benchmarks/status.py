"""`flowbt status` of a lake of many symbols: 5,000 of them over 120 sessions, eight strike rows a snapshot.

Metadata and not volume are what is measured. The anchor is a scan of the columns that the open interest's lag is told from.
"""

import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from flowbt.calendar import sessions
from flowbt.lake import Lake
from flowbt.schema import STORED_ORDER, STRIKE_ROWS, conform

SYMBOLS = 5_000
SESSIONS = 120
STRIKES = 8
COLUMNS = ("symbol", "date", "strike", "call_open_interest", "put_open_interest", "call_volume", "put_volume")


def main() -> None:
    """Make the lake, ask for its status, print seconds, memory and the ratio to the scan."""
    with tempfile.TemporaryDirectory() as folder:
        make_lake(Lake(folder))
        command = [str(Path(sys.executable).with_name("flowbt")), "status", "--json", "--lake", folder]
        start = time.perf_counter()
        subprocess.run(["/usr/bin/time", "-f", "peak memory %M kB", *command], check=True, stdout=subprocess.DEVNULL)
        taken = time.perf_counter() - start
        start = time.perf_counter()
        pl.scan_parquet(f"{folder}/chains/**/*.parquet").select(COLUMNS).collect()
        scan = time.perf_counter() - start
        print(
            f"status of {SYMBOLS:,} symbols x {SESSIONS} sessions {taken:6.2f} s, {taken / scan:.1f} x a scan of its columns"
        )


def make_lake(lake: Lake) -> None:
    """Write the lake, a commit a session: open interest that grows by half of the volume of the day before."""
    days = sessions(date(2026, 1, 5), date(2026, 12, 31))[:SESSIONS]
    symbols = pl.DataFrame({"symbol": [f"S{number:05d}" for number in range(SYMBOLS)]})
    strikes = pl.DataFrame({"strike": [90.0 + 5 * place for place in range(STRIKES)]})
    for place, day in enumerate(days):
        rows = symbols.join(strikes, how="cross").with_columns(
            date=pl.lit(day), root=pl.col("symbol"), expiration=pl.lit(day + timedelta(30)), multiplier=pl.lit(100.0),
            adjusted=pl.lit(value=False), underlying_price=pl.lit(100.0), oi_lag=pl.lit(1), source=pl.lit("made"),
            call_volume=pl.lit(10 + place), put_volume=pl.lit(20), call_open_interest=pl.lit(100 + 5 * place),
            put_open_interest=pl.lit(200 + 10 * place),
        )  # fmt: skip
        lake.write_strike_rows(
            conform(rows.with_columns(expiration=pl.lit(date(2027, 6, 18))), STRIKE_ROWS).sort(STORED_ORDER)
        )


if __name__ == "__main__":
    main()
