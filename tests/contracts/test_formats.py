"""What every vendor format must keep to, on every sample of it: what its columns mean, and that nothing else is read from them.

A new format adds a folder of samples (`samples/FORMAT/`), one for each layout, and is held to all of it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from flowbt.lake import Lake
from flowbt.lake.intake.batch import FileOutcome
from flowbt.lake.intake.ingest import ingest_files
from flowbt.lake.intake.read_file import translated_blocks
from flowbt.lake.reading import Source, open_file
from flowbt.lake.reading.names import lacking
from flowbt.lake.vendors import FORMATS, format_named
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.recognise import layout_of, recognise
from flowbt.lake.vendors.translate import ROW
from flowbt.lake.vendors.vendor_format import OI_LAGS

Write = Callable[..., Path]
AT = {"chains": ("strike", "option_type"), "prices": ("date",), "actions": ("date", "kind"), "prints": ("time",)}


def brought_in(sample: Any, path: Path, lake: Lake, **more: Any) -> FileOutcome:
    return ingest_files(lake, sample.vendor.name, [str(path)], options=sample.options, **more).files[0]


def plain(cell: Any) -> Any:
    return cell.isoformat() if hasattr(cell, "isoformat") else cell


def test_every_layout_has_a_sample(all_samples: list[Any]) -> None:
    of_formats = {name: [sample for sample in all_samples if sample.vendor.name == name] for name in FORMATS}
    assert all(of_formats.values())
    for name, vendor in FORMATS.items():
        if name not in {"actions", "prints"}:  # whose layouts are spellings of one
            assert {vendor.layouts.index(sample.layout) for sample in of_formats[name]} == set(
                range(len(vendor.layouts))
            )


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_says_what_it_is(name: str) -> None:
    vendor = format_named(name)
    assert vendor.description.endswith(".")
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in vendor.suffixes)
    for layout in vendor.layouts:
        assert set(layout.missing) | set(layout.divide_by) | set(layout.values) <= set(COLUMNS[vendor.table])
        re.compile(layout.path)


def test_only_it_recognises_its_sample(sample: Any, write: Write) -> None:
    vendor, layout = recognise(open_file(Source(write(sample))), FORMATS.values())
    assert vendor is sample.vendor
    assert layout is sample.layout


def test_every_row_of_the_sample_is_committed(sample: Any, kept: Any) -> None:
    found = kept.file
    assert (found.status, found.reason, found.warnings) == ("committed", None, sample.expected.get("warnings", {}))
    assert found.committed == found.rows_in > 0
    assert found.format == sample.vendor.name


def test_cells_have_the_values_that_can_be_read_off_the_file(sample: Any, kept: Any) -> None:
    rows = sample.stored(kept.lake).to_dicts()
    stored = {tuple(plain(row[name]) for name in AT[sample.vendor.table]): row for row in rows}
    for expected in sample.expected["rows"]:
        row = stored[tuple(expected["at"])]
        found = {name: plain(row[name]) for name in expected["cells"]}
        assert found == {
            name: pytest.approx(cell, rel=1e-4) if isinstance(cell, float) else cell
            for name, cell in expected["cells"].items()
        }
        assert [name for name in expected.get("unknown", []) if row[name] is not None] == []


def test_quote_time_and_open_interest_are_as_declared(sample: Any, kept: Any) -> None:
    if sample.vendor.table != "chains":
        return
    stored = sample.stored(kept.lake)
    found = stored.select("quote_time", "oi_lag", "source").unique()
    assert [tuple(map(plain, row)) for row in found.rows()] == [
        (sample.expected.get("quote_time"), sample.expected.get("oi_lag"), sample.vendor.name)
    ]
    if sample.vendor.open_interest != "said by its rows":
        says = stored["open_interest"].is_not_null().any()
        assert sample.expected.get("oi_lag") == (OI_LAGS[sample.vendor.open_interest] if says else None)


def test_found_in_its_folder_a_second_time_it_changes_nothing(sample: Any, kept: Any) -> None:
    versions = kept.lake.versions()
    found = brought_in(sample, kept.folder, kept.lake)
    assert (found.status, found.rows_in) == ("unchanged", kept.file.rows_in)
    assert kept.lake.versions() == versions


def test_it_reads_text_or_numbers_under_the_tables_names(sample: Any, write: Write) -> None:
    source = Source(write(sample))
    file = open_file(source)
    layout = layout_of(file, sample.vendor)
    for _, text in translated_blocks(file, source, sample.vendor, layout, sample.options):
        assert set(text.columns) <= {*COLUMNS[sample.vendor.table], ROW}
        for name, dtype in text.drop(ROW).schema.items():
            assert str(dtype) in {"String", str(COLUMNS[sample.vendor.table][name])}


def test_each_column_that_it_needs_is_named_where_it_is_missing(sample: Any, write: Write, tmp_path: Path) -> None:
    for name in sample.layout.header:
        path = write(sample, sample.without(name))
        found = brought_in(sample, path, Lake(tmp_path / "lake"))
        file = open_file(Source(path))
        missing = [lacking(layout.header, file.names(layout.shape)) for layout in sample.vendor.layouts]
        # one layout may be as near as another
        near = [names for names in missing if len(names) == min(map(len, missing))]
        assert [name.removesuffix("_2")] in [[one.removesuffix("_2") for one in names] for names in near]
        assert any(
            str(found.reason).startswith(f"MISSING_COLUMN: {', '.join(names).replace('|', ' or ')};") for names in near
        )


def test_order_and_unknown_columns_make_no_difference(sample: Any, write: Write) -> None:
    rows = sample.read(write(sample))
    assert sample.read(write(sample, sample.shuffled())).equals(rows, null_equal=True)


def test_a_cell_that_cannot_be_read_sets_its_row_aside(sample: Any, write: Write, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    ours, theirs = sample.number
    found = brought_in(sample, write(sample, sample.with_cell(theirs, "many")), lake, max_quarantine=1)
    assert found.quarantined >= 1
    assert found.committed + found.quarantined == found.rows_in
    reasons = DeltaTable(str(lake.path / "quarantine")).to_pyarrow_table()["reasons"].to_pylist()
    assert reasons == [f"UNREADABLE_{ours.upper()}"] * found.quarantined


def test_what_looks_ahead_is_refused_where_it_is_not_known(sample: Any, write: Write, tmp_path: Path) -> None:
    if sample.layout.cells:
        return
    name = "T1_OpenInterest" if "t1openinterest" in sample.layout.never_read else "T1OpenInterest"
    found = brought_in(sample, write(sample, sample.with_column(name, "1")), Lake(tmp_path / "lake"))
    assert str(found.reason).startswith("LOOKAHEAD_COLUMN: ")
