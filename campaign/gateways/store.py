"""Files of packets and scans: written whole or not at all, readable by this account alone.

A file is written beside its place, flushed to the disk and renamed, so that a reader never sees half
of one and a full disk leaves the old state. Folders are 0700, files 0600.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from campaign.domain.printing import StoreFull


class FileStore:
    """Meets `domain.printing.Store`. Paths are relative, with slashes, and stay inside `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, path: str) -> Path:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or not parts.parts:
            raise ValueError("a path in the store is relative and stays inside it")
        return self.root.joinpath(*parts.parts)

    def write(self, path: str, content: bytes) -> None:
        self.write_from(path, iter([content]))

    def write_from(self, path: str, pieces: Iterator[bytes]) -> None:
        """The same from pieces, so that a large file needs no large memory."""
        place = self.place(path)
        aside = ""
        try:
            _private(place.parent, self.root)
            handle, aside = tempfile.mkstemp(prefix=".unfinished-", dir=place.parent)  # 0600 by itself
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(place)
            _flush_folder(place.parent)
        except BaseException as fault:
            if aside:
                with suppress(OSError):
                    Path(aside).unlink(missing_ok=True)
            if isinstance(fault, OSError):
                raise StoreFull from fault
            raise

    def open(self, path: str) -> BinaryIO:
        return self.place(path).open("rb")

    def read(self, path: str) -> bytes:
        return self.place(path).read_bytes()

    def holds(self, path: str) -> bool:
        return self.place(path).is_file()

    def names(self, folder: str) -> list[str]:
        """Every finished file under `folder`, relative to it, in order."""
        return self._under(self.place(folder))

    def everything(self) -> list[str]:
        """Every finished file of the store, in order."""
        return self._under(self.root)

    def _under(self, root: Path) -> list[str]:
        found = (p for p in root.rglob("*") if p.is_file() and not p.name.startswith(".unfinished-"))
        return sorted(p.relative_to(root).as_posix() for p in found)

    def remove(self, path: str) -> None:
        self.place(path).unlink(missing_ok=True)


def _private(folder: Path, root: Path) -> None:
    """Make `folder` and what is missing above it, for this account alone."""
    if folder.is_dir():
        return
    if folder != root and root in folder.parents:
        _private(folder.parent, root)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
