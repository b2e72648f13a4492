"""Process items in threads: polars releases the interpreter lock, so threads use several cores."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def prefetch(items: Iterator[T]) -> Iterator[T]:
    """The items, each computed in a thread while the caller works on the one before it."""
    with ThreadPoolExecutor(1) as reader:
        end = object()
        coming: Future[T | object] = reader.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = reader.submit(next, items, end)
            yield item  # type: ignore[misc]


def parallel_map(work: Callable[[T], R], items: Iterator[T], at_once: int = 2) -> Iterator[R]:
    """The results of `work` for each item, in order, with `at_once` items in progress at a time."""
    with ThreadPoolExecutor(at_once) as workers:
        doing: deque[Future[R]] = deque()
        for item in items:
            doing.append(workers.submit(work, item))
            if len(doing) == at_once:
                yield doing.popleft().result()
        while doing:
            yield doing.popleft().result()
