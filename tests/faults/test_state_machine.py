"""A lake beside a dict: whatever is done in whatever order, both say the same, of every version."""

import shutil
import tempfile
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.full import tries

from flowbt.lake import Lake
from flowbt.lake.compact import compact_lake
from flowbt.lake.intake.merge import Days, UnitsRefusedError
from flowbt.lake.intake.write_days import write_days
from flowbt.lake.verify import verify_lake
from flowbt.schema import STORED_ORDER, STRIKE_ROWS, conform

FIRST, LAST = date(2026, 1, 26), date(2026, 12, 31)
Unit = tuple[str, date]
Calls = dict[float, int]
"""The volume of each strike's call."""
units = st.tuples(st.sampled_from(["AAA", "BBB", "CCC"]), st.integers(0, 11).map(lambda n: FIRST + timedelta(days=n)))
calls = st.dictionaries(st.sampled_from([100.0, 101.0, 102.0, 103.0]), st.integers(0, 2), min_size=1)
batches = st.dictionaries(units, calls, min_size=1, max_size=6)


def rows_of(held: dict[Unit, Calls]) -> pl.DataFrame:
    rows = [
        {"symbol": symbol, "date": day, "root": symbol, "expiration": LAST, "strike": strike, "oi_lag": 1}
        | {"multiplier": 100.0, "call_volume": number}
        for (symbol, day), volumes in held.items()
        for strike, number in volumes.items()
    ]
    return conform(pl.DataFrame(rows, infer_schema_length=None), STRIKE_ROWS).sort(STORED_ORDER)


def is_torn(stored: Calls, part: Calls) -> bool:
    return bool(stored.keys() - part.keys()) and any(stored.get(strike, n) != n for strike, n in part.items())


class LakeBesideDict(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        # Where there is a file system in memory, syncing costs nothing there.
        self.path = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))  # noqa: S108
        self.versions: list[dict[Unit, Calls]] = []
        self.lake = Lake(self.path)

    @property
    def held(self) -> dict[Unit, Calls]:
        return self.versions[-1] if self.versions else {}

    @rule(batch=batches, reopen=st.booleans())
    def ingest(self, batch: dict[Unit, Calls], reopen: bool) -> None:
        """Whole snapshots take the place of those stored."""
        if reopen:
            self.lake = Lake(self.path)
        self.expect(self.lake.write_strike_rows(rows_of(batch)), batch, batch)

    @rule(batch=batches, days=st.sampled_from(["complete", "update"]))
    def bring_in(self, batch: dict[Unit, Calls], days: Days) -> None:
        """Parts complete or restate their day; all is refused where one lacks contracts and has other values for others."""
        together = {unit: self.held.get(unit, {}) | part for unit, part in batch.items()}
        if days == "complete" and any(is_torn(self.held.get(unit, {}), part) for unit, part in batch.items()):
            with pytest.raises(UnitsRefusedError):
                write_days(self.lake, "chains", rows_of(batch), days=days)
        else:
            self.expect(write_days(self.lake, "chains", rows_of(batch), days=days).states, batch, together)

    def expect(self, written: pl.DataFrame, batch: dict[Unit, Calls], result: dict[Unit, Calls]) -> None:
        expected = {
            unit: "new" if unit not in self.held else "unchanged" if self.held[unit] == result[unit] else "restated"
            for unit in batch
        }
        assert {(symbol, day): state for symbol, day, state in written.iter_rows()} == expected
        if set(expected.values()) != {"unchanged"}:
            self.versions.append({**deepcopy(self.held), **result})

    @precondition(lambda self: self.held)
    @rule()
    def again(self) -> None:
        written = self.lake.write_strike_rows(rows_of(self.held))
        assert set(written["state"]) == {"unchanged"}

    @precondition(lambda self: self.held)
    @rule(most=st.sampled_from([4, 10, 1000]))
    def compact(self, most: int) -> None:
        before = self.lake.versions()["chains"]
        compact_lake(self.lake, rows_per_file=most)
        if self.lake.versions()["chains"] > before:
            self.versions.append(deepcopy(self.held))

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def as_of(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(0, len(self.versions) - 1))
        self.check(Lake(self.path, version), self.versions[version])

    @precondition(lambda self: self.versions)
    @rule()
    def verify(self) -> None:
        found = verify_lake(self.lake)
        assert (found.ok, found.unreferenced) == (True, ())

    @invariant()
    def same(self) -> None:
        if hasattr(self, "lake"):
            self.check(self.lake, self.held)

    def check(self, lake: Lake, held: dict[Unit, Calls]) -> None:
        found = lake.strike_rows(["symbol", "date", "strike", "call_volume"], ["AAA", "BBB", "CCC"], FIRST, LAST)
        expected = sorted(
            (symbol, day, strike, number) for (symbol, day), part in held.items() for strike, number in part.items()
        )
        assert sorted(found.iter_rows()) == expected

    def teardown(self) -> None:
        if hasattr(self, "path"):
            shutil.rmtree(self.path)


SETTINGS = settings(
    max_examples=tries(5, 25),
    stateful_step_count=50,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("part", range(4))
def test_a_lake_says_what_the_dict_says(part: int) -> None:
    """In four parts, which run beside each other."""

    class Part(LakeBesideDict):
        pass

    run_state_machine_as_test(seed(part)(Part), settings=SETTINGS)
