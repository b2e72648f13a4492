"""Dates and moments as files write them.

1. A date is read in the first format that fits, of those that the layout declares or that the file shows
   (`flowbt.lake.intake.date_order`). After them ISO 8601 and YYYYMMDD are tried, which cannot be confused with other formats: one
   column may have them although another has US dates.
2. A timestamp with a UTC offset is a moment, and so is a number since 1970. Its date is the date in the exchange's time zone:
   2026-01-09T02:30Z is 8 January in New York.
3. Midnight is the exception. Programs that keep a plain date in a column of moments write it as midnight, in UTC or in their local
   time zone. If all moments of a column are at midnight of their own offset, each is that date. The whole file decides:
   a block reports whether its moments are all at midnight (`Dated`), and a file whose blocks differ is read again.
4. A timestamp without an offset keeps the date it shows.
5. Numbers since 1970 are recognised by their size: seconds have 10 digits, milliseconds 13, microseconds 16, nanoseconds 19
   (September 2001 to 2286). A layout may declare one of them (`epoch_ms`).
"""

from collections.abc import Sequence
from datetime import date, time
from typing import Final, NamedTuple

import polars as pl

from flowbt.calendar import zone_of
from flowbt.lake.vendors.date_formats import EPOCHS
from flowbt.lake.vendors.layout import Layout

_ISO: Final = "%Y-%m-%d"
_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)
_EIGHT_DIGITS: Final = "%Y%m%d"
_CLOCK: Final = r"[T ]+((?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$"
"""The time of day after a date, and its offset from UTC."""
_NUMBER: Final = r"^\d{8,19}(?:\.\d+)?$|^\d(?:\.\d+)?[eE]\+?\d{1,2}$"
MOMENT_NUMBER: Final = r"^(?:\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d+)?$|^\d(?:\.\d+)?[eE]\+?(?:9|12|15|18)$"
"""A number since 1970, as text."""
_HOUR_OF_A_DAY: Final = r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])$"
"""Ten digits that may be YYYYMMDDHH or seconds since 1970; they are not read unless a format is declared."""
_UTC: Final = pl.Datetime("us", "UTC")


class Dated(NamedTuple):
    """Dates, and whether all their moments are at midnight (None: no cell is a moment)."""

    days: pl.Series
    midnights: bool | None = None


def dated(cells: pl.Series, layout: Layout, ours: str = "date") -> Dated:
    """Dates from text, dates, or moments with or without a time zone; null if a cell cannot be read.

    Args:
        cells: the cells of one column.
        layout: how the file writes dates, and the exchange whose time zone gives the date of a moment.
        ours: our name of the column.
    """
    if cells.dtype == pl.Date():
        return Dated(_days_since_1970(cells))
    if isinstance(cells.dtype, pl.Datetime):
        days, midnights = _dates_of_moments(cells, layout, ours)
        return Dated(_days_since_1970(days), midnights)
    if cells.dtype != pl.String():
        return Dated(_days_since_1970(cells.cast(pl.Date(), strict=False)))
    first = _formats(layout)[0]
    if first not in EPOCHS:
        days = _days_since_1970(cells.str.to_date(first, strict=False))
        if days.null_count() == cells.null_count():
            return Dated(days)
    # columns of dates have few distinct values: each is read once
    unique = cells.drop_nulls().unique()
    days, midnights = _dates_of_text(unique, layout, ours)
    return Dated(_in_place(cells, unique, _days_since_1970(days)), midnights)


def read_dates(cells: pl.Series, layout: Layout) -> pl.Series:
    """Only the dates of `dated`."""
    return dated(cells, layout).days


def read_moments(cells: pl.Series, layout: Layout) -> pl.Series:
    """Moments in UTC; a moment without an offset is in the layout's time zone. Null if a cell cannot be read."""
    if isinstance(cells.dtype, pl.Datetime | pl.Date):
        moments = cells.cast(pl.Datetime("us", getattr(cells.dtype, "time_zone", None)))
        zoned = getattr(cells.dtype, "time_zone", None) is not None
        return moments.dt.convert_time_zone("UTC") if zoned else _in_zone(moments, layout.zone)
    text = cells.cast(pl.String())
    unique = text.drop_nulls().unique()
    return _in_place(text, unique, _moments_of_text(unique, layout))


def _in_place(cells: pl.Series, unique: pl.Series, values: pl.Series) -> pl.Series:
    """The value of each cell, from the values of the distinct cells."""
    if not len(unique):
        return pl.Series(cells.name, [None] * len(cells), values.dtype)
    return cells.replace_strict(unique, values, default=None, return_dtype=values.dtype)


def _formats(layout: Layout) -> tuple[str, ...]:
    """The formats that are tried, in order."""
    # eight digits may be a number since 1970 if such numbers are declared
    always = (_ISO,) if any(form in EPOCHS for form in layout.dates) else (_ISO, _EIGHT_DIGITS)
    return tuple(dict.fromkeys((*layout.dates, *always)))


def _parts(cells: pl.Series, layout: Layout) -> pl.DataFrame:
    """For each cell the date that it shows (`shown`), the time of day after it (`clock`) and the offset of that time (`offset`)."""
    frame = pl.DataFrame({"cell": cells}).with_columns(
        day=pl.col("cell").str.replace(_CLOCK, ""),
        clock=pl.col("cell").str.extract(_CLOCK, 1),
        offset=pl.col("cell").str.extract(_CLOCK, 2),
    )
    tries = [
        pl.col("day").str.replace(r"\.0+$", "").str.to_date(form, strict=False)
        if form == _EIGHT_DIGITS
        else pl.col("day").str.to_date(form, strict=False)
        for form in _formats(layout)
        if form not in EPOCHS
    ]
    return frame.with_columns(shown=pl.coalesce(tries))


