"""Bad files, each with what must become of it.

R: the file is refused, with a code; Q: rows of it are set aside, with their codes; W: it is kept, with a warning; F: it is
kept as if nothing were odd, copies being counted.
"""

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Literal

import polars as pl
import pyarrow as pa

COLUMNS = (
    "symbol", "date", "expiration", "strike", "option_type", "bid", "ask", "last", "volume", "open_interest", "iv",
    "delta", "underlying_price",
)  # fmt: skip
GOOD = dict(zip(COLUMNS, ("AAA", "2026-01-08", "2026-01-16", "100", "call", "1.4", "1.6", "1.5", "10", "50", "0.25", "0.5", "100"), strict=True))  # fmt: skip


@dataclass(frozen=True)
class BadFile:
    """A file and what must become of it.

    Attributes:
        label: what is wrong with it.
        content: its bytes, or what makes them, where there are many.
        outcome: R, Q, W or F.
        codes: of the refusal, of the rows set aside, of the warnings; of F none.
        name: the file's.
        format: it is ingested as.
        options: that the user gives.
        kept: how many rows are stored.
    """

    label: str
    content: bytes | Callable[[], bytes]
    outcome: Literal["R", "Q", "W", "F"]
    codes: tuple[str, ...] = ()
    name: str = "chain.csv"
    format: str = "canonical"
    options: Mapping[str, Any] = field(default_factory=dict)
    kept: int | None = None


def corpus() -> list[BadFile]:
    """All of them."""
    return [
        *_no_table(),
        *_columns(),
        *_rows(),
        *_cells(),
        *_dates(),
        *_days(),
        *_json(),
        *_packed(),
        *_parquet(),
        *_odd_and_kept(),
    ]


def csv(*rows: Mapping[str, str], columns: Sequence[str] = COLUMNS, end: str = "\n") -> bytes:
    """Rows as CSV; without rows, three good ones."""
    rows = rows or tuple({**GOOD, "strike": str(strike)} for strike in (99, 100, 101))
    lines = [",".join(columns), *(",".join(_quoted(row.get(name, "")) for name in columns) for row in rows)]
    return (end.join(lines) + end).encode()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\n') else cell


def _no_table() -> Iterator[BadFile]:
    whole = csv()
    for label, content, code in (
        ("no bytes", b"", "EMPTY"),
        ("blanks only", b" \n\t\n\n", "EMPTY"),
        ("a byte order mark only", b"\xef\xbb\xbf", "EMPTY"),
        ("a header only", csv().splitlines()[0], "EMPTY"),
        ("rows without text", csv().splitlines()[0] + b"\n" + b",,,,,,,,,,,,\n" * 3, "EMPTY"),
        ("UTF-16 with mark", whole.decode().encode("utf-16"), "NOT_UTF8"),
        ("UTF-16 LE", whole.decode().encode("utf-16-le"), "NOT_UTF8"),
        ("UTF-16 BE", whole.decode().encode("utf-16-be"), "NOT_UTF8"),
        ("UTF-32", whole.decode().encode("utf-32"), "NOT_UTF8"),
        ("Latin-1", whole + "ÄÖ,2026".encode("latin-1") + b",x" * 11 + b"\n", "NOT_UTF8"),
        ("a NUL among the cells", whole.replace(b"1.5", b"1\0"), "NOT_UTF8"),
        ("a NUL far down", whole + b"".join(whole.splitlines(keepends=True)[1:]) * 900 + b"\0\n", "NOT_UTF8"),
        ("line ends of CR alone", csv(end="\r"), "NOT_CSV"),
        ("a page of HTML", b"<!DOCTYPE html>\n<html><body>busy, try later</body></html>\n", "NOT_CSV"),
        ("HTML behind blank lines", b"\n\n <html>\n", "NOT_CSV"),
        ("XML", b'<?xml version="1.0"?>\n<chain><option/></chain>\n', "NOT_CSV"),
        ("an error message", b"Too many requests\n", "NOT_CSV"),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NOT_UTF8"),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "NOT_CSV"),
        ("one column", b"symbol\nAAA\n", "NOT_CSV"),
    ):
        yield BadFile(label, content, "R", (code,))


