"""A prefix in an object store, by the library obstore (`pip install 'flowbt[cloud]'`).

An object is there whole or not at all, and durable once it is there, so nothing need be synced. There is no lock: of two
writers of one version the store lets the first one create it (`If-None-Match`), and the other compares again.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from flowbt.errors import LakeError

AT_ONCE: Final = 32
"""Objects fetched at a time: each takes a round trip, and a log has many."""


class Bucket:
    """A lake's prefix in an object store; see `flowbt.lake.delta.storage.Place`."""

    locked = False

    def __init__(self, address: str, storage_options: Mapping[str, str]) -> None:
        try:
            from obstore.store import from_url  # noqa: PLC0415 (an extra)
        except ImportError:
            raise LakeError(
                f"a lake at '{address}' needs the extra 'cloud': install it with `pip install 'flowbt[cloud]'`"
            ) from None
        self.address = address.rstrip("/")
        self.storage_options: Mapping[str, str] | None = dict(storage_options) or None
        client = {key.removeprefix("aws_"): value for key, value in storage_options.items() if _of_client(key)}
        config: Any = {key: value for key, value in storage_options.items() if not _of_client(key)}
        try:
            self._store: Any = from_url(self.address, config=config, client_options=_typed(client))
        except Exception as error:  # noqa: BLE001 (obstore's errors share no base with Python's)
            raise LakeError(f"no lake can be opened at '{address}': {_first_line(error)}") from None

    def check(self) -> None:
        """Raise `LakeError` if no lake can lie here."""
        if set("%[]") & set(self.address):
            raise LakeError(f"a lake cannot lie at '{self.address}': Delta Lake takes no path with %, [ or ]")

    def names(self, folder: str) -> list[str]:
        """The names of the objects directly below a prefix."""
        depth = folder.count("/") + 1
        return [name.rsplit("/", 1)[1] for name in self._listed(folder) if name.count("/") == depth]

    def walk(self, folder: str) -> Iterator[str]:
        """The names of all objects below a prefix."""
        return iter(self._listed(folder))

    def read(self, name: str) -> bytes:
        """The bytes of an object."""
        with _as_os_errors(name):
            return bytes(self._store.get(name).bytes())

    def read_many(self, names: Iterable[str]) -> Iterator[bytes]:
        """The bytes of objects, in order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(self.read, names)

    def stage(self, name: str, data: bytes) -> "StagedObject":
        """Hold an object ready."""
        return StagedObject(self._store, name, data)

    def settle(self, folder: str) -> None:
        """Do nothing: what is there is durable."""

    def delete(self, name: str) -> None:
        """Remove an object."""
        with _as_os_errors(name):
            self._store.delete(name)

    def rename(self, name: str, to: str) -> None:
        """Give an object another name."""
        with _as_os_errors(name):
            self._store.rename(name, to)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep nobody out."""
        yield

    def locate(self, name: str) -> str:
        """The object's address."""
        return f"{self.address}/{name}"

    def _listed(self, folder: str) -> list[str]:
        with _as_os_errors(folder):
            return [found["path"] for batch in self._store.list(folder) for found in batch]


class StagedObject:
    """An object that is held ready to be put."""

    def __init__(self, store: Any, name: str, data: bytes) -> None:
        self._store, self._name, self._data = store, name, data

    def create(self) -> None:
        """Put it if nothing bears its name."""
        with _as_os_errors(self._name):
            try:
                self._store.put(self._name, self._data, mode="create", use_multipart=False)
            except Exception as error:
                # A put that was sent again after a lost answer finds itself.
                if not _is(error, "AlreadyExistsError") or bytes(self._store.get(self._name).bytes()) != self._data:
                    raise

    def replace(self) -> None:
        """Put it in place of what bears its name."""
        with _as_os_errors(self._name):
            self._store.put(self._name, self._data)

    def drop(self) -> None:
        """Do nothing: it is nowhere yet."""


@contextmanager
def _as_os_errors(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise FileNotFoundError(2, "no such object", name) from None
        raise
    except Exception as error:  # noqa: BLE001 (its own errors share no base with those of Python)
        if _is(error, "AlreadyExistsError", "PreconditionError"):
            raise FileExistsError(17, "the object is there already", name) from None
        if _is(error, "NotFoundError"):
            raise FileNotFoundError(2, "no such object", name) from None
        raise OSError(_first_line(error)) from None


def _is(error: Exception, *names: str) -> bool:
    return type(error).__name__ in names


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _of_client(key: str) -> bool:
    return key.removeprefix("aws_") in {"allow_http", "timeout", "connect_timeout", "proxy_url"}


def _typed(client: Mapping[str, str]) -> Any:
    return {key: value.lower() == "true" if key == "allow_http" else value for key, value in client.items()} or None
