"""Buckets: what followed the low and the high values of a series."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from flowbt.evaluation.buckets import Bucket, BucketTest, BucketTests
from flowbt.report.evaluation.rows import sessions, signed_interval
from flowbt.report.kit.formats import count, hundredths, interval, p_value, percent, plain, small_percent
from flowbt.report.kit.section import HALF, Fact, Figure, Section, Spec
from flowbt.report.kit.table import Column, Table, words

METHOD: Final = (
    Fact(
        "Buckets",
        "Parts of all values, as equal as can be without separating equal values, bucket 1 the lowest; a series of few values has "
        "a bucket for each. Quantiles are of the whole sample, so they describe what followed; they could not have been traded.",
    ),
)
OUTCOMES: Final = {"return": "return", "absolute_return": "absolute return"}


def two_digits(value: float | None) -> str:
    """A size as percent: `0.64%`."""
    return percent(value, 2)


BUCKETS: Final[tuple[Column[Bucket], ...]] = (
    Column("Bucket", lambda row: count(row.bucket)),
    Column("n", lambda row: count(row.n)),
    Column("From", lambda row: number(row.low)),
    Column("Mean value", lambda row: number(row.mean_value), detail=True),
    Column("To", lambda row: number(row.high)),
    Column("Mean return", lambda row: hundredths(row.mean_return)),
    Column("95% CI", lambda row: signed_interval(row.return_ci), detail=True, if_any=True),
    Column("Mean absolute return", lambda row: two_digits(row.mean_abs_return)),
    Column("Absolute 95% CI", lambda row: interval(row.abs_return_ci, two_digits), detail=True, if_any=True),
    Column("Share up", lambda row: percent(row.up_rate)),
)
TESTS: Final[tuple[Column[BucketTest], ...]] = (
    words("Outcome", lambda row: OUTCOMES[row.outcome]),
    Column("Spread", lambda row: hundredths(row.spread)),
    Column("95% CI", lambda row: signed_interval(row.ci)),
    Column("p", lambda row: p_value(row.p_value)),
    Column("Rank correlation", lambda row: plain(row.rank_correlation, 3, signed=True)),
    Column("Rank p", lambda row: p_value(row.rank_p_value)),
)


def section(buckets: Sequence[Bucket], tests: BucketTests) -> Section:
    """Return and absolute return after each bucket, and the highest against the lowest."""
    tables = (
        Table.of("Buckets", BUCKETS, buckets),
        Table.of("Bucket tests", TESTS, tests.outcomes, "Spread: mean of the highest bucket less that of the lowest."),
    )
    if not buckets:
        return Section("Buckets", tables=tables)
    over = f"the next {sessions(tests.horizon)}"
    direction = (
        f"Dots: mean return of {over} after each bucket, with 95% confidence intervals; a slope means direction."
    )
    size = (
        f"Dots: mean absolute return of {over}, with 95% confidence intervals; a slope distinguishes calm from volatile "
        "periods."
    )
    figures = (
        Figure("Mean return", direction, lambda width: buckets_chart(buckets, "return", width), HALF),
        Figure("Mean absolute return", size, lambda width: buckets_chart(buckets, "absolute_return", width), HALF),
    )
    return Section("Buckets", figures=figures, tables=tables)


def buckets_chart(buckets: Sequence[Bucket], outcome: Literal["return", "absolute_return"], width: int) -> Spec:
    """What followed each bucket of a series, with 95% intervals."""
    import altair as alt  # noqa: PLC0415 (takes a second to import)

    from flowbt.report.kit import axes  # noqa: PLC0415
    from flowbt.report.kit.palette import STRATEGY  # noqa: PLC0415

    write: Callable[[float | None], str] = small_percent if outcome == "return" else two_digits
    rows = []
    for row in buckets:
        mean, ci = (row.mean_return, row.return_ci) if outcome == "return" else (row.mean_abs_return, row.abs_return_ci)
        tip = f"bucket {row.bucket}, n = {count(row.n)}: {write(mean)} ({interval(ci, write)})"
        rows.append({"bucket": str(row.bucket), "value": mean, **axes.bounds(ci), "tip": tip})
    x = axes.places("bucket", "bucket, from the lowest values to the highest", [row["bucket"] for row in rows])
    base = alt.Chart(axes.inline(rows)).encode(x=x, color=alt.value(STRATEGY))
    return axes.finish(alt.layer(axes.zero_line(), *axes.whiskers(base, "~%")), width, 220)


def number(value: float) -> str:
    """A value of any size: `0.4512`, `12,345`, `3.30 bn`."""
    for size, word in ((1e9, "bn"), (1e6, "M")):
        if abs(value) >= size:
            return f"{plain(value / size)} {word}"
    if 0 < abs(value) < 1e-3:
        return f"{value:.3g}".replace("-", "−")
    return plain(value, 0 if abs(value) >= 1e4 else 4)