def _columns() -> Iterator[BadFile]:
    for name in ("symbol", "date", "expiration", "strike", "option_type"):
        columns = [column for column in COLUMNS if column != name]
        yield BadFile(f"no column {name}", csv(columns=columns), "R", ("MISSING_COLUMN",))
        misspelt = csv().replace(name.encode(), name[:-1].encode(), 1)
        yield BadFile(f"{name} misspelt", misspelt, "R", ("MISSING_COLUMN",))
    yield BadFile("no header", b"".join(csv().splitlines(keepends=True)[1:]), "R", ("MISSING_COLUMN",))
    yield BadFile("a column twice", csv(columns=(*COLUMNS, "last")), "R", ("DUPLICATE_COLUMN",))
    yield BadFile("a column twice, in another case", csv(columns=(*COLUMNS, "Last")), "R", ("DUPLICATE_COLUMN",))
    for name in ("T1OpenInterest", "next_day_open_interest", "T1_Open_Interest", "NextDayOpenInterest"):
        yield BadFile(f"a column {name}", csv(columns=(*COLUMNS, name)), "R", ("LOOKAHEAD_COLUMN",))
    yield BadFile("nothing that any format knows", b"a,b\n1,2\n", "R", ("UNKNOWN_FORMAT",), format="auto")


def _rows() -> Iterator[BadFile]:
    lines = csv().splitlines(keepends=True)
    short, long = b"AAA,2026-01-08,2026-01-16,102\n", lines[1].rstrip() + b",7\n"
    yield BadFile("a short row first", b"".join([lines[0], short, *lines[1:]]), "R", ("NOT_CSV",))
    yield BadFile("a short row in between", b"".join([*lines[:2], short, *lines[2:]]), "R", ("NOT_CSV",))
    yield BadFile("a short row last", b"".join([*lines, short]), "R", ("NOT_CSV",))
    yield BadFile("a long row first", b"".join([lines[0], long, *lines[1:]]), "R", ("NOT_CSV",))
    yield BadFile("a long row in between", b"".join([*lines[:2], long, *lines[2:]]), "R", ("NOT_CSV",))
    yield BadFile("a long and a short row", b"".join([*lines, long, short]), "R", ("NOT_CSV",))
    yield BadFile("cut within the last row", csv()[:-30], "R", ("TRUNCATED",))
    yield BadFile("a quote that is not closed", csv().replace(b"AAA", b'"AAA', 1), "R", ("NOT_CSV",))
    yield BadFile(
        "a line without end", lambda: csv() + b"A" * 30_000_000, "R", ("LINE_TOO_LONG", "NOT_CSV", "TRUNCATED")
    )
    yield BadFile("another file behind it", csv() + csv(*({**GOOD, "strike": str(n)} for n in (105, 106))), "Q", ("REPEATED_HEADER",), kept=5)  # fmt: skip
    bad = [{**GOOD, "strike": str(-n)} for n in range(1, 9)]
    yield BadFile("mostly bad rows", csv(*bad, GOOD), "R", ("TOO_MANY_BAD_ROWS",), options={"max_quarantine": 0.05})
    again = {**GOOD, "last": "1.55"}
    yield BadFile("two rows of one key that differ", csv(GOOD, again, {**GOOD, "strike": "105"}), "Q", ("CONFLICTING_ROWS",), kept=1)  # fmt: skip
    yield BadFile("three rows of one key, two alike", csv(GOOD, GOOD, again), "Q", ("CONFLICTING_ROWS",), kept=0)


