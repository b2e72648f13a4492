"""Checks of a mapping file: every value must be what its key needs, so that a mistake is reported before a file is read."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from flowbt.errors import FlowbtError, UnknownNameError
from flowbt.lake.vendors.date_formats import check_date_format
from flowbt.lake.vendors.layout import bare

MINUTES: Final = 24 * 60
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


def check_keys(document: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    """Refuse keys that do not exist, and values of the wrong type."""
    for key, value in document.items():
        if key not in keys:
            raise UnknownNameError("key", key, keys, where=where)
        if key in _KINDS and not isinstance(value, _KINDS[key]):
            raise FlowbtError(f"'{key}' {where} must be {_KIND_WORDS[_KINDS[key]]}")


def check_numbers(document: Mapping[str, Any], columns: Mapping[str, pl.DataType], where: str) -> None:
    """Refuse `missing` and `divide_by` that are not numbers for columns of numbers, and `quoted` of more than a day."""
    for key in ("missing", "divide_by"):
        for name, value in table_of(document, key).items():
            numbers = value if key == "missing" else [value]
            plain = isinstance(numbers, list) and all(type(number) in {int, float} for number in numbers)
            if not columns[name].is_numeric() or not plain or (key == "divide_by" and not value):
                raise FlowbtError(f"'{key}.{name}' {where} must be numbers for a column of numbers, as in iv = 100")
    if abs(document.get("quoted", 0)) > MINUTES:
        raise FlowbtError(f"'quoted' {where} is in minutes from the close of the day, as in -15")


def check_patterns(document: Mapping[str, Any], where: str) -> None:
    """Refuse regular expressions, date formats and time zones that are not valid."""
    preamble = table_of(document, "preamble")
    for key, pattern in (
        ("path", document.get("path", "")),
        *((f"preamble.{name}", one) for name, one in preamble.items()),
    ):
        try:
            groups = re.compile(pattern).groups
        except (re.error, TypeError) as error:
            raise FlowbtError(f"'{key}' {where} is not a valid regular expression: {error}") from None
        if key != "path" and groups < 1:
            raise FlowbtError(f"'{key}' {where} needs a group: the text in the group is the value")
    for form in (
        *texts(document, "dates", where),
        *([document["path_date_format"]] if "path_date_format" in document else []),
    ):
        check_date_format(form)
    try:
        ZoneInfo(document.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise FlowbtError(f"'zone' {where} is not a time zone: give one as in America/New_York") from None


def check_column(ours: str, columns: Mapping[str, pl.DataType], where: str) -> None:
    """Refuse a column that the table does not have."""
    if bare(ours) not in columns:
        raise UnknownNameError("column", ours, sorted(columns), where=where)


def table_of(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table of the file; empty if the file lacks it."""
    table: Mapping[str, Any] = document.get(key, {})
    return table


def texts(document: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """A list of texts of the file; empty if the file lacks it."""
    listed: Sequence[Any] = document.get(key, ())
    if not all(isinstance(text, str) for text in listed):
        raise FlowbtError(f"'{key}' {where} must be a list of texts")
    return tuple(listed)


def words_of(column: str, given: Any, where: str) -> dict[str, str]:
    """Words of a column, the file's in lower case to ours."""
    if not isinstance(given, dict) or not all(isinstance(word, str) for word in given.values()):
        raise FlowbtError(f"'words.{column}' {where} must map the file's words to ours, as in C = 'call'")
    return {str(theirs).lower(): ours for theirs, ours in given.items()}


def one_of(key: str, value: Any, allowed: Sequence[str], where: str) -> Any:
    """The value, if it is one of the allowed ones."""
    if value not in allowed:
        raise UnknownNameError(key, str(value), allowed, where=where, hint=f"it is one of {', '.join(allowed)}")
    return value