def _dates_of_text(cells: pl.Series, layout: Layout, ours: str) -> tuple[pl.Series, bool | None]:
    frame = (
        _parts(cells, layout)
        .with_columns(epoch=_epochs(cells, layout.dates))
        .with_columns(
            moment=pl.coalesce(
                pl.when(pl.col("offset").is_not_null()).then(
                    pl.col("shown").cast(_UTC) + _length("clock") - _length("offset")
                ),
                pl.when(pl.col("shown").is_null()).then(pl.col("epoch")),
            ),
            midnight=pl.col("clock").str.contains(r"^0?0:00(?::00(?:\.0+)?)?$"),
        )
        .with_columns(
            shown=pl.coalesce("shown", pl.col("moment").dt.date()),
            midnight=pl.coalesce("midnight", pl.col("moment").dt.time() == time(0)),
        )
    )
    of_moments = frame.filter(pl.col("moment").is_not_null())["midnight"]
    if not len(of_moments):
        return frame["shown"], None
    midnights = bool(of_moments.all())
    if midnights and ours not in layout.moments:
        return frame["shown"], midnights
    local = pl.col("moment").dt.convert_time_zone(zone_of(layout.exchange).key).dt.date()
    return frame.select(pl.coalesce(local, "shown")).to_series(), midnights


def _length(column: str) -> pl.Expr:
    """A time of day, or an offset, as a duration."""
    digits = pl.col(column).str.replace_all(r"[:+-]", "")
    sign = pl.when(pl.col(column).str.starts_with("-")).then(-1).otherwise(1)
    clock = pl.col(column).str.split(":")
    if column == "clock":
        hours, minutes, seconds = (clock.list.get(n, null_on_oob=True).cast(pl.Float64) for n in range(3))
    else:  # Z, UTC and GMT are an offset of 0
        hours, minutes = (digits.str.slice(at, 2).cast(pl.Float64, strict=False) for at in (0, 2))
        seconds = pl.lit(0.0)
    total = hours.fill_null(0) * 3600 + minutes.fill_null(0) * 60 + seconds.fill_null(0)
    return pl.duration(microseconds=(sign * total * 1_000_000).round().cast(pl.Int64))


def _dates_of_moments(cells: pl.Series, layout: Layout, ours: str) -> tuple[pl.Series, bool | None]:
    moments = cells.drop_nulls()
    if not isinstance(cells.dtype, pl.Datetime) or cells.dtype.time_zone is None or not len(moments):
        return cells.dt.date(), None
    midnights = bool((moments.dt.time() == time(0)).all())
    if midnights and ours not in layout.moments:
        return cells.dt.date(), midnights
    return cells.dt.convert_time_zone(zone_of(layout.exchange).key).dt.date(), midnights


def _moments_of_text(cells: pl.Series, layout: Layout) -> pl.Series:
    """Moments from ISO 8601, from numbers since 1970, and from dates in any format followed by a time of day."""
    offset = cells.str.contains(r":\d\d.*(?:[Zz]|[+-]\d\d(?::?\d\d)?)$")
    epoch = _epochs(cells, layout.dates)
    # without a format polars guesses the order of day and month, so only text that begins with the year is left to it
    year_first = pl.select(pl.when(cells.str.contains(r"^\d{4}-\d") & epoch.is_null()).then(cells)).to_series()
    utc = year_first.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    local = _in_zone(utc.dt.replace_time_zone(None), layout.zone)
    read = pl.select(pl.coalesce(epoch, pl.when(offset).then(utc).otherwise(local))).to_series()
    if not read.null_count():
        return read
    timed = pl.when(pl.col("clock").is_not_null()).then(pl.col("shown").cast(pl.Datetime("us")) + _length("clock"))
    stamps = _parts(cells, layout).select("offset", timed.alias("timed"), (timed - _length("offset")).alias("utc"))
    zoned, bare = stamps["utc"].dt.replace_time_zone("UTC"), _in_zone(stamps["timed"], layout.zone)
    return pl.select(pl.coalesce(read, pl.when(stamps["offset"].is_not_null()).then(zoned).otherwise(bare))).to_series()


def _in_zone(bare: pl.Series, zone: str) -> pl.Series:
    if zone == "UTC":
        return bare.dt.replace_time_zone("UTC")
    return bare.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def _epochs(cells: pl.Series, declared: Sequence[str]) -> pl.Series:
    """Numbers since 1970 as moments, in the declared unit or in the unit of their size; null if a cell is not such a number."""
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
    in_declared_unit = [] if unit is None else [pl.when(number * 10**6 // unit < latest).then(number * 10**6 // unit)]
    micros = pl.coalesce(*in_declared_unit, by_size).cast(pl.Int64, strict=False)
    return pl.select(pl.from_epoch(micros, time_unit="us").dt.replace_time_zone("UTC")).to_series()


def _whole(cells: pl.Series) -> pl.Series:
    """The integer part of numbers that are written with a point or an exponent."""
    number = cells.cast(pl.Float64, strict=False)
    return number.cast(pl.Int128, strict=False)


def _days_since_1970(days: pl.Series) -> pl.Series:
    """Dates outside 1970 to 2199, such as the year 24, become null: no chain has them."""
    if not len(days) or (days.is_null() | days.is_between(_FIRST, _LAST)).all():
        return days
    return pl.select(pl.when(days.is_between(_FIRST, _LAST)).then(days)).to_series()