CELLS: Sequence[tuple[str, str, str]] = (
    *(("last", cell, "UNREADABLE_LAST") for cell in ("abc", "$5", "5%", "(5)", "#REF!", "1,000", "1_000", "0x10", "---")),
    ("last", "-0.01", "BAD_LAST"), ("bid", "-1", "BAD_BID"), ("ask", "-1", "BAD_ASK"),
    ("bid", "one", "UNREADABLE_BID"), ("volume", "1.5", "UNREADABLE_VOLUME"),
    ("volume", "-1", "BAD_VOLUME"),
    ("volume", "9" * 20, "UNREADABLE_VOLUME"), ("open_interest", "-1", "BAD_OPEN_INTEREST"),
    ("open_interest", "many", "UNREADABLE_OPEN_INTEREST"), ("strike", "0", "BAD_STRIKE"), ("strike", "-5", "BAD_STRIKE"),
    ("strike", "1,000", "UNREADABLE_STRIKE"), ("strike", "1e400", "INFINITE_STRIKE"), ("strike", "nan", "NOT_A_NUMBER_STRIKE"),
    ("strike", "", "MISSING_STRIKE"), ("expiration", "2026-01-07", "EXPIRED"), ("expiration", "", "MISSING_EXPIRATION"),
    ("expiration", "2026-02-30", "UNREADABLE_EXPIRATION"), ("expiration", "9999-12-31", "UNREADABLE_EXPIRATION"),
    ("expiration", "0001-01-01", "UNREADABLE_EXPIRATION"), ("expiration", "46038", "UNREADABLE_EXPIRATION"),
    ("expiration", "26-01-16", "UNREADABLE_EXPIRATION"), ("expiration", "16 Jan 2026", "UNREADABLE_EXPIRATION"),
    ("option_type", "C", "BAD_OPTION_TYPE"), ("option_type", "straddle", "BAD_OPTION_TYPE"),
    ("option_type", "", "MISSING_OPTION_TYPE"), ("symbol", "", "MISSING_SYMBOL"), ("symbol", "A B", "BAD_SYMBOL"),
    ("symbol", "=cmd|' /C calc'!A0", "BAD_SYMBOL"), ("symbol", "../AAA", "BAD_SYMBOL"), ("symbol", "ÄÖ", "BAD_SYMBOL"),
    ("symbol", "<script>", "BAD_SYMBOL"), ("symbol", "A" * 17, "BAD_SYMBOL"), ("date", "", "MISSING_DATE"),
    ("date", "1969-12-31", "UNREADABLE_DATE"), ("date", "24-01-02", "UNREADABLE_DATE"), ("iv", "25%", "UNREADABLE_IV"),
    ("underlying_price", "-3", "BAD_UNDERLYING_PRICE"),
)  # fmt: skip


def _cells() -> Iterator[BadFile]:
    good = {**GOOD, "strike": "90", "option_type": "put"}
    for column, cell, code in CELLS:
        yield BadFile(f"{column} '{cell[:20]}'", csv(good, {**GOOD, column: cell}), "Q", (code,), kept=1)
    nothing = dict.fromkeys(("bid", "ask", "last", "volume", "open_interest", "iv", "delta"), "")
    yield BadFile("nothing known but the key", csv(good, {**GOOD, **nothing}), "Q", ("EMPTY_ROW",), kept=1)
    several = {**GOOD, "last": "x", "volume": "y"}
    yield BadFile("two bad cells in one row", csv(good, several), "Q", ("UNREADABLE_LAST UNREADABLE_VOLUME",), kept=1)
    wrong = {**good, "contract": "AAA   260116P00095000"}
    yield BadFile("a contract that says another strike", csv(wrong, {**GOOD}, columns=(*COLUMNS, "contract")), "Q", ("CONTRADICTORY_CONTRACT",), kept=1)  # fmt: skip
    yield BadFile("a contract that says nothing", csv({**good, "contract": "AAA?"}, GOOD, columns=(*COLUMNS, "contract")), "Q", ("UNREADABLE_CONTRACT",), kept=1)  # fmt: skip


