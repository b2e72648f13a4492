r"""A format of the user's own, described in a TOML file: `flowbt ingest my_vendor.toml chains/`.

    name = "my-vendor"
    open_interest = "close before"     # or "same close", "not established", "none"
    dates = ["%m/%d/%Y"]
    path = 'chains_(?P<date>\\d{4}-\\d{2}-\\d{2})\\.csv$'      # what the file's path contains: symbol, date, expiration

    [columns]                          # ours = theirs; call_... and put_... if a row has a call and a put
    symbol = "Ticker"
    expiration = "Expiry"
    strike = "K"
    option_type = "CP"
    bid = "BidPx"
    open_interest = ["OI", "OpenInt"]  # the first one that the file has

    [words.option_type]
    a = "call"                         # another word for call

    [divide_by]
    iv = 100

    [missing]
    iv = [0, -1]

    [constants]                        # the same for all rows and not in the file
    multiplier = 50

Other keys of a layout (`flowbt.lake.vendors.layout.Layout`) are allowed too: `rows` for JSON, `empty`, `repairs`,
`zone`, `quoted`, `preamble`, `optional`; and of the format: `table`, `description`, `exchange`, `part`. The user's page with examples
is `docs/mapping-files.md`.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

import polars as pl

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.lake.reading.names import folded
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.layout import CONSTANTS, OPTION_TYPES, Constant, Layout, Repair
from flowbt.lake.vendors.mapping_checks import (
    check_column,
    check_keys,
    check_numbers,
    check_patterns,
    one_of,
    table_of,
    texts,
    words_of,
)
from flowbt.lake.vendors.recognise import looks_ahead
from flowbt.lake.vendors.vendor_format import OI_LAGS, Table, VendorFormat

OF_FORMAT: Final = ("name", "description", "table", "open_interest", "exchange", "part")
OF_LAYOUT: Final = (
    "columns", "rows", "cells", "preamble", "path", "path_date_format", "path_time_format", "dates", "zone", "quoted", "empty", "missing",
    "divide_by", "repairs", "words", "optional", "constants",
)  # fmt: skip


def read_mapping(path: Path) -> VendorFormat:
    """The format that a mapping file describes.

    Raises:
        FlowbtError: the file cannot be read, or has an unknown key or a value that is not valid.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FlowbtError(f"the mapping file '{path}' cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FlowbtError(f"the mapping file '{path}' is not valid TOML: {error}") from None
    where = f"in the mapping file '{path.name}'"
    check_keys(document, (*OF_FORMAT, *OF_LAYOUT), where)
    table = one_of("table", document.get("table", "chains"), get_args(Table), where)
    of_format = {key: document[key] for key in ("exchange", "part") if key in document}
    return VendorFormat(
        name=document.get("name", path.stem),
        description=document.get("description", f"As described in {path.name}."),
        table=table,
        open_interest=one_of("open_interest", document.get("open_interest", "close before"), tuple(OI_LAGS), where),
        layouts=(_layout(document, table, where),),
        suffixes=(".json",) if "rows" in document else (".csv", ".tsv", ".txt", ".parquet", ".json"),
        **of_format,
    )


def _layout(document: Mapping[str, Any], table: str, where: str) -> Layout:
    our_columns = COLUMNS[table]
    columns: dict[str, str | tuple[str, ...]] = {}
    for ours, theirs in table_of(document, "columns").items():
        check_column(ours, our_columns, where)
        names = [theirs] if isinstance(theirs, str) else theirs
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise FlowbtError(f"'columns.{ours}' {where} must be the name of a column, or a list of names")
        if not all(name.strip() for name in names):
            raise FlowbtError(f"'columns.{ours}' {where} is blank: give the name of a column, or delete the line")
        spelled = tuple(map(folded, names))
        if ahead := sorted(filter(looks_ahead, spelled)):
            raise FlowbtError(
                f"'columns.{ours}' {where} reads {', '.join(ahead)}, which was not known on the row's day: "
                "map the open interest that was published by then"
            )
        columns[ours] = spelled[0] if len(spelled) == 1 else spelled
    if not columns:
        raise FlowbtError(f"there is no table [columns] {where}: it maps our columns to the file's")
    optional = _optional(document, columns, where)
    needed = {
        "|".join([theirs] if isinstance(theirs, str) else theirs)
        for ours, theirs in columns.items()
        if ours not in optional
    }
    words = {column: words_of(column, given, where) for column, given in table_of(document, "words").items()}
    for name in (*table_of(document, "missing"), *table_of(document, "divide_by"), *words):
        if name not in our_columns:
            raise UnknownNameError("column", name, sorted(our_columns), where=where)
    check_numbers(document, COLUMNS[table], where)
    check_patterns(document, where)
    plain: dict[str, Any] = {
        key: document[key]
        for key in ("rows", "cells", "path", "path_date_format", "path_time_format", "zone", "quoted")
        if key in document
    }
    return Layout(
        columns=columns,
        header=frozenset(needed),
        optional=optional,
        constants=_constants(document, columns, our_columns, where),
        preamble={folded(name): pattern for name, pattern in table_of(document, "preamble").items()},
        dates=texts(document, "dates", where),
        empty=texts(document, "empty", where),
        repairs=tuple(one_of("repairs", one, get_args(Repair), where) for one in texts(document, "repairs", where)),
        missing={name: tuple(map(float, numbers)) for name, numbers in table_of(document, "missing").items()},
        divide_by={name: float(by) for name, by in table_of(document, "divide_by").items()},
        words={"option_type": OPTION_TYPES, **words}
        | ({"option_type": OPTION_TYPES | words["option_type"]} if "option_type" in words else {}),
        **plain,
    )


def _optional(document: Mapping[str, Any], columns: Mapping[str, Any], where: str) -> frozenset[str]:
    names = texts(document, "optional", where)
    for name in names:
        if name not in columns:
            raise UnknownNameError("column", name, columns, where=where, hint="'optional' lists names from [columns]")
    return frozenset(names)


def _constants(
    document: Mapping[str, Any], columns: Mapping[str, Any], our_columns: Mapping[str, pl.DataType], where: str
) -> dict[str, Constant]:
    """Values that all rows of a file share, by column of ours, in the column's type."""
    constants: dict[str, Constant] = {}
    for name, value in table_of(document, "constants").items():
        if name not in CONSTANTS or name not in our_columns:
            usable = [one for one in CONSTANTS if one in our_columns]
            raise UnknownNameError("constant", name, usable, where=where, hint=f"it may be {', '.join(usable)}")
        if name in columns:
            raise FlowbtError(f"'{name}' {where} is both under [columns] and under [constants]: keep one of them")
        if our_columns[name].is_numeric():
            valid, example = type(value) in {int, float} and value > 0, "50"
        elif our_columns[name] == pl.Date():
            valid, example = type(value) is dt.date, "2026-01-08, without quotes"
        else:
            valid, example = isinstance(value, str) and bool(value.strip()), '"IWM"'
        if not valid:
            raise FlowbtError(f"'constants.{name}' {where} is not valid: give it as in {name} = {example}")
        constants[name] = float(value) if our_columns[name].is_numeric() else value
    return constants
