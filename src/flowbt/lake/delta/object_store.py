"""A prefix in an object store, with the library obstore (`pip install 'flowbt[cloud]'`).

An object is either complete or absent, and durable once it exists, so nothing needs to be synced. There is no lock: if two writers
create the same version, the store accepts the first (`If-None-Match`), and the other one compares again.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from flowbt.errors import LakeError

AT_ONCE: Final = 32
"""Objects fetched at a time: each needs a round trip, and a log has many."""


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
        """Raise `LakeError` if the address cannot contain a lake."""
        if set("%[]") & set(self.address):
            raise LakeError(f"a lake cannot be at '{self.address}': Delta Lake accepts no path with %, [ or ]")

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
        """Prepare an object; it is stored when it is created or replaced."""
        return StagedObject(self._store, name, data)

    def settle(self, folder: str) -> None:
        """Do nothing: every stored object is durable."""

    def delete(self, name: str) -> None:
        """Remove an object."""
        with _as_os_errors(name):
            self._store.delete(name)

    def rename(self, name: str, to: str) -> None:
        """Rename an object."""
        with _as_os_errors(name):
            self._store.rename(name, to)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Do nothing: an object store has no lock."""
        yield

    def locate(self, name: str) -> str:
        """The object's address."""
        return f"{self.address}/{name}"

    def _listed(self, folder: str) -> list[str]:
        with _as_os_errors(folder):
            return [meta["path"] for batch in self._store.list(folder) for meta in batch]


class StagedObject:
    """An object that is prepared and not stored yet."""

    def __init__(self, store: Any, name: str, data: bytes) -> None:
        self._store, self._name, self._data = store, name, data

    def create(self) -> None:
        """Store the object if its name does not exist."""
        with _as_os_errors(self._name):
            try:
                self._store.put(self._name, self._data, mode="create", use_multipart=False)
            except Exception as error:
                # if the answer to the first put was lost, the repeated put meets its own object
                if not _is(error, "AlreadyExistsError") or bytes(self._store.get(self._name).bytes()) != self._data:
                    raise

    def replace(self) -> None:
        """Store the object, in place of an existing one."""
        with _as_os_errors(self._name):
            self._store.put(self._name, self._data)

    def drop(self) -> None:
        """Do nothing: the object is not stored yet."""


@contextmanager
def _as_os_errors(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise FileNotFoundError(2, "no such object", name) from None
        raise
    except Exception as error:  # noqa: BLE001 (obstore's errors share no base with Python's)
        if _is(error, "AlreadyExistsError", "PreconditionError"):
            raise FileExistsError(17, "the object exists", name) from None
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
