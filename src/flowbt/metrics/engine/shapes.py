"""How many values an expression gives: what a metric's grain asks of it is checked before any data are touched.

- Where a metric aggregates a finer frame, its expression must give one value for each group: a bare column gives a list.
- Where it is evaluated in place, it must give one value for each row, and may not aggregate except in groups that it names with
  `.over(...)`: the rows at hand are those of a chunk of the lake, several symbols and days together, so that a bare `.sum()` would
  take in other symbols and later days. (What moves values between rows, as `.shift()`, is for `flowbt check` to judge.)
- Over days it must give one value for each day, or one for all.

polars answers for its own expressions. A Python function within one is opaque; what it returns is checked when it is first
evaluated (`require_one_value`).
"""

from collections.abc import Callable

import polars as pl

from flowbt.errors import DefinitionError


def check_shape(column: str, grain: str, source: str, expression: pl.Expr) -> None:
    """Refuse a metric whose expression cannot give what its grain asks for.

    Args:
        column: its name, for the message.
        grain: of its values.
        source: the frame it is evaluated over.
        expression: its formula.

    Raises:
        DefinitionError: it returns several values for each key, another number of values than there are rows, or combines
            rows that do not belong together.
    """
    meta = expression.meta
    if source in {"history", "cross_section", "bars"}:
        if _answer(meta.is_scalar) is False and _answer(meta.is_length_preserving) is False:
            raise DefinitionError(f"'{column}' must give one value per day: {_shown(expression)} gives another number")
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
    """Refuse an aggregation that gave a list because its expression gives a value for each row, not because it makes a list.

    Raises:
        DefinitionError: it does.
    """
    if not rows.lazy().select(expression.alias("value")).collect_schema()["value"].is_nested():
        raise DefinitionError(f"{_several(column, grain, source)} (of a Python function, say returns_scalar=True)")


def _several(column: str, grain: str, source: str) -> str:
    return (
        f"'{column}' is at {grain} grain, but its expression gives a value for each row at {source} grain, not one per "
        f'{grain}: aggregate it, as in .sum() or .first(), or define it with grain="{source}"'
    )


def _combining_rows(expression: pl.Expr) -> pl.Expr | None:
    """The part of an expression that makes one value of several rows, or another number of them, outside `.over`."""
    if _is_over(expression):
        return None
    meta = expression.meta
    aggregates = _answer(meta.is_scalar) is True and _answer(meta.is_row_separable) is False
    if aggregates or _answer(meta.is_known_length) is False:
        return expression
    return next((found for part in expression.meta.pop() if (found := _combining_rows(part)) is not None), None)


def _is_over(expression: pl.Expr) -> bool:
    """Whether the outermost operation is `.over(...)`, which polars tells in its text alone."""
    text, depth = str(expression), 0
    if not text.endswith(")"):
        return False
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] == ")") - (text[place] == "(")
        if depth == 0:
            return text[:place].endswith(".over")
    return False


def _answer(question: Callable[[], bool]) -> bool | None:
    """What polars says of an expression; None where a Python function leaves it open."""
    try:
        return question()
    except pl.exceptions.PolarsError:
        return None


def _shown(expression: pl.Expr) -> str:
    text = " ".join(str(expression).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
