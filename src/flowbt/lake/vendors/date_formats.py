"""How files may write dates: strftime formats, and names for numbers since 1970."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from flowbt.errors import FlowbtError

EPOCHS: Mapping[str, int] = {"epoch_s": 1, "epoch_ms": 10**3, "epoch_us": 10**6, "epoch_ns": 10**9, "%s": 1}
"""Names of date formats for numbers since 1970 in UTC, and how many of these units are a second; `%s` is strftime's name of `epoch_s`."""


def check_date_format(form: str) -> None:
    """Refuse a date format that is not valid; the names of `EPOCHS` are valid too.

    Raises:
        FlowbtError: the format lacks the year, the month or the day, or is not a format.
    """
    if form in EPOCHS:
        return
    day = dt.date(2026, 10, 23)
    try:
        read = pl.Series([day.strftime(form)]).str.to_date(form, strict=False).item()
    except (ValueError, pl.exceptions.PolarsError):
        read = None
    if read != day:
        raise FlowbtError(
            f"'{form}' is not a valid date format: give year, month and day, as in %d/%m/%Y, "
            "or one of epoch_s, epoch_ms, epoch_us, epoch_ns for numbers since 1970"
        )
