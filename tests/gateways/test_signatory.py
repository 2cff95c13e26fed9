"""The organisation's signature: the same bytes again, whole only as it was made, and nothing without a certificate."""

import dataclasses
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from flask import Flask

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.domain.packets import delivering, striking
from campaign.domain.printing import CertificateExpired, CertificateOfAnotherKind, CertificateShut
from campaign.gateways import addenda
from campaign.gateways.signatory import Signatory
from campaign.gateways.verifier import Verdict, verify
from campaign.models.delivery import Outcome
from campaign.models.packet import Packet, PacketState
from campaign.models.signature import Signature
from campaign.settings import Signing
from tests.gateways.test_copymarks import text, unpacked
from tests.make import NOON, Make

Flask_ = Callable[..., Result]
WORDS = b"correct horse"


def certificate(
    folder: Path, *, name: str = "Example Rights Network", until: datetime | None = None, rsa_key: bool = True
) -> Signing:
    key = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(4)
        .not_valid_before(NOON - timedelta(days=9000)).not_valid_after(until or datetime.now(UTC) + timedelta(days=400))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    locked = pkcs12.serialize_key_and_certificates(b"", key, made, None, BestAvailableEncryption(WORDS))  # type: ignore[arg-type]
    folder.mkdir()
    (folder / "key.p12").write_bytes(locked)
    (folder / "words").write_bytes(WORDS + b"\n")
    (folder / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    return Signing(folder / "key.p12", folder / "words")


def of(signing: Signing) -> Signatory:
    return Signatory(signing.pkcs12, signing.passphrase_file)


@pytest.fixture
def flask(app: Flask) -> Flask_:
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def signs(app: Flask, tools: Collaborators, tmp_path: Path) -> Signing:
    """From here on this site has a certificate."""
    signing = certificate(tmp_path / "certificate")
    settings = dataclasses.replace(tools.settings, signing=signing)
    app.extensions["collaborators"] = dataclasses.replace(tools, settings=settings)
    return signing


@pytest.fixture
def folder(make: Make, flask: Flask_, signs: Signing) -> Path:
    """A built packet that is signed."""
    slug = make.counted_petition(3).slug
    reference = flask("packets", "new", slug, "--addressee", "sg", "--level", "full").stdout.strip()
    return Path(flask("packets", "build", reference).stdout.strip())


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.feature(74)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_signed_packet_says_who_signed_and_is_the_same_when_it_is_built_again(
    flask: Flask_, signs: Signing, folder: Path, tmp_path: Path
) -> None:
    first = read(folder)
    with unit_of_work():
        db.session.scalars(db.select(Packet)).one().state = PacketState.SEALED
    shutil.rmtree(folder)
    assert flask("packets", "build", folder.name).exit_code == 0
    assert read(folder) == first

    told = flask("packets", "verify", str(folder))
    assert told.exit_code == 0, told.stderr
    assert "signed by Common Name: Example Rights Network" in told.stdout
    assert of(signs).certified.sha256 in told.stdout
    assert "certificate: Common Name: Example Rights Network, until 20" in flask("doctor").stdout
    openssl = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "manifest.json.p7s", "-content",
         folder / "manifest.json", "-CAfile", tmp_path / "certificate/certificate.pem", "-purpose", "any"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert openssl.returncode == 0, openssl.stderr
    for path in sorted(folder.glob("*.pdf")):
        with pikepdf.open(path) as pdf:
            assert pdf.Root.AcroForm.Fields[0].V.SubFilter == "/ETSI.CAdES.detached"
            assert pdf.open_metadata().pdfa_status == ("2B" if "signatures" in path.name else "2A")
            assert "/ModDate" not in pdf.docinfo or pdf.docinfo.ModDate == pdf.docinfo.CreationDate


@pytest.mark.feature(74)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_whatever_was_changed_since_it_was_signed_is_noticed(folder: Path, tmp_path: Path) -> None:
    first = read(folder)

    def spoilt(name: str, change: Callable[[Path], object]) -> Verdict:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        change(copy / name)
        return verify(copy)

    letter, listed, signature = "01-cover-letter.pdf", "manifest.json", "manifest.json.p7s"
    whole = first[letter]
    middle = whole[: len(whole) // 3] + bytes([whole[len(whole) // 3] ^ 1]) + whole[len(whole) // 3 + 1 :]
    faults = spoilt(letter, lambda path: path.write_bytes(middle)).faults
    assert f"{letter} was changed since it was signed" in faults
    more = first[listed].replace(b'"counted": 3', b'"counted": 4')
    assert more != first[listed]
    changed = spoilt(listed, lambda path: path.write_bytes(more))
    assert "manifest.json.p7s is no signature of this manifest.json" in changed.faults
    assert changed.signed_by is None
    assert any("is missing" in fault for fault in spoilt(signature, Path.unlink).faults)
    other = of(certificate(tmp_path / "other", name="Somebody else")).beside(first[listed], at=NOON)
    faults = spoilt(signature, lambda path: path.write_bytes(other)).faults
    assert f"{letter} is not signed by whoever signed manifest.json" in faults


@pytest.mark.feature(74)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_an_addendum_is_signed_as_its_packet_was(
    make: Make, tools: Collaborators, signs: Signing, folder: Path
) -> None:
    packet = db.session.scalars(db.select(Packet)).one()
    with unit_of_work():
        way = delivering.prepare(packet, place="", by="Nora", at=datetime.now(UTC))
        delivering.hand_over(way, Outcome.LEFT, on=datetime.now(UTC).date(), place="", by="Nora", at=datetime.now(UTC))
    make.withdraw(db.session.scalars(db.select(Signature).order_by(Signature.id)).first())
    make.count(packet.petition)
    with unit_of_work():
        reference = striking.make(packet, by="Nora", at=datetime.now(UTC)).reference
    addenda.build(reference, tools.desk().printer, tools.store, signer=of(signs), now=lambda: NOON)
    verdict = verify(tools.settings.store / "addenda" / reference)
    assert (verdict.faults, verdict.signed_by) == ([], of(signs).certified)


@pytest.mark.feature(74)
def test_what_cannot_be_signed_the_same_way_twice_is_refused_and_says_why(tmp_path: Path) -> None:
    wrong = certificate(tmp_path / "wrong")
    wrong.passphrase_file.write_text("guess")  # type: ignore[union-attr]
    for signing, fault in (
        (wrong, CertificateShut),
        (certificate(tmp_path / "curve", rsa_key=False), CertificateOfAnotherKind),
        (certificate(tmp_path / "late", until=NOON - timedelta(days=1)), CertificateExpired),
    ):
        with pytest.raises(fault):
            of(signing).beside(b"manifest", at=NOON)


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="no pdfsig")
@pytest.mark.feature(74, 111)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_mark_of_a_copy_is_stamped_on_signed_pages_and_their_signature_still_holds(
    tools: Collaborators, signs: Signing, folder: Path, tmp_path: Path
) -> None:
    copy = unpacked(tools, folder.name, tmp_path, 4, "7KQ2-M9XD")
    verdict = verify(copy)
    assert (verdict.faults, verdict.signed_by) == ([], of(signs).certified)
    for path in sorted(copy.glob("*.pdf")):
        told = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in told, path
        assert all("-COPY-4 · 7KQ2-M9XD" in page for page in text(path.read_bytes()))
