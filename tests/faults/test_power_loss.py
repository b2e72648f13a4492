"""The power goes after any call that changes the disk: what was acknowledged is there, and what was not is there whole or not."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from tests.faults.power import PowerModel
from tests.faults.recorder import AtCall, Recorder, StoppedError

from flowbt.errors import StoreDamagedError
from flowbt.lake import Lake
from flowbt.lake.compact import compact_lake
from flowbt.lake.delta import local as disk

Snapshot = Callable[..., pl.DataFrame]
Contents = tuple[Any, ...]
Step = Callable[[Lake], object]
KEPT = ("nothing", "empty", "halved", "some", "some", "some")


def contents(lake: Lake) -> Contents:
    """All that a lake holds, as something to compare."""
    rows = lake.strike_rows(["date", "call_volume"], lake.symbols(), date(1970, 1, 1), date(2199, 12, 31))
    return (tuple(sorted(rows.iter_rows())), tuple(lake.bars()["close"]), lake.quarantined())


@pytest.fixture
def steps(snapshot: Snapshot) -> Sequence[Step]:
    """Writes of every kind, one after another."""
    bars = pl.DataFrame({"symbol": ["AAA"], "date": [date(2026, 1, 5)]}).with_columns(
        **{name: pl.lit(1.0) for name in ("open", "high", "low", "close")},
        volume=pl.lit(1, pl.Int64),
        adj_close=pl.lit(None, pl.Float64),
    )
    bad = pl.DataFrame(
        {"file": ["f"], "format": ["canonical"], "row": [1], "reason": ["BAD"], "reasons": ["BAD"], "record": ["{}"]}
    )
    return [
        lambda lake: lake.write_strike_rows(snapshot(0)),
        lambda lake: lake.write_strike_rows(pl.concat([snapshot(1), snapshot(40)])),
        lambda lake: lake.quarantine(bad),
        lambda lake: lake.write_strike_rows(snapshot(0, volume=2)),
        lambda lake: lake.write_bars(bars),
        compact_lake,
        lambda lake: lake.write_strike_rows(pl.concat([snapshot(1, volume=3), snapshot(2)])),
    ]


class History:
    """The disk after each call, and what was acknowledged by then."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.model = PowerModel(root)
        self.moments: list[tuple[PowerModel, int]] = []
        self.acknowledged: list[Contents] = [((), (), 0)]
        monkeypatch.setattr(disk, "os", Recorder(after=self._note))

    def _note(self, name: str, arguments: tuple[Any, ...], result: Any) -> None:
        self.model(name, arguments, result)
        self.snap()

    def snap(self) -> None:
        self.moments.append((deepcopy(self.model), len(self.acknowledged) - 1))

    def write(self, lake: Lake, steps: Sequence[Step]) -> None:
        for step in steps:
            step(lake)
            self.acknowledged.append(contents(Lake(lake.path)))
            self.snap()


def found_after(model: PowerModel, kept: str, random: Random, folder: Path) -> Contents | str:
    folder.mkdir(parents=True)
    model.after_power_loss(folder, kept, random)
    try:
        return contents(Lake(folder / "lake"))
    except StoreDamagedError:
        return "damaged, and said so"


def losses(history: History, random: Random, folder: Path) -> list[str]:
    """What was acknowledged and is not there, or is there by half."""
    found = []
    for number, (model, acknowledged) in enumerate(history.moments):
        for turn, kept in enumerate(KEPT):
            after = found_after(model, kept, random, folder / f"{number}-{turn}")
            if after not in history.acknowledged[acknowledged : acknowledged + 2]:
                found.append(f"call {number}, {kept} kept: {after}")
    return found


def test_acknowledged_days_outlast_the_power(
    steps: Sequence[Step], tmp_path: Path, random: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(tmp_path, monkeypatch)
    history.write(Lake(tmp_path / "lake"), steps)
    assert len(history.moments) > 150
    assert losses(history, random, tmp_path / "after") == []


@pytest.mark.parametrize("sabotage", ["no folder is synced", "no file is synced"])
def test_the_model_notices_what_is_not_synced(
    sabotage: str, steps: Sequence[Step], tmp_path: Path, random: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(tmp_path, monkeypatch)
    if sabotage == "no folder is synced":
        monkeypatch.setattr(disk, "sync", lambda folder: None)  # noqa: ARG005
    else:
        monkeypatch.setattr(history.model, "_fsync", lambda handle, _: None, raising=False)  # noqa: ARG005
        monkeypatch.setattr(PowerModel, "_fsync", lambda *_: None)
    history.write(Lake(tmp_path / "lake"), steps[:2])
    assert losses(history, random, tmp_path / "after")


def test_what_another_writer_left_is_made_to_last_before_it_is_called_unchanged(
    snapshot: Snapshot, tmp_path: Path, random: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer is stopped at any call; the next one brings the same day, is told `new` or `unchanged`, and the power goes."""
    for number in range(200):
        root = tmp_path / f"writer-{number}"
        root.mkdir()
        model, stop = PowerModel(root), AtCall(number, StoppedError, for_good=True)
        monkeypatch.setattr(disk, "os", Recorder(before=stop, after=model))
        try:
            Lake(root / "lake").write_strike_rows(snapshot(0))
            stopped = False
        except StoppedError:
            stopped = True
        monkeypatch.setattr(disk, "os", Recorder(after=model))
        Lake(root / "lake").write_strike_rows(snapshot(0))
        expected = contents(Lake(root / "lake"))
        assert found_after(model, "nothing", random, root / "after") == expected
        if not stopped:
            assert number > 15
            return
    raise AssertionError("the writer never came to an end")
