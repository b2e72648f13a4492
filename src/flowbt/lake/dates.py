"""Dates and moments as files write them.

1. A date is read in the formats that the layout declares, the first that fits; without any, as ISO 8601 or YYYYMMDD.
   How a file of US or European dates writes them is inferred, and only where its rows leave no doubt (`with_known_dates`).
2. A stamp with a UTC offset is a moment, and so is a number since 1970. Its date is the date in the exchange's time zone:
   2026-01-09T02:30Z is 8 January in New York.
3. Midnight is the exception. Programs that keep a bare date in a column of moments write it as midnight, in UTC or in the zone
   they run in. Where all moments of a column are at midnight of their own offset, each is that date.
4. A stamp without an offset keeps the date it shows.
5. Numbers since 1970 are recognised by their size: seconds have 10 digits, milliseconds 13, microseconds 16, nanoseconds 19
   (September 2001 to 2286). A layout may declare one of them (`epoch_ms`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Final

import polars as pl

from flowbt.calendar import zone_of
from flowbt.errors import RejectedFileError
from flowbt.lake.vendors.base import EPOCHS, Layout

_ISO: Final = "%Y-%m-%d"
_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)
_DAY_FIRST: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_MONTH_FIRST: Final = ("%m/%d/%Y", "%m-%d-%Y")
_CLOCK: Final = r"[T ]+(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$"
"""The time of day behind a date, and its offset from UTC."""
_NUMBER: Final = r"^\d{8,19}(?:\.\d+)?$|^\d(?:\.\d+)?[eE]\+?\d{1,2}$"
MOMENT_NUMBER: Final = r"^(?:\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d+)?$|^\d(?:\.\d+)?[eE]\+?(?:9|12|15|18)$"
"""A number since 1970, as text."""
_HOUR_OF_A_DAY: Final = r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])$"
"""Ten digits that may be YYYYMMDDHH as well as seconds since 1970, and are neither unless declared."""
_UTC: Final = pl.Datetime("us", "UTC")


def with_known_dates(layout: Layout, text: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> Layout:
    """The layout with how the file writes its dates, inferred from its first rows where nothing else specifies it.

    Raises:
        RejectedFileError: `AMBIGUOUS_DATE`, where the day and the month could be each other.
    """
    if layout.dates:
        return layout
    names = [name for name, dtype in columns.items() if dtype == pl.Date() and text.schema.get(name) == pl.String()]
    cells = (
        pl.concat([text[name].drop_nulls().unique().alias("cell") for name in names]).unique()
        if names
        else pl.Series([], dtype=pl.String)
    )
    written = cells.str.extract_groups(r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-]\d{4}(?:[T ].*)?$")
    numbers = written.struct.unnest().select(pl.all().cast(pl.Int64)).drop_nulls() if len(cells) else pl.DataFrame()
    if not numbers.height or numbers.height * 2 < len(cells):
        return layout
    high = numbers.select(pl.all().max()).row(0)
    day_first, month_first = high[0] > 12, high[1] > 12
    if day_first == month_first:
        example = cells.filter(written.struct.field("a").is_not_null())[0]
        column = next(name for name in names if (text[name] == example).any())
        raise RejectedFileError(
            "AMBIGUOUS_DATE",
            f"'{example}' in {column} may have the day or the month first: give the order with --date-format '%d/%m/%Y' "
            "or --date-format '%m/%d/%Y'",
        )
    return replace(layout, dates=_DAY_FIRST if day_first else _MONTH_FIRST)


def read_dates(cells: pl.Series, layout: Layout) -> pl.Series:
    """Dates, from text, from dates, or from moments with or without a time zone; null where a cell cannot be read."""
    if cells.dtype == pl.Date():
        return _days_since_1970(cells)
    if isinstance(cells.dtype, pl.Datetime):
        return _days_since_1970(_dates_of_moments(cells, layout))
    if cells.dtype != pl.String():
        return _days_since_1970(cells.cast(pl.Date(), strict=False))
    first = (layout.dates or (_ISO,))[0]
    if first not in EPOCHS:
        days = _days_since_1970(cells.str.to_date(first, strict=False))
        if days.null_count() == cells.null_count():
            return days
    return _each_once(cells, pl.Date(), lambda unique: _days_since_1970(_dates_of_text(unique, layout)))


def read_moments(cells: pl.Series, layout: Layout) -> pl.Series:
    """Moments in UTC; one that has no offset is in the layout's time zone."""
    if isinstance(cells.dtype, pl.Datetime | pl.Date):
        moments = cells.cast(pl.Datetime("us", getattr(cells.dtype, "time_zone", None)))
        zoned = getattr(cells.dtype, "time_zone", None) is not None
        return moments.dt.convert_time_zone("UTC") if zoned else _in_zone(moments, layout.zone)
    return _each_once(cells.cast(pl.String()), _UTC, lambda unique: _moments_of_text(unique, layout))