def _dates() -> Iterator[BadFile]:
    def dated(day: str, expiration: str) -> bytes:
        return csv({**GOOD, "date": day, "expiration": expiration})

    yield BadFile("the day or the month first", dated("05/01/2026", "02/03/2026"), "R", ("AMBIGUOUS_DATE",))
    yield BadFile("both orders in one file", dated("01/16/2026", "16/01/2026"), "R", ("AMBIGUOUS_DATE",))
    yield BadFile(
        "years of two digits", dated("26-01-08", "26-01-16"), "Q", ("UNREADABLE_DATE UNREADABLE_EXPIRATION",), kept=0
    )
    yield BadFile(
        "days of a spreadsheet", dated("46030", "46038"), "Q", ("UNREADABLE_DATE UNREADABLE_EXPIRATION",), kept=0
    )
    yield BadFile("written otherwise than the user says", dated("01/13/2026", "01/16/2026"), "Q", ("UNREADABLE_DATE UNREADABLE_EXPIRATION",), options={"date_format": "%d/%m/%Y"}, kept=0)  # fmt: skip


def _days() -> Iterator[BadFile]:
    for day, why in (
        ("2026-01-10", "a Saturday"),
        ("2026-01-11", "a Sunday"),
        ("2026-01-19", "a holiday"),
        ("2025-12-25", "Christmas"),
    ):
        yield BadFile(why, csv({**GOOD, "date": day, "expiration": "2026-02-20"}), "R", ("NOT_A_SESSION",))
    copied = [
        {**GOOD, "date": day, "strike": str(100 + n), "volume": str(n + 1)}
        for day in ("2026-01-08", "2026-01-09")
        for n in range(40)
    ]
    yield BadFile("the day before once more", csv(*copied), "R", ("COPY_OF_PREVIOUS_DAY",))
    yield BadFile("another symbol than asked for", csv(), "R", ("NO_SUCH_SYMBOL",), options={"symbol": "ZZZ"})
    yield BadFile("bars of a closed day", b"date,open,high,low,close\n2026-01-10,1,2,1,2\n2026-01-09,1,2,1,2\n", "Q", ("NOT_A_SESSION",), "AAA.csv", "ohlcv", kept=1)  # fmt: skip
    yield BadFile("a bar whose high is below its low", b"date,open,high,low,close\n2026-01-08,1,1,2,2\n2026-01-09,1,2,1,2\n", "Q", ("HIGH_BELOW_LOW",), "AAA.csv", "ohlcv", kept=1)  # fmt: skip
    yield BadFile("a bar without close", b"date,open,high,low,close\n2026-01-08,1,2,1,\n2026-01-09,1,2,1,2\n", "Q", ("MISSING_CLOSE",), "AAA.csv", "ohlcv", kept=1)  # fmt: skip
    yield BadFile("an action of an unknown kind", b"symbol,date,kind,value\nAAA,2026-01-08,merger,2\nAAA,2026-01-09,split,2\n", "Q", ("BAD_KIND",), "actions.csv", "actions", kept=1)  # fmt: skip
    yield BadFile("a print without a time of day", b"symbol,time,contract,price,size\nAAA,2026-01-08,AAA260116C00100000,1,1\nAAA,2026-01-08T15:00:00Z,AAA260116C00100000,1,1\n", "Q", ("UNREADABLE_TIME",), "tape.csv", "prints", kept=1)  # fmt: skip


def document(**changes: Any) -> bytes:
    """A riskalert-json document of one strike."""
    row: dict[str, Any] = {}
    for side in ("call", "put"):
        row |= {f"{side}Option": f"2026-01-16_100.00_{side.title()}", f"{side}Price": 1.5, f"{side}Delta": 0.5}
        row |= {f"{side}Volume": 10, f"{side}Iv": 25.0, f"{side}Oi": 50}
    return json.dumps({"header": {"underlyingPrice": 100}, "contracts": [row | changes]}).encode()


