"""Vendor files whose cells, columns and rows were changed as real exports differ: no exception, no row unaccounted for.

Every sample of every format (`tests/contracts/samples`) is changed at random: cells to NaN, empty, huge or in another notation,
columns dropped, renamed or doubled, rows shuffled, repeated or cut into two files. FLOWBT_MUTATIONS says how many files in all.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.contracts.conftest import Sample, delimited, samples
from tests.faults.counting import rows_in

from flowbt.lake import Lake
from flowbt.lake.delta.tables import TABLES
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.vendors import format_named

MUTATIONS = int(os.environ.get("FLOWBT_MUTATIONS", "300"))
SAMPLES = samples()
EACH = -(-MUTATIONS // len(SAMPLES))

CELLS = (
    *("", " ", "NaN", "nan", "inf", "-inf", "N/A", "-", "--", "null", "None", "#REF!", "TRUE", "x"),
    *("0", "-1", "1e308", "1e309", "-1e-320", "4.9e-324", "9" * 400, "1e5", "12.0", "0x1f", "1_000", "١٢", " 12 "),
    *("1,5", "1,234", "2,54,729", "1.234,56", "$5", "5%", "(5)", "1.2K"),
    *("01/09/2026", "13/01/2026", "9-Jan-26", "20260109", "2026-01-09T02:30Z", "2026-01-09 16:00:00-05:00"),
    *("1767916800", "1767916800000", "9999-12-31", "0001-01-01", "0000-00-00", "2026-02-30"),
    *("call", "P", "AAA", "AAA260116C00100000", "=cmd()", 'a"b', "é", "\u202e", "a\tb"),
)
LEAVES: tuple[Any, ...] = (
    *CELLS,
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    float("nan"),
    float("inf"),
    [],
    {},
    [1, 2],
    {"a": 1},
)
Table = tuple[list[str], list[list[str]]]


def changed_table(header: list[str], rows: list[list[str]], random: Random) -> Table:
    """A table with one to three changes."""
    header, rows = list(header), [list(row) for row in rows]
    for _ in range(random.choice((1, 1, 2, 3))):
        column = random.randrange(len(header))
        change = random.randrange(8)
        if change < 3 and rows:
            random.choice(rows)[column] = random.choice(CELLS)
        elif change == 3:
            text = random.choice(CELLS)
            for row in rows:
                row[column] = text
        elif change == 4:
            header[column] = random.choice(("renamed", "", header[random.randrange(len(header))]))
        elif change == 5 and len(header) > 1:
            del header[column]
            for row in rows:
                del row[column]
        elif change == 6 and rows:
            rows.insert(random.randrange(len(rows)), list(random.choice((header, random.choice(rows)))))
        else:
            random.shuffle(rows)
    return header, rows


def changed_document(document: Any, random: Random) -> Any:
    """A JSON document with a leaf, a key or a list of it changed."""
    document = json.loads(json.dumps(document))
    for _ in range(random.choice((1, 1, 2, 3))):
        inner = list(_containers(document))
        node = random.choice(inner)
        if isinstance(node, list):
            change = random.randrange(3)
            if change == 0:
                random.shuffle(node)
            elif change == 1:
                node.append(random.choice(node))
            else:
                node[random.randrange(len(node))] = random.choice(LEAVES)
        else:
            key = random.choice(list(node))
            if random.randrange(4):
                node[key] = random.choice(LEAVES)
            else:
                node["renamed"] = node.pop(key)
    return document


def _containers(node: Any) -> Any:
    if isinstance(node, dict | list) and node:
        yield node
        for child in node.values() if isinstance(node, dict) else node:
            yield from _containers(child)


def contents(sample: Sample, random: Random) -> list[bytes]:
    """The changed file, now and then cut into two."""
    if not sample.is_table:
        return [json.dumps(changed_document(json.loads(sample.content), random)).encode()]
    above, header, rows, below = sample.table()
    header, rows = changed_table(header, rows, random)
    cut = random.randrange(len(rows) + 1) if random.randrange(5) == 0 else len(rows)
    parts = [part for part in (rows[:cut], rows[cut:]) if part] or [rows]
    return [delimited(above, header, part, below) for part in parts]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_whatever_is_changed_every_row_is_accounted_for(sample: Sample, tmp_path: Path, random: Random) -> None:
    random.seed(f"{random.random()} {sample}")
    for number in range(EACH):
        lake = Lake(tmp_path / f"lake {number}")
        paths = []
        for part, content in enumerate(contents(sample, random)):
            path = tmp_path / f"vendor {number} {part}" / sample.name
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
            paths.append(str(path))
        name = random.choice((sample.vendor.name, "auto"))
        outcome = ingest_files(lake, name, paths, options=sample.options, max_quarantine=random.choice((0.05, 1.0)))
        for file in outcome.files:
            accounted(file)
            if file.status != "rejected":
                # what is lost before the code counts shows only in a count of one's own
                vendor = format_named(str(file.format))
                counted = rows_in(sample, Path(file.path).read_bytes(), vendor)
                # an object that replaced rows may be read as one, and set aside
                assert file.rows_in == counted if sample.is_table else file.rows_in >= counted, (counted, file)
        assert stored(lake, sample.vendor.table) == outcome.totals["committed"], paths


def accounted(file: FileOutcome) -> None:
    """A file is refused with a code and nothing of it counted, or every row of it is."""
    if file.status == "rejected":
        assert file.reason is not None
        assert file.reason.partition(":")[0].replace("_", "").isupper(), file
        assert (file.committed, file.quarantined, file.duplicates) == (0, 0, 0)
    else:
        assert file.committed + file.quarantined + file.duplicates == file.rows_in > 0, file


def stored(lake: Lake, table: str) -> int:
    """How many rows the lake holds, in contracts, bars, actions or prints."""
    if not lake.versions():
        return 0
    found: dict[str, Callable[[], int]] = {
        "chains": lambda: int(lake.contents()["contracts"].sum()),
        "prices": lambda: lake.bars().height,
        "actions": lambda: lake.actions().height,
        "prints": lambda: int(lake.tape()["prints"].sum()),
    }
    held = set(lake.versions()) & set(TABLES)
    if table == "prices":
        held -= {"actions"}  # dividends and splits that come with bars are not counted as rows
    return sum(count() for table, count in found.items() if table in held)