def _each_once(cells: pl.Series, dtype: pl.DataType, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Columns of dates hold few different ones: each is read once."""
    unique = cells.drop_nulls().unique()
    if not len(unique):
        return pl.Series(cells.name, [None] * len(cells), dtype)
    return cells.replace_strict(unique, read(unique), default=None, return_dtype=dtype)


def _dates_of_text(cells: pl.Series, layout: Layout) -> pl.Series:
    frame = pl.DataFrame({"cell": cells}).with_columns(
        day=pl.col("cell").str.replace(_CLOCK, ""),
        clock=pl.col("cell").str.extract(_CLOCK, 1),
        offset=pl.col("cell").str.extract(_CLOCK, 2),
        epoch=_epochs(cells, layout.dates),
    )
    forms = [form for form in layout.dates if form not in EPOCHS] or ([] if layout.dates else [_ISO])
    tries = [pl.col("day").str.to_date(form, strict=False) for form in forms]
    if not layout.dates:
        tries.append(pl.col("day").str.replace(r"\.0+$", "").str.to_date("%Y%m%d", strict=False))
    shown = frame.select(pl.coalesce(tries) if tries else pl.lit(None, pl.Date)).to_series()
    frame = frame.with_columns(shown=shown).with_columns(
        moment=pl.coalesce(
            pl.when(pl.col("offset").is_not_null()).then(
                pl.col("shown").cast(_UTC) + _length("clock") - _length("offset")
            ),
            pl.when(pl.col("shown").is_null()).then(pl.col("epoch")),
        ),
        midnight=pl.col("clock").str.contains(r"^0?0:00(?::00(?:\.0+)?)?$"),
    )
    frame = frame.with_columns(
        shown=pl.coalesce("shown", pl.col("moment").dt.date()),
        midnight=pl.coalesce("midnight", pl.col("moment").dt.time() == time(0)),
    )
    if frame.filter(pl.col("moment").is_not_null())["midnight"].all():
        return frame["shown"]
    local = pl.col("moment").dt.convert_time_zone(zone_of(layout.exchange).key).dt.date()
    return frame.select(pl.coalesce(local, "shown")).to_series()


def _length(column: str) -> pl.Expr:
    """A time of day, or an offset, as a duration."""
    digits = pl.col(column).str.replace_all(r"[:+-]", "")
    sign = pl.when(pl.col(column).str.starts_with("-")).then(-1).otherwise(1)
    clock = pl.col(column).str.split(":")
    if column == "clock":
        hours, minutes, seconds = (clock.list.get(n, null_on_oob=True).cast(pl.Float64) for n in range(3))
    else:  # Z, UTC and GMT are no offset at all
        hours, minutes = (digits.str.slice(at, 2).cast(pl.Float64, strict=False) for at in (0, 2))
        seconds = pl.lit(0.0)
    total = hours.fill_null(0) * 3600 + minutes.fill_null(0) * 60 + seconds.fill_null(0)
    return pl.duration(microseconds=(sign * total * 1_000_000).round().cast(pl.Int64))


def _dates_of_moments(cells: pl.Series, layout: Layout) -> pl.Series:
    zone = cells.dtype.time_zone if isinstance(cells.dtype, pl.Datetime) else None
    if zone is None or (cells.drop_nulls().dt.time() == time(0)).all():
        return cells.dt.date()
    return cells.dt.convert_time_zone(zone_of(layout.exchange).key).dt.date()


def _moments_of_text(cells: pl.Series, layout: Layout) -> pl.Series:
    """ISO 8601, numbers since 1970, and dates as the layout declares them with a time of day behind."""
    offset = cells.str.contains(r":\d\d.*(?:[Zz]|[+-]\d\d(?::?\d\d)?)$")
    epoch = _epochs(cells, layout.dates)
    # without a format polars guesses the order of day and month: only what begins with the year is left to it
    year_first = pl.select(pl.when(cells.str.contains(r"^\d{4}-\d") & epoch.is_null()).then(cells)).to_series()
    utc = year_first.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    if not (utc.is_not_null() | epoch.is_not_null()).all():
        declared = [
            cells.str.to_datetime(f"{form} {clock}", time_unit="us", time_zone="UTC", strict=False)
            for form in layout.dates
            if form not in EPOCHS
            for clock in ("%H:%M:%S%.f", "%H:%M")
        ]
        utc = pl.select(pl.coalesce(utc, *declared)).to_series()
    local = _in_zone(utc.dt.replace_time_zone(None), layout.zone)
    return pl.select(pl.coalesce(epoch, pl.when(offset).then(utc).otherwise(local))).to_series()


def _in_zone(bare: pl.Series, zone: str) -> pl.Series:
    if zone == "UTC":
        return bare.dt.replace_time_zone("UTC")
    return bare.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def _epochs(cells: pl.Series, declared: Sequence[str]) -> pl.Series:
    """Numbers since 1970 as moments, in the declared unit or in that of their size; null where a cell is none."""
    if not cells.str.contains(_NUMBER).any():
        return pl.Series([None] * len(cells), dtype=_UTC)
    whole = pl.coalesce(cells.cast(pl.Int64, strict=False).cast(pl.Int128), _whole(cells))
    number = pl.when(cells.str.contains(_NUMBER)).then(whole)
    unit = next((EPOCHS[form] for form in declared if form in EPOCHS), None)
    sized = [
        pl.when(cells.str.contains(MOMENT_NUMBER) & (number >= 10**9 * by) & (number < 10**10 * by)).then(
            number * 10**6 // by
        )
        for by in EPOCHS.values()
    ]
    by_size = pl.when(~cells.str.contains(_HOUR_OF_A_DAY)).then(pl.coalesce(sized))
    latest = 7_258_118_400_000_000  # the first moment of 2200
    told = [] if unit is None else [pl.when(number * 10**6 // unit < latest).then(number * 10**6 // unit)]
    micros = pl.coalesce(*told, by_size).cast(pl.Int64, strict=False)
    return pl.select(pl.from_epoch(micros, time_unit="us").dt.replace_time_zone("UTC")).to_series()


def _whole(cells: pl.Series) -> pl.Series:
    """The whole part of numbers that are written with a point or an exponent."""
    number = cells.cast(pl.Float64, strict=False)
    return number.cast(pl.Int128, strict=False)


def _days_since_1970(days: pl.Series) -> pl.Series:
    """The days without those of years that no chain is of, as the year 24."""
    if not len(days) or (days.is_null() | days.is_between(_FIRST, _LAST)).all():
        return days
    return pl.select(pl.when(days.is_between(_FIRST, _LAST)).then(days)).to_series()
