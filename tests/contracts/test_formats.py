"""What every vendor format must keep to. A new format adds a sample of its own here, and is held to all of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flowbt.lake import Lake
from flowbt.lake.file_read import translated
from flowbt.lake.ingest import ingest_files
from flowbt.lake.reading import Source, open_file
from flowbt.lake.vendors import FORMATS, ReadOptions, VendorFormat, format_named
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.recognise import layout_of, recognise
from flowbt.lake.vendors.translate import ROW

CHAIN_ROW = "AAA,2026-01-08,2026-01-16,{strike},call,1.5,10,50,100"
SAMPLES: dict[str, tuple[str, str]] = {
    "canonical": (
        "chain.csv",
        "\n".join(
            [
                "symbol,date,expiration,strike,option_type,last,volume,open_interest,underlying_price",
                *(CHAIN_ROW.format(strike=strike) for strike in (99, 100, 101)),
            ]
        )
        + "\n",
    ),
    "riskalert-json": (
        "2026-01-08/AAA.json",
        json.dumps(
            {
                "header": {"underlyingPrice": 100},
                "contracts": [
                    {
                        f"{side}{field}": value
                        for side, name in (("call", "Call"), ("put", "Put"))
                        for field, value in {
                            "Option": f"2026-01-16_{strike}.00_{name}",
                            "Price": 1.5,
                            "Delta": 0.5 if side == "call" else -0.5,
                            "Volume": 10,
                            "Iv": 25.0,
                            "Oi": 50,
                        }.items()
                    }
                    for strike in (99, 100, 101)
                ],
            }
        ),
    ),
    "actions": ("actions.csv", "symbol,date,kind,value\nAAA,2026-01-07,split,10:1\nAAA,2026-01-08,dividend,0.25\n"),
    "ohlcv": ("AAA_2026.csv", "Date,Open,High,Low,Close,Volume\n2026-01-07,9,12,9,11,5\n2026-01-08,10,12,9,11,5\n"),
    "prints": (
        "tape.csv",
        "\n".join(
            [
                "symbol,time,expiration,strike,option_type,price,size,bid,ask,underlying_price",
                *(f"AAA,2026-01-08T14:30:0{n}Z,2026-01-16,100,call,1.5,10,1.4,1.6,100" for n in range(3)),
            ]
        )
        + "\n",
    ),
    "unusual-whales": (
        "tape.csv",
        "\n".join(
            [
                "executed_at,underlying_symbol,option_chain_id,side,strike,option_type,expiry,underlying_price,nbbo_bid,"
                "nbbo_ask,ewma_nbbo_bid,ewma_nbbo_ask,price,size,premium,volume,open_interest,implied_volatility,delta,"
                "theta,gamma,vega,rho,theo,sector,exchange,report_flags,canceled,upstream_condition_detail,equity_type",
                *(
                    f"2026-01-08 14:30:0{n}.5+00,AAA,AAA260116C00100000,{side},100,call,2026-01-16,100,1.4,"
                    "1.6,1.4,1.6,1.5,10,1500,30,50,0.25,0.5,"
                    "-0.03,0.04,0.1,0.01,1.5,Technology,XCBO,{},f,auto,Common Stock"
                    for n, side in enumerate(("ask", "bid", "mid"))
                ),
            ]
        )
        + "\n",
    ),
}
FORMAT_NAMES = sorted(FORMATS)


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(FORMATS)


@pytest.fixture(params=FORMAT_NAMES)
def vendor(request: pytest.FixtureRequest) -> VendorFormat:
    return format_named(request.param)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[VendorFormat, bytes | None], Path]:
    """The format's sample file, or other bytes under its name."""

    def to_file(vendor: VendorFormat, content: bytes | None = None) -> Path:
        name, text = SAMPLES[vendor.name]
        path = tmp_path / "vendor" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if content is None else content)
        return path

    return to_file


Write = Callable[..., Path]


def test_says_what_it_is(vendor: VendorFormat) -> None:
    assert vendor.description.endswith(".")
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in vendor.suffixes)
    for layout in vendor.layouts:
        assert set(layout.missing) | set(layout.divide_by) | set(layout.values) <= set(COLUMNS[vendor.table])


def test_only_it_recognises_its_sample(vendor: VendorFormat, write: Write) -> None:
    assert recognise(open_file(Source(write(vendor))), FORMATS.values())[0] is vendor


def test_every_row_of_the_sample_is_committed(vendor: VendorFormat, write: Write, tmp_path: Path) -> None:
    found = ingest_files(Lake(tmp_path / "lake"), "auto", [str(write(vendor))]).files[0]
    assert (found.status, found.warnings) == ("committed", {})
    assert found.committed == found.rows_in > 0


def test_a_second_time_changes_nothing(vendor: VendorFormat, write: Write, tmp_path: Path) -> None:
    lake, path = Lake(tmp_path / "lake"), str(write(vendor))
    ingest_files(lake, vendor.name, [path])
    versions = lake.versions()
    assert ingest_files(lake, vendor.name, [path]).files[0].status == "unchanged"
    assert lake.versions() == versions


def test_a_folder_finds_it(vendor: VendorFormat, write: Write, tmp_path: Path) -> None:
    write(vendor)
    assert len(ingest_files(Lake(tmp_path / "lake"), vendor.name, [str(tmp_path / "vendor")]).files) == 1


def test_it_reads_text_under_the_tables_names(vendor: VendorFormat, write: Write) -> None:
    source = Source(write(vendor))
    file = open_file(source)
    for _, text in translated(file, source, vendor, layout_of(file, vendor), ReadOptions()):
        assert set(text.columns) <= {*COLUMNS[vendor.table], ROW}
        assert all(dtype == "String" for dtype in map(str, text.drop(ROW).dtypes))


def test_a_file_cut_at_any_byte_is_refused_or_accounted_for(vendor: VendorFormat, write: Write, tmp_path: Path) -> None:
    """Nothing may end in another exception; what is kept must be rows of the whole file."""
    whole = SAMPLES[vendor.name][1].encode()
    complete = ingest_files(Lake(tmp_path / "whole"), vendor.name, [str(write(vendor))]).files[0].rows_in
    for cut in range(0, len(whole), 7):
        lake = Lake(tmp_path / "lake")
        path = str(write(vendor, whole[:cut]))
        found = ingest_files(lake, vendor.name, [path], dry_run=True, max_quarantine=1).files[0]
        assert found.committed + found.quarantined + found.duplicates == found.rows_in <= complete
        assert (found.status == "rejected") == (found.reason is not None)


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\n",
        b"\0" * 100,
        b"\xff\xfe" + b"a\0,\0" * 50,
        b"PAR1" * 10,
        b"<html>,</html>\n",
        b"a,b\n1,2\n",
        b"[]",
        b"{}",
    ],
)
def test_garbage_is_refused(garbage: bytes, vendor: VendorFormat, write: Write, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    found = ingest_files(lake, vendor.name, [str(write(vendor, garbage))]).files[0]
    assert found.status == "rejected"
    assert str(found.reason).partition(":")[0].isupper()
    assert not lake.path.exists()
