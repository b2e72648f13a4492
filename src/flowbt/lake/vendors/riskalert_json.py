"""riskalert-json: one file a symbol and day, `DATE/SYMBOL.json`, calls and puts side by side.

    {"header": {"underlyingPrice": 299.96, ...},
     "contracts": [{"callOption": "2026-08-21_300.00_Call", "callPrice": 0.5, "callDelta": 0.4, "callVolume": 12,
                    "callIv": 18.5, "callOi": 120, "putOption": "2026-08-21_300.00_Put", ...}, ...]}

Implied volatility is in percent; 0 stands for "not known" in prices and volatilities. There is no bid, ask or gamma, and
no quote time. The open interest of the row dated t is that of the close before (measured: |change| <= volume holds for
95 to 99.9% of the contracts at that lag).
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.errors import RejectedFileError
from flowbt.lake.vendors.base import ReadOptions, VendorFormat

FIELDS = {
    "Option": "contract",
    "Price": "last",
    "Delta": "delta",
    "Volume": "volume",
    "Iv": "iv",
    "Oi": "open_interest",
}


def _recognises(path: Path, head: bytes) -> bool:
    return path.suffix.lower() == ".json" and b'"contracts"' in head and b'"callOption"' in head


def _read(path: Path, options: ReadOptions) -> pl.DataFrame:
    document = _document(path)
    rows = document["contracts"]
    sides = [_side(rows, side, path) for side in ("call", "put")]
    price = document.get("header", {}).get("underlyingPrice")
    contract = pl.col("contract").str.split_exact("_", 2)
    symbol = options.symbol or path.stem.upper()
    return (
        pl.concat(sides)
        .filter(pl.any_horizontal(pl.all().is_not_null()))
        .with_columns(contract.struct.rename_fields(["expiration", "strike", "option_type"]).alias("parts"))
        .unnest("parts")
        .with_columns(
            pl.lit(symbol).alias("symbol"),
            pl.lit(symbol).alias("root"),
            pl.lit(str(_date_of(path, options))).alias("date"),
            pl.lit(None if not price else str(price)).alias("underlying_price"),
            pl.col("option_type").str.to_lowercase(),
            (pl.col("iv").cast(pl.Float64, strict=False) / 100).cast(pl.String).fill_null(pl.col("iv")),
        )
        .drop("contract")
    )


def _document(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8-sig")
        document = json.loads(text) if text.strip() else None
    except UnicodeDecodeError as error:
        raise RejectedFileError("NOT_UTF8", f"{error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        code = "TRUNCATED" if error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated" in error.msg else "NOT_JSON"
        raise RejectedFileError(code, f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise RejectedFileError("NOT_JSON", "nested too deeply") from None
    except ValueError as error:
        raise RejectedFileError("NOT_JSON", str(error).split(";", 1)[0]) from None
    if document is None:
        raise RejectedFileError("EMPTY", "the file has no text")
    if not isinstance(document, dict) or not isinstance(document.get("contracts"), list):
        raise RejectedFileError("MISSING_COLUMN", "there is no list `contracts`")
    if not document["contracts"]:
        raise RejectedFileError("EMPTY", "the list `contracts` has no rows")
    if not isinstance(document.get("header", {}), dict):
        raise RejectedFileError("MISSING_COLUMN", "`header` is no object")
    return document


def _side(rows: list[Any], side: str, path: Path) -> pl.DataFrame:
    if not all(isinstance(row, dict) for row in rows):
        raise RejectedFileError("NOT_JSON", f"a row of `contracts` in {path.name} is no object")
    missing = [f"{side}{field}" for field in FIELDS if not any(f"{side}{field}" in row for row in rows)]
    if missing:
        raise RejectedFileError("MISSING_COLUMN", f"no row of `contracts` has {', '.join(missing)}")
    return pl.DataFrame(
        {name: [_text(row.get(f"{side}{field}")) for row in rows] for field, name in FIELDS.items()},
        schema=dict.fromkeys(FIELDS.values(), pl.String),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value).encode("utf-8", "replace").decode()


def _date_of(path: Path, options: ReadOptions) -> date:
    if options.date is not None:
        return options.date
    try:
        return date.fromisoformat(path.resolve().parent.name)
    except ValueError:
        raise RejectedFileError(
            "NO_DATE", f"the folder '{path.resolve().parent.name}' is no date (YYYY-MM-DD); say it with --date"
        ) from None


FORMAT = VendorFormat(
    name="riskalert-json",
    table="chains",
    description="One JSON file a symbol and day, DATE/SYMBOL.json; last, volume, OI, IV and delta, no bid or ask.",
    suffixes=(".json",),
    recognises=_recognises,
    read=_read,
    oi_lag=1,
    zero_is_missing=("last", "iv"),
    symbol_in_name=True,
)
