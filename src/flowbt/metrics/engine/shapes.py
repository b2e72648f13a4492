"""Shapes of expressions: whether a metric gives as many values as its grain needs, checked before any data are read.

- Where a metric aggregates a finer frame, its expression must give one value per group: a bare column gives a list.
- Where it is evaluated in position, it must give one value per row, and may aggregate only within groups named by
  `.over(...)`. The rows at hand are those of a chunk of the lake, several symbols and days together, so a bare `.sum()`
  would include other symbols and later days. (Moving values between rows, as `.shift()` does, is checked by `flowbt
  check`.)
- Over days it must give one value per day, or one for all.

polars answers this for its own expressions. A Python function within one is opaque; its result is checked when it is
first evaluated (`require_one_value`).
"""

from collections.abc import Callable

import polars as pl

from flowbt.errors import DefinitionError


def check_shape(column: str, grain: str, source: str, expression: pl.Expr) -> None:
    """Refuse a metric whose expression cannot give what its grain needs.

    Args:
        column: its name, for the message.
        grain: of its values.
        source: the frame it is evaluated over.
        expression: its formula.

    Raises:
        DefinitionError: it gives several values per key, another number of values than there are rows, or combines rows
            that
            do not belong together.
    """
    meta = expression.meta
    if source in {"history", "cross_section", "bars"}:
        if _answer(meta.is_scalar) is False and _answer(meta.is_length_preserving) is False:
            raise DefinitionError(
                f"'{column}' must give one value per day: {_shown(expression)} gives another number of values"
            )
    elif source != grain:
        if _answer(meta.is_scalar) is False:
            raise DefinitionError(_several(column, grain, source))
    else:
        combined = _combining_rows(expression)
        if combined is not None:
            raise DefinitionError(
                f"'{column}' is at {grain} grain and must give one value per row: {_shown(combined)} combines rows; name the "
                'rows that belong together, as in pl.col("call_volume").sum().over("symbol", "date"), or aggregate in a '
                "metric at snapshot grain"
            )


def require_one_value(column: str, grain: str, source: str, expression: pl.Expr, rows: pl.DataFrame) -> None:
    """Refuse an aggregation that gave a list because its expression gives a value per row, not because it builds a list.

    Raises:
        DefinitionError: it gives a value per row.
    """
    if not rows.lazy().select(expression.alias("value")).collect_schema()["value"].is_nested():
        raise DefinitionError(f"{_several(column, grain, source)} (for a Python function, set returns_scalar=True)")


def _several(column: str, grain: str, source: str) -> str:
    return (
        f"'{column}' is at {grain} grain, but its expression gives one value per row at {source} grain, not one per "
        f'{grain}: aggregate it, as in .sum() or .first(), or define it with grain="{source}"'
    )


def _combining_rows(expression: pl.Expr) -> pl.Expr | None:
    """The part of an expression that combines several rows, or changes their number, outside `.over`."""
    if _is_over(expression):
        return None
    meta = expression.meta
    aggregates = _answer(meta.is_scalar) is True and _answer(meta.is_row_separable) is False
    if aggregates or _answer(meta.is_known_length) is False:
        return expression
    return next((inner for part in expression.meta.pop() if (inner := _combining_rows(part)) is not None), None)


def _is_over(expression: pl.Expr) -> bool:
    """Whether the outermost operation is `.over(...)`, which polars shows only in the expression's text."""
    text, depth = str(expression), 0
    if not text.endswith(")"):
        return False
    for position in range(len(text) - 1, -1, -1):
        depth += (text[position] == ")") - (text[position] == "(")
        if depth == 0:
            return text[:position].endswith(".over")
    return False


def _answer(question: Callable[[], bool]) -> bool | None:
    """The answer of polars about an expression; None where a Python function leaves it open."""
    try:
        return question()
    except pl.exceptions.PolarsError:
        return None


def _shown(expression: pl.Expr) -> str:
    text = " ".join(str(expression).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
