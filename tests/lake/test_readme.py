"""The README's way to a lake without flowbt works as it stands."""

from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.lake import Lake


def test_the_lake_opens_in_duckdb_and_polars(tmp_path: Path, chain: Callable[..., pl.DataFrame]) -> None:
    lake = Lake(tmp_path / "data")
    for volume in (1, 2):
        rows = [chain({100: {"put_volume": volume}}, symbol=symbol) for symbol in ("IWM", "TLT")]
        lake.write_strike_rows(pl.concat(rows))
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    snippet = readme.partition("without flowbt:\n\n```python\n")[2].partition("```")[0]
    found: dict[str, Any] = {}
    with chdir(tmp_path):
        exec(snippet, found)  # noqa: S102 (our own README)
    assert found["chains"]["put_volume"].to_list() == [2]
    assert found["volumes"]["sum(put_volume)"].to_list() == [4]
