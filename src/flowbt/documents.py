"""From typed results to JSON documents, in one place.

A result is a frozen dataclass that derives from `Result`. Its fields are the keys of its document, in their order; where
a key cannot be a Python name or differs from it, the field says so with `keyed`. Renaming a field without `keyed` changes the
documented contract, which the tests of `docs/reference/documents.md` notice.
"""

from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from typing import Any, Final

_KEY: Final = "key"
_OPTIONAL: Final = "optional"
_INTERNAL: Final = "internal"
_MERGED: Final = "merged"


class Result:
    """A result that a command prints or a function returns; subclasses are frozen dataclasses."""

    def document(self) -> dict[str, Any]:
        """The result as plain dictionaries, lists and scalars: the JSON document, with dates as dates and missing as None."""
        written: dict[str, Any] = {}
        for each in fields(self):  # type: ignore[arg-type] # every subclass is a dataclass
            value = getattr(self, each.name)
            if _INTERNAL in each.metadata or (value is None and _OPTIONAL in each.metadata):
                continue
            if _MERGED in each.metadata:
                written |= _plain(value)
                continue
            written[each.metadata.get(_KEY, each.name)] = _plain(value)
        return written


def keyed(key: str, *, default: Any = MISSING, optional: bool = False) -> Any:
    """A dataclass field whose key in the document is not its name, such as `from`.

    Args:
        key: in the document; empty for the field's own name.
        default: the field's default value, if it has one.
        optional: leave the key out of the document where the value is None.
    """
    marks = {_KEY: key} if key else {}
    return field(default=default, metadata=marks | ({_OPTIONAL: True} if optional else {}))


def optional(default: Any = None) -> Any:
    """A dataclass field that the document leaves out where its value is None."""
    return field(default=default, metadata={_OPTIONAL: True})


def merged() -> Any:
    """A dataclass field with a result whose keys stand in the document of the whole, without a key of its own."""
    return field(metadata={_MERGED: True})


def internal(default: Any = MISSING) -> Any:
    """A dataclass field that later computations or reports need and the document does not contain."""
    return field(default=default, metadata={_INTERNAL: True}, repr=False, compare=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Result):
        return value.document()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
