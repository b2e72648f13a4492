"""Errors a user can act on: what is wrong, where, and what to do next.

The command line prints the message of a `FlowbtError` as one sentence and exits with code 2; everything else that
escapes is a defect of flowbt.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class FlowbtError(Exception):
    """A request that cannot be carried out; the message names the thing, the place and the next step."""


class UnknownNameError(FlowbtError):
    """A name that nothing bears, with the nearest name that exists."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str = "", hint: str = "") -> None:
        place = f" ({where})" if where else ""
        question = did_you_mean(name, known)
        joined = (" " if question else "; ") + hint if hint else ""
        super().__init__(f"unknown {kind} '{name}'{place}{question}{joined}")


class DefinitionError(FlowbtError):
    """A metric, signal or strategy that is not well formed."""


class LakeError(FlowbtError):
    """A lake that is missing, empty or cannot serve what was asked."""


class StoreDamagedError(LakeError):
    """A lake that is not what was acknowledged; the message says what is damaged, and what to do."""


class RejectedFileError(FlowbtError):
    """A vendor file refused whole; `code` is stable and opens the reason in every report."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class UnknownFormatError(RejectedFileError):
    """A file that no format recognises; `starter` is a mapping for it, in TOML, to complete and try again."""

    def __init__(self, message: str, starter: str = "") -> None:
        self.starter = starter
        super().__init__("UNKNOWN_FORMAT", message)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest of `known` as a question to append to a message, or nothing."""
    folded = {candidate.casefold(): candidate for candidate in known}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""
