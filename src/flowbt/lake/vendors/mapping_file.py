r"""A format of the user's own, said in a TOML file: `flowbt ingest my_vendor.toml chains/`.

    name = "my-vendor"
    open_interest = "close before"     # or "same close", "not established", "none"
    dates = ["%m/%d/%Y"]
    path = 'chains_(?P<date>\\d{4}-\\d{2}-\\d{2})\\.csv$'      # what the file's path says: symbol, date, expiration

    [columns]                          # ours = theirs; call_... and put_... where a row holds a call and a put
    symbol = "Ticker"
    expiration = "Expiry"
    strike = "K"
    option_type = "CP"
    bid = "BidPx"
    open_interest = ["OI", "OpenInt"]  # the first that is there

    [words.option_type]
    a = "call"                         # another word for it

    [divide_by]
    iv = 100

    [missing]
    iv = [0, -1]

    [constants]                        # the same for all rows and not in the file
    multiplier = 50

Everything else that a layout may declare (`flowbt.lake.vendors.base.Layout`) may be there too: `rows` for JSON, `empty`, `repairs`,
`zone`, `quoted`, `preamble`, `optional`; and of the format: `table`, `description`, `exchange`, `part`. The user's page with examples
is `docs/mapping-files.md`.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.lake.reading.names import folded
from flowbt.lake.vendors.base import (
    CONSTANTS,
    OI_LAGS,
    OPTION_TYPES,
    Constant,
    Layout,
    Repair,
    Table,
    VendorFormat,
    bare,
    check_date_format,
)
from flowbt.lake.vendors.columns import COLUMNS
from flowbt.lake.vendors.recognise import looks_ahead

MINUTES: Final = 24 * 60
OF_FORMAT: Final = ("name", "description", "table", "open_interest", "exchange", "part")
OF_LAYOUT: Final = (
    "columns", "rows", "cells", "preamble", "path", "path_date_format", "path_time_format", "dates", "zone", "quoted", "empty", "missing",
    "divide_by", "repairs", "words", "optional", "constants",
)  # fmt: skip
_KINDS: Final[Mapping[str, type]] = {
    **dict.fromkeys(
        ("name", "description", "rows", "cells", "path", "path_date_format", "path_time_format", "zone", "exchange"),
        str,
    ),
    **dict.fromkeys(("columns", "preamble", "missing", "divide_by", "words", "constants"), dict),
    **dict.fromkeys(("dates", "empty", "repairs", "optional"), list),
    "quoted": int,
    "part": bool,
}
_KIND_WORDS: Final[Mapping[type, str]] = {
    str: "text in quotes",
    dict: "a table",
    list: "a list",
    int: "a whole number",
    bool: "true or false",
}


def read_mapping(path: Path) -> VendorFormat:
    """The format that a mapping file describes.

    Raises:
        FlowbtError: it cannot be read, or says something that a format does not have.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FlowbtError(f"the mapping file '{path}' cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FlowbtError(f"the mapping file '{path}' is not valid TOML: {error}") from None
    where = f"in the mapping file '{path.name}'"
    for key, value in said.items():
        if key not in (*OF_FORMAT, *OF_LAYOUT):
            raise UnknownNameError("key", key, (*OF_FORMAT, *OF_LAYOUT), where=where)
        if key in _KINDS and not isinstance(value, _KINDS[key]):
            raise FlowbtError(f"'{key}' {where} must be {_KIND_WORDS[_KINDS[key]]}")
    table = _one_of("table", said.get("table", "chains"), get_args(Table), where)
    of_format = {key: said[key] for key in ("exchange", "part") if key in said}
    return VendorFormat(
        name=said.get("name", path.stem),
        description=said.get("description", f"As {path.name} says."),
        table=table,
        open_interest=_one_of("open_interest", said.get("open_interest", "close before"), tuple(OI_LAGS), where),
        layouts=(_layout(said, table, where),),
        suffixes=(".json",) if "rows" in said else (".csv", ".tsv", ".txt", ".parquet", ".json"),
        **of_format,
    )


def _layout(said: Mapping[str, Any], table: str, where: str) -> Layout:
    known = COLUMNS[table]
    columns: dict[str, str | tuple[str, ...]] = {}
    for ours, theirs in _of_dict(said, "columns").items():
        _check_column(ours, known, where)
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
        raise FlowbtError(f"there is no table [columns] {where}: say which of our columns is which of theirs")
    optional = _optional(said, columns, where)
    needed = {
        "|".join([theirs] if isinstance(theirs, str) else theirs)
        for ours, theirs in columns.items()
        if ours not in optional
    }
    words = {column: _words(column, of, where) for column, of in _of_dict(said, "words").items()}
    for name in (*_of_dict(said, "missing"), *_of_dict(said, "divide_by"), *words):
        if name not in known:
            raise UnknownNameError("column", name, sorted(known), where=where)
    _check_numbers(said, COLUMNS[table], where)
    _check_patterns(said, where)
    plain: dict[str, Any] = {
        key: said[key]
        for key in ("rows", "cells", "path", "path_date_format", "path_time_format", "zone", "quoted")
        if key in said
    }
    return Layout(
        columns=columns,
        header=frozenset(needed),
        optional=optional,
        constants=_constants(said, columns, known, where),
        preamble={folded(name): pattern for name, pattern in _of_dict(said, "preamble").items()},
        dates=_texts(said, "dates", where),
        empty=_texts(said, "empty", where),
        repairs=tuple(_one_of("repairs", one, get_args(Repair), where) for one in _texts(said, "repairs", where)),
        missing={name: tuple(map(float, numbers)) for name, numbers in _of_dict(said, "missing").items()},
        divide_by={name: float(by) for name, by in _of_dict(said, "divide_by").items()},
        words={"option_type": OPTION_TYPES, **words}
        | ({"option_type": OPTION_TYPES | words["option_type"]} if "option_type" in words else {}),
        **plain,
    )


def _optional(said: Mapping[str, Any], columns: Mapping[str, Any], where: str) -> frozenset[str]:
    names = _texts(said, "optional", where)
    for name in names:
        if name not in columns:
            raise UnknownNameError("column", name, columns, where=where, hint="'optional' lists names from [columns]")
    return frozenset(names)


def _constants(
    said: Mapping[str, Any], columns: Mapping[str, Any], known: Mapping[str, pl.DataType], where: str
) -> dict[str, Constant]:
    """Values of our columns that hold for all rows, as what the columns are."""
    found: dict[str, Constant] = {}
    for name, value in _of_dict(said, "constants").items():
        if name not in CONSTANTS or name not in known:
            usable = [one for one in CONSTANTS if one in known]
            raise UnknownNameError("constant", name, usable, where=where, hint=f"it may be {', '.join(usable)}")
        if name in columns:
            raise FlowbtError(f"'{name}' {where} is both under [columns] and under [constants]: keep one of them")
        if known[name].is_numeric():
            valid, example = type(value) in {int, float} and value > 0, "50"
        elif known[name] == pl.Date():
            valid, example = type(value) is dt.date, "2026-01-08, without quotes"
        else:
            valid, example = isinstance(value, str) and bool(value.strip()), '"IWM"'
        if not valid:
            raise FlowbtError(f"'constants.{name}' {where} is not valid: give it as in {name} = {example}")
        found[name] = float(value) if known[name].is_numeric() else value
    return found


def _check_numbers(said: Mapping[str, Any], columns: Mapping[str, pl.DataType], where: str) -> None:
    """`missing` and `divide_by` are of columns of numbers, and are numbers themselves."""
    for key in ("missing", "divide_by"):
        for name, value in _of_dict(said, key).items():
            numbers = value if key == "missing" else [value]
            plain = isinstance(numbers, list) and all(type(number) in {int, float} for number in numbers)
            if not columns[name].is_numeric() or not plain or (key == "divide_by" and not value):
                raise FlowbtError(f"'{key}.{name}' {where} must be numbers for a column of numbers, as in iv = 100")
    if abs(said.get("quoted", 0)) > MINUTES:
        raise FlowbtError(f"'quoted' {where} is in minutes from the close of the day, as in -15")


def _check_patterns(said: Mapping[str, Any], where: str) -> None:
    """Regular expressions, dates and zones are what they should be."""
    preamble = _of_dict(said, "preamble")
    for key, pattern in (
        ("path", said.get("path", "")),
        *((f"preamble.{name}", one) for name, one in preamble.items()),
    ):
        try:
            groups = re.compile(pattern).groups
        except (re.error, TypeError) as error:
            raise FlowbtError(f"'{key}' {where} is not a valid regular expression: {error}") from None
        if key != "path" and groups < 1:
            raise FlowbtError(f"'{key}' {where} needs a group: what stands in it is what is said")
    for form in (*_texts(said, "dates", where), *([said["path_date_format"]] if "path_date_format" in said else [])):
        check_date_format(form)
    try:
        ZoneInfo(said.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise FlowbtError(f"'zone' {where} is not a time zone: give one as in America/New_York") from None


def _check_column(ours: str, known: Mapping[str, pl.DataType], where: str) -> None:
    if bare(ours) not in known:
        raise UnknownNameError("column", ours, sorted(known), where=where)


def _of_dict(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = said.get(key, {})
    return found


def _texts(said: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    found: Sequence[Any] = said.get(key, ())
    if not all(isinstance(text, str) for text in found):
        raise FlowbtError(f"'{key}' {where} must be a list of texts")
    return tuple(found)


def _words(column: str, said: Any, where: str) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(word, str) for word in said.values()):
        raise FlowbtError(f"'words.{column}' {where} must say words for words, as in C = 'call'")
    return {str(theirs).lower(): ours for theirs, ours in said.items()}


def _one_of(key: str, value: Any, known: Sequence[str], where: str) -> Any:
    if value not in known:
        raise UnknownNameError(key, str(value), known, where=where, hint=f"it is one of {', '.join(known)}")
    return value
