"""What packing needs from the outside: a printer, a place to keep files, and perhaps the organisation's signature.

The printer is met by `gateways/printer.py`, the store by `gateways/store.py`, the signer by
`gateways/signatory.py`. Data with names are handed over in memory; no file with a name in the clear is
written, except the finished PDF.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from campaign.domain.errors import Refused

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Printed:
    """One finished document."""

    pdf: bytes
    pages: int


class PrintRefused(Refused):
    """The print engine refused a page, so nothing of this packet was changed."""

    def __init__(self, where: str = "") -> None:
        super().__init__(where)  # a place in our own templates, never what stood there
        self.where = where


class GlyphMissing(PrintRefused):
    """A page would show an empty box instead of a letter. Fetch the fonts, or agree to print the number alone."""

    def __init__(self, where: str = "", characters: frozenset[str] = frozenset()) -> None:
        super().__init__(where)
        self.characters = characters


class StoreFull(Refused):
    """The disk is full, or the store cannot be written. Nothing half-written was left; make room and build again."""


class CannotSign(Refused):
    """What is to be signed with the organisation’s certificate cannot be; nothing is sent out unsigned in its place."""


class CertificateShut(CannotSign):
    """The file of the organisation’s certificate does not open with that passphrase, so nothing could be signed."""


class CertificateOfAnotherKind(CannotSign):
    """The organisation’s certificate is not for an RSA key, so no signature could be made the same way twice."""


class CertificateExpired(CannotSign):
    """The organisation’s certificate had expired when this was sealed. Put the new one in place and build again."""


class Printer(Protocol):
    def missing(self, texts: Iterable[str]) -> set[str]:
        """The characters in `texts` that no font of this printer can show."""

    def parts(self, names: Sequence[str], data: Data) -> dict[str, Printed]:
        """The named parts as one run of pages: "page 3 of 12" counts through all of them."""

    def alone(self, name: str, data: Data) -> Printed:
        """One part that counts its own pages."""

    def volumes(self, data: Iterable[Data]) -> Iterator[Printed]:
        """Signature volumes in order, set outside this process."""


class Store(Protocol):
    def write(self, path: str, content: bytes) -> None:
        """Write all of it or nothing."""

    def read(self, path: str) -> bytes: ...

    def holds(self, path: str) -> bool: ...

    def names(self, folder: str) -> list[str]: ...

    def remove(self, path: str) -> None: ...


class Signer(Protocol):
    """The organisation's electronic signature: the same content and moment give the same bytes. Raises CannotSign."""

    def pdf(self, content: bytes, *, at: datetime) -> bytes:
        """The same pages, signed."""

    def beside(self, content: bytes, *, at: datetime) -> bytes:
        """A signature that lies in a file of its own."""
