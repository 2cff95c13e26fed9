"""The organisation's electronic signature, where it has a certificate: in each PDF, and beside the manifest.

Each PDF of ours carries an invisible PAdES-B-B signature, because an office opens a PDF and looks there. It is added
behind the printed bytes, outside the page and with the title's data untouched, so that the file stays PDF/A-2 and
PDF/UA-1 as declared. It comes before the hashing: the manifest lists the signed file. `manifest.json.p7s`, a detached
CAdES signature, then covers all that is not a PDF; `openssl cms -verify` reads it too. Annexes are other people's
papers and the log inside is never sent: neither is signed.

Built again the bytes are the same: RSA with PKCS#1 v1.5 has no chance in it, the moment stated is the seal's and the
file's identifier comes from its own bytes. Hence no other kind of key. Nothing calls out, so no time stamp is
claimed: the moment is ours to state, no more.
"""

import asyncio
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from asn1crypto import cms, x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import SignatureCoverageLevel
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from campaign.domain.printing import CertificateExpired, CertificateOfAnotherKind, CertificateShut

FIELD = "Organisation"


@dataclass(frozen=True)
class Certified:
    """What a certificate says of its holder. Whether it is to be believed is for the reader: compare the hash."""

    holder: str
    issuer: str
    sha256: str
    until: datetime

    @classmethod
    def of(cls, certificate: x509.Certificate) -> "Certified":
        return cls(
            certificate.subject.human_friendly,
            certificate.issuer.human_friendly,
            certificate.sha256.hex(),
            certificate.not_valid_after,
        )


@dataclass(frozen=True)
class Signatory:
    """Meets `domain.printing.Signer`. The file is opened when first something is to be signed."""

    pkcs12: Path
    passphrase_file: Path | None

    @cached_property
    def _key(self) -> SimpleSigner:
        try:
            words = self.passphrase_file.read_text("utf-8").splitlines()[:1] if self.passphrase_file else []
            loaded: SimpleSigner = SimpleSigner.load_pkcs12_data(
                self.pkcs12.read_bytes(), other_certs=[], passphrase="".join(words).encode() or None
            )
        except (OSError, ValueError):
            raise CertificateShut from None
        if loaded.signing_cert is None or loaded.signing_cert.public_key.algorithm != "rsa":
            raise CertificateOfAnotherKind
        return _Hand(loaded)

    @property
    def certified(self) -> Certified:
        """Raises CannotSign."""
        return Certified.of(self._key.signing_cert)

    def pdf(self, content: bytes, *, at: datetime) -> bytes:
        """The same pages, signed. Raises CannotSign."""
        self._look(at)
        writer = _Writer(io.BytesIO(content))
        writer.named_after(content)
        about = PdfSignatureMetadata(
            field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, embed_validation_info=False
        )
        field = SigFieldSpec(FIELD, invis_sig_settings=InvisSigSettings(box_out_of_bounds=True))
        signed = _Pen(at, about, self._key, field).sign_pdf(writer)
        return bytes(signed.getvalue())

    def beside(self, content: bytes, *, at: datetime) -> bytes:
        """A detached signature of any file, DER. Raises CannotSign."""
        self._look(at)
        made = self._key.async_sign_general_data(
            content, "sha256", use_cades=True, signed_attr_settings=PdfCMSSignedAttributes(signing_time=at)
        )
        return bytes(asyncio.run(made).dump())

    def _look(self, at: datetime) -> None:
        if at > self.certified.until:
            raise CertificateExpired


class _Writer(IncrementalPdfFileWriter):
    """Adds to a file without a moment or a chance of its own."""

    def named_after(self, content: bytes) -> None:
        identifier = ByteStringObject(hashlib.sha256(content).digest()[:16])
        self._document_id = ArrayObject([self._document_id[0], identifier])

    def _update_meta(self) -> None:
        """Title, dates and maker stay as they were printed."""


class _Hand(SimpleSigner):
    """Holds the key ready: a packet of a million lines has hundreds of files, and reading a key takes a while."""

    def __init__(self, loaded: SimpleSigner) -> None:
        super().__init__(loaded.signing_cert, loaded.signing_key, loaded.cert_registry)
        self._key = load_der_private_key(loaded.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if not isinstance(self._key, RSAPrivateKey) or digest_algorithm != "sha256":
            raise CertificateOfAnotherKind
        return self._key.sign(data, PKCS1v15(), SHA256())


class _Pen(PdfSigner):
    """States the moment it is given, and not that of the machine."""

    def __init__(self, at: datetime, about: PdfSignatureMetadata, key: SimpleSigner, field: SigFieldSpec) -> None:
        super().__init__(about, signer=key, new_field_spec=field)
        self._at = at

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session: PdfSigningSession = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


# ---- reading a signature back, offline and without trusting anybody ---------------------------------


class NotWhole(Exception):
    """There is a signature, and it is not one of these bytes."""


def signer_beside(content: bytes, signature: bytes) -> Certified:
    """Whose detached signature it is. Raises NotWhole."""
    try:
        signed = cms.ContentInfo.load(signature)["content"]
        info = extract_signer_info(signed)
        wanted = info["sid"].chosen["serial_number"].native
        holders = [each.chosen for each in signed["certificates"] if each.chosen.serial_number == wanted]
        intact, valid = validate_sig_integrity(info, holders[0], "data", hashlib.sha256(content).digest())
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, SignatureValidationError):
        raise NotWhole from None
    if not (intact and valid):
        raise NotWhole
    return Certified.of(holders[0])


def signer_in(pdf: bytes) -> Certified | None:
    """Whose signature covers the whole of this file; None where it has none. Raises NotWhole."""
    found = list(_signatures(pdf))
    if not found:
        return None
    try:
        last = found[-1]
        last.compute_integrity_info(skip_diff=True)  # type: ignore[no-untyped-call]
        certificate = last.signer_cert
        matches = validate_sig_integrity(last.signer_info, certificate, "data", last.compute_digest())
    except (ValueError, KeyError, PdfError, SignatureValidationError):
        raise NotWhole from None
    if last.coverage is not SignatureCoverageLevel.ENTIRE_FILE or not all(matches):
        raise NotWhole
    return Certified.of(certificate)


def _signatures(pdf: bytes) -> Iterator[EmbeddedPdfSignature]:
    if b"/ByteRange" not in pdf:
        return
    try:
        yield from PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except (ValueError, KeyError, PdfError):
        raise NotWhole from None
