"""Errors a user can act on: what is wrong, where, and what to do next.

The command line prints the message of a `FlowbtError` as one sentence and exits with code 2; any other exception that
escapes is a bug in flowbt.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class FlowbtError(Exception):
    """A request that cannot be carried out; the message names the thing, the place and the next step."""


class UnknownNameError(FlowbtError):
    """A name that does not exist; the message suggests the nearest name that does."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str = "", hint: str = "") -> None:
        place = f" ({where})" if where else ""
        question = did_you_mean(name, known)
        joined = (" " if question else "; ") + hint if hint else ""
        super().__init__(f"unknown {kind} '{name}'{place}{question}{joined}")


class DefinitionError(FlowbtError):
    """A metric, signal or strategy with an invalid definition."""


class LakeError(FlowbtError):
    """A lake that is missing, empty or lacks the requested data."""


class StoreDamagedError(LakeError):
    """A lake that differs from what was acknowledged; the message says what is damaged, and what to do."""


class RejectedFileError(FlowbtError):
    """A vendor file rejected as a whole; `code` is stable and starts the reason in every report."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class UnknownFormatError(RejectedFileError):
    """A file that no format recognises; `starter` is a mapping in TOML to complete and use."""

    def __init__(self, message: str, starter: str = "") -> None:
        self.starter = starter
        super().__init__("UNKNOWN_FORMAT", message)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A suggestion to append to a message, with the nearest of `known`; empty if none is near."""
    folded = {candidate.casefold(): candidate for candidate in known}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""