def _json() -> Iterator[BadFile]:
    whole = document()
    where = "2026-01-08/AAA.json"
    for label, content, code in (
        ("JSON without bytes", b"", "EMPTY"),
        ("JSON cut in half", whole[: len(whole) // 2], "TRUNCATED NOT_JSON"),
        ("JSON cut before its last byte", whole[:-1], "TRUNCATED"),
        ("JSON and more behind it", whole + whole, "NOT_JSON"),
        ("HTML for JSON", b"<html></html>", "NOT_JSON"),
        ("a list for an object", b"[]", "EMPTY MISSING_COLUMN"),
        ("no contracts", b'{"header": {}}', "MISSING_COLUMN"),
        ("contracts that are no list", b'{"contracts": 5}', "MISSING_COLUMN"),
        ("no contracts in the list", b'{"contracts": []}', "EMPTY"),
        ("contracts that are no objects", b'{"contracts": [1, 2]}', "NOT_JSON"),
        ("contracts without a field", document().replace(b"callOi", b"callOpen"), "MISSING_COLUMN"),
        ("nested without end", b"[" * 100_000, "NOT_JSON"),
        ("JSON in UTF-16", whole.decode().encode("utf-16"), "NOT_UTF8"),
    ):
        yield BadFile(label, content, "R", tuple(code.split()), where, "riskalert-json")
    yield BadFile("a folder that is no date", whole, "R", ("NO_DATE",), "latest/AAA.json", "riskalert-json")
    yield BadFile(
        "a volume that is a list",
        document(callVolume=[1]),
        "Q",
        ("UNREADABLE_VOLUME",),
        where,
        "riskalert-json",
        kept=1,
    )
    yield BadFile("a put named in the call's place", document(callOption="2026-01-16_100.00_Put", callPrice=2), "Q", ("CONFLICTING_ROWS",), where, "riskalert-json", kept=0)  # fmt: skip


def _zip(data: bytes, member: str = "chain.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, data)
    return out.getvalue()


def _zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue().to_pybytes())


def _bomb(pack: Callable[[bytes], bytes]) -> bytes:
    return pack(b"\0" * (65 << 20))


def _packed() -> Iterator[BadFile]:
    packers: Mapping[str, Callable[[bytes], bytes]] = {
        "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": _zstd, "zip": _zip,
    }  # fmt: skip
    for ending, pack in packers.items():
        whole = pack(csv())
        damaged = ("TRUNCATED", "NOT_DECOMPRESSED")
        yield BadFile(f"{ending} cut short", whole[:-9], "R", damaged, f"chain.csv.{ending}")
        yield BadFile(f"{ending} of half a file", whole[: len(whole) // 2], "R", damaged, f"chain.csv.{ending}")
        bomb = partial(_bomb, pack)
        yield BadFile(f"a {ending} bomb", bomb, "R", ("TOO_LARGE", "NOT_UTF8"), f"chain.csv.{ending}")
        yield BadFile(f"{ending} of nothing", pack(b""), "R", ("EMPTY",), f"chain.csv.{ending}")
    checksum = bytearray(gzip.compress(csv()))
    checksum[-6] ^= 1
    yield BadFile("gz with a wrong checksum", bytes(checksum), "R", ("NOT_DECOMPRESSED",), "chain.csv.gz")
    yield BadFile("gz of gz", gzip.compress(gzip.compress(csv())), "R", ("NOT_CSV", "NOT_UTF8"), "chain.csv.gz")


def _parquet() -> Iterator[BadFile]:
    frame = pl.read_csv(csv(), infer_schema=False)
    whole = _as_parquet(frame)
    name = "chain.parquet"
    damaged: Sequence[tuple[str, bytes | Callable[[], bytes], tuple[str, ...]]] = (
        ("Parquet cut in half", whole[: len(whole) // 2], ("NOT_PARQUET",)),
        ("Parquet without its end", whole[:-4], ("NOT_PARQUET",)),
        ("Parquet without its beginning", whole[8:], ("NOT_PARQUET",)),
        ("Parquet that is text", b"no Parquet", ("NOT_PARQUET",)),
        ("Parquet's mark and nothing else", b"PAR1" * 3, ("NOT_PARQUET",)),
        (
            "Parquet whose footer is said to be huge",
            whole[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1",
            ("NOT_PARQUET",),
        ),
        ("Parquet without rows", _as_parquet(frame.clear()), ("EMPTY",)),
        ("Parquet without a key", _as_parquet(frame.drop("strike")), ("MISSING_COLUMN",)),
        (
            "Parquet of very many equal rows",
            lambda: _as_parquet(pl.select(pl.repeat("AAA", 20_000_000).alias("symbol"))),
            ("TOO_LARGE",),
        ),
    )
    for label, content, codes in damaged:
        yield BadFile(label, content, "R", codes, name)
    lists = frame.with_columns(volume=pl.lit([1, 2]))
    yield BadFile("Parquet with lists for volume", _as_parquet(lists), "Q", ("UNREADABLE_VOLUME",), name, kept=0)
    dates = frame.with_columns(pl.lit(date(2026, 1, 8)).alias("date"), pl.lit(float("nan")).alias("last"))
    yield BadFile("Parquet with NaN", _as_parquet(dates), "W", ("NOT_A_NUMBER_LAST",), name, kept=3)


def _as_parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


NO_NUMBERS: Mapping[str, str] = {
    **dict.fromkeys(("NaN", "None", "null", "N/A", "#N/A", "-", "--"), "NOT_A_NUMBER_LAST"),
    "inf": "INFINITE_LAST",
    "-inf": "INFINITE_LAST",
    "1e400": "INFINITE_LAST",
}


def _odd_and_kept() -> Iterator[BadFile]:
    for label, cells, code in (
        ("a crossed quote", {"bid": "2", "ask": "1"}, "CROSSED_QUOTE"),
        ("nobody bids", {"bid": "0"}, "ZERO_BID"),
        ("a last price below intrinsic value", {"underlying_price": "110", "last": "9"}, "STALE_LAST"),
        ("a volatility of next to nothing", {"iv": "0.001"}, "IV_OUT_OF_RANGE"),
        ("a volatility of 900%", {"iv": "9"}, "IV_OUT_OF_RANGE"),
        ("a volatility of nothing", {"iv": "0"}, "IMPOSSIBLE_IV"),
        ("a volatility below nothing", {"iv": "-0.2"}, "IMPOSSIBLE_IV"),
        ("a delta in percent", {"delta": "-55"}, "IMPOSSIBLE_DELTA"),
        ("a delta a little above one", {"delta": "1.01"}, "IMPOSSIBLE_DELTA"),
        *((f"a last price of {cell}", {"last": cell}, code) for cell, code in NO_NUMBERS.items()),
        *(
            (f"a volume of {cell}", {"volume": cell}, code.replace("LAST", "VOLUME"))
            for cell, code in NO_NUMBERS.items()
        ),
        ("no price of the underlying", {"underlying_price": ""}, "MISSING_UNDERLYING"),
        ("0 as the price of the underlying", {"underlying_price": "0"}, "MISSING_UNDERLYING"),
    ):
        yield BadFile(label, csv({**GOOD, **cells}), "W", (code,), kept=1)
    lines = csv().splitlines()
    for label, content in (
        (
            "copies of rows",
            csv(GOOD, GOOD, {**GOOD, "strike": "100.00"}, {**GOOD, "strike": "105"}, {**GOOD, "strike": "110"}),
        ),
        ("line ends of CRLF", csv(end="\r\n")),
        ("a byte order mark", b"\xef\xbb\xbf" + csv()),
        ("blank lines", b"\n\n".join(lines) + b"\n\n\n"),
        ("blanks around cells", csv().replace(b",", b" , ")),
        ("quotes around cells", b"\n".join(b",".join(b'"' + c + b'"' for c in line.split(b",")) for line in lines)),
        ("no line end at the end", csv().rstrip()),
        ("tabs for commas", csv().replace(b",", b"\t")),
        ("semicolons for commas", csv().replace(b",", b";")),
        ("whole numbers with a point", csv(*({**GOOD, "strike": str(n), "volume": "10.0"} for n in (99, 100, 101)))),
        (
            "a ticker that looks like nothing",
            csv(*({**GOOD, "symbol": "NA", "strike": str(n)} for n in (99, 100, 101))),
        ),
        (
            "dates with a time of day",
            csv(*({**GOOD, "date": "2026-01-08 00:00:00", "strike": str(n)} for n in (99, 100, 101))),
        ),
        (
            "names in capitals with blanks",
            csv().replace(b"option_type", b"Option Type").replace(b"strike", b" STRIKE "),
        ),
    ):
        yield BadFile(label, content, "F", kept=3)
