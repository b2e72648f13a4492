"""Two writers without a lock, as on an object store: the version number decides, and no row is lost or doubled."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from flowbt.lake import Lake
from flowbt.lake.delta.local import Disk
from flowbt.lake.delta.tables import CHAINS
from flowbt.lake.delta.write import write_units
from flowbt.lake.derived_columns import as_stored
from flowbt.lake.intake.write_days import write_days
from flowbt.schema import STRIKE_ROWS

Chain = Callable[..., pl.DataFrame]


@contextmanager
def unlocked(place: Disk) -> Iterator[None]:
    place.locked = False
    yield


def test_a_commit_that_arrives_while_a_day_is_combined_is_neither_lost_nor_doubled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chain: Chain
) -> None:
    monkeypatch.setattr(Disk, "lock", unlocked)
    lake, other = Lake(tmp_path), Lake(tmp_path)
    write_days(lake, "chains", chain({100: {"call_volume": 1}}))
    attempts: list[int] = []

    def complete(parts: pl.DataFrame) -> pl.DataFrame:
        attempts.append(parts.height)
        if len(attempts) == 1:
            write_days(other, "chains", chain({105: {"call_volume": 2}}))
        lake.forget()
        day = parts["date"][0]
        stored = lake.strike_rows([*STRIKE_ROWS], ["AAA"], day, day)
        return as_stored(pl.concat([stored, parts.select(*STRIKE_ROWS)]).sort("strike"), STRIKE_ROWS, CHAINS.name)

    new = as_stored(chain({110: {"call_volume": 3}}), STRIKE_ROWS, CHAINS.name)
    write_units(lake.ledger.to_write(CHAINS), new, {}, complete)
    lake.forget()
    found = Lake(tmp_path)
    day = new["date"][0]
    assert found.strike_rows(["strike"], ["AAA"], day, day)["strike"].to_list() == [100.0, 105.0, 110.0]
    assert (len(attempts), found.versions()) == (2, {"chains": 2})
