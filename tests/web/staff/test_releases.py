"""Names leave only encrypted: two people, one copy, once, to a key that was compared with its owner."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from flask import Flask

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.packets import copying, delivering, preparing, releasing
from campaign.domain.signatures import withdrawing
from campaign.gateways.parcels import Age, locked
from campaign.gateways.verifier import verify
from campaign.models.organisation import Organisation
from campaign.models.petition import Petition
from campaign.models.release import RecipientKey, Release
from campaign.models.signature import Signature, Visibility
from campaign.worker import build_packets, prepare_copies
from tests.make import Make
from tests.web.staff.people import Person, packet, sealed

OFFICE = pyrage.x25519.Identity.generate()
KEY = str(OFFICE.to_public())


@pytest.fixture
def reference(make: Make, nora: Person, samir: Person, petition: Petition) -> str:
    """A built packet with names, and a compared key of its addressee."""
    reference = sealed(nora, samir, petition, level="full")
    build_packets()
    assert nora.send("/staff/keys", "/staff/keys", key=KEY, holder="Registry", addressee="sg").status_code == 303
    assert samir.send(f"/staff/keys/{_key(KEY)}/compared", "/staff/keys", how="read by telephone").status_code == 303
    return reference


def ask(person: Person, reference: str) -> str:
    page = f"/staff/packets/{reference}/copies"
    assert person.send(page, page, key=str(_key(KEY)), reason="For the registry.").status_code == 303
    return page


def link_on(person: Person, page: str) -> str:
    return re.findall(r'href="(/staff/release/[^"]+)"', person.get(page).text)[0]


def acts(reference: str) -> list[str]:
    return [entry.act for entry, _ in reversed(journalling.of("packet", reference))]


@pytest.mark.feature(105, 111)
def test_names_leave_as_one_numbered_copy_that_only_the_recipient_can_open(
    nora: Person, samir: Person, reference: str, tmp_path: Path
) -> None:
    plain = nora.send(f"/staff/packets/{reference}/download", "/staff/keys")
    assert plain.status_code == 409
    assert "only encrypted" in plain.text
    page = ask(nora, reference)
    assert "waits for somebody else" in nora.get(page).text
    assert nora.send(f"/staff/releases/{_row().id}/approve", page).status_code == 409
    assert "waits for a second person" in samir.get("/staff").text
    assert samir.send(f"/staff/releases/{_row().id}/approve", page).status_code == 303
    link = link_on(nora, page)
    assert samir.get(link).status_code == 409, "not whoever approved"
    assert "Nothing has happened yet" in nora.get(link).text
    answer = nora.send(link, link)
    assert answer.headers["Content-Disposition"].endswith(f'"{reference}-copy-1.zip.age"')
    files = zipfile.ZipFile(io.BytesIO(pyrage.decrypt(answer.data, [OFFICE])))
    files.extractall(tmp_path)
    folder = tmp_path / f"{reference}-copy-1"
    assert verify(folder, packet(reference).manifest_sha256).faults == []
    copy = copying.of(packet(reference))[0]
    assert copy.mark in (folder / "copy.json").read_text()
    assert verify(folder).copy == f"copy 1, mark {copy.mark}, for Registry"
    delivery = delivering.of(packet(reference))
    assert delivery is not None
    assert copy.mark in delivery.custody[-1].words
    assert acts(reference)[-3:] == ["release asked", "release approved", "packet downloaded"]
    assert nora.send(link, page).status_code == 409, "once"
    (folder / "copy.json").write_text('{"reference": "XX", "manifest": ""}')
    assert "copy.json belongs to another packet" in verify(folder).faults


def test_a_copy_is_approved_within_an_hour_and_fetched_within_fifteen_minutes(
    nora: Person, samir: Person, reference: str
) -> None:
    page = ask(nora, reference)
    _age(asked_at=now() - timedelta(minutes=61))
    assert samir.send(f"/staff/releases/{_row().id}/approve", page).status_code == 409
    _age(asked_at=now() - timedelta(minutes=59))
    assert samir.send(f"/staff/releases/{_row().id}/approve", page).status_code == 303
    link = link_on(nora, page)
    _age(approved_at=now() - timedelta(minutes=16))
    assert nora.send(link, page).status_code == 409
    assert copying.of(packet(reference)) == []
    assert nora.get(link[:-4] + "AAAA").status_code == 404


def test_the_link_asks_for_a_code_and_closes_after_five_wrong_ones(
    app: Flask, nora: Person, samir: Person, reference: str
) -> None:
    page = ask(nora, reference)
    samir.send(f"/staff/releases/{_row().id}/approve", page)
    link = link_on(nora, page)
    with unit_of_work():
        who = nora.account
        who.is_demonstration, who.tf_primary_method = False, "authenticator"
        who.tf_totp_secret = app.extensions["security"].totp_factory.generate_totp_secret()
    for _ in range(releasing.TRIES - 1):
        assert nora.send(link, link, code="000000").status_code == 422
    right = nora.send(link, link, code=nora.code())
    assert right.status_code == 200
    with unit_of_work():
        _row().fetched_at = None
    assert nora.send(link, link, code="000000").status_code == 422
    assert nora.send(link, page, code="000000").status_code == 409


@pytest.mark.feature(112)
@pytest.mark.parametrize("change", ["withdraws", "shows less"])
def test_no_further_copy_leaves_once_a_signer_in_it_withdraws_or_shows_less(
    make: Make, nora: Person, samir: Person, reference: str, change: str
) -> None:
    page = ask(nora, reference)
    samir.send(f"/staff/releases/{_row().id}/approve", page)
    link = link_on(nora, page)
    signature = db.session.scalars(db.select(Signature).where(Signature.number == 2)).one()
    if change == "withdraws":
        make.withdraw(signature)
    else:
        with unit_of_work():
            withdrawing.change_visibility(make.claim(signature), Visibility.COUNTED, seal=make.seal)
    refused = nora.send(link, link)
    assert refused.status_code == 409
    assert "no further copy of it leaves" in refused.text
    assert _row().fetched_at is None
    assert nora.send(page, page, key=str(_key(KEY)), reason="Once more.").status_code == 409


def test_of_two_who_fetch_at_once_one_gets_the_copy(nora: Person, samir: Person, reference: str) -> None:
    """Both have looked before either wrote; the database decides."""
    page = ask(nora, reference)
    samir.send(f"/staff/releases/{_row().id}/approve", page)
    with unit_of_work():
        row, who = _row(), nora.account
        db.session.execute(db.update(Release).values(fetched_at=now()).execution_options(synchronize_session=False))
        assert releasing.can_be_fetched(row, at=now()), "as far as this one has seen"
        with pytest.raises(releasing.ReleaseOver):
            releasing.fetch(row, by=who, at=now())


def test_a_key_is_used_only_after_another_person_compared_it_with_its_owner(
    nora: Person, samir: Person, reference: str
) -> None:
    for wrong in ("AGE-SECRET-KEY-1", "ssh-rsa AAAA", "age1" + "q" * 58, f"{KEY} {KEY}"):
        answer = nora.send("/staff/keys", "/staff/keys", key=wrong, holder="X", addressee="")
        assert (answer.status_code, "no public key" in answer.text) == (422, True), wrong
    assert nora.send("/staff/keys", "/staff/keys", key=KEY, holder="X", addressee="").status_code == 422, "known"
    with unit_of_work():
        friends = Organisation(slug="friends", name="Friends of the lawyers")
        db.session.add(friends)
        db.session.flush()
        theirs = {"holder": "Friends", "organisation": str(friends.id)}
    third = str(pyrage.x25519.Identity.generate().to_public())
    assert nora.send("/staff/keys", "/staff/keys", key=third, addressee="sg", **theirs).status_code == 422
    assert nora.send("/staff/keys", "/staff/keys", key=third, addressee="", **theirs).status_code == 303
    other = str(pyrage.x25519.Identity.generate().to_public())
    nora.send("/staff/keys", "/staff/keys", key=other, holder="Another office", addressee="")
    assert nora.send(f"/staff/keys/{_key(other)}/compared", "/staff/keys", how="x").status_code == 409
    assert samir.send(f"/staff/keys/{_key(other)}/compared", "/staff/keys", how=" ").status_code == 422
    page = f"/staff/packets/{reference}/copies"
    assert nora.send(page, page, key=str(_key(other)), reason="x").status_code == 422
    assert nora.send(page, page, key=str(_key(KEY)), reason=" ").status_code == 422
    nora.send(f"/staff/keys/{_key(KEY)}/end", "/staff/keys")
    assert "no compared key" in nora.get(page).text


def test_a_key_of_ssh_is_taken_without_its_comment() -> None:
    typed = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl registry@example.org"
    key = Age().plain(typed)
    assert key == typed.rpartition(" ")[0]
    with locked(iter([b"names"]), key) as file:
        assert file.read().startswith(b"age-encryption.org/v1\n-> ssh-ed25519 ")


def _row() -> Release:
    return db.session.scalars(db.select(Release)).one()


def _key(text: str) -> int:
    return db.session.scalars(db.select(RecipientKey.id).where(RecipientKey.public_key == text)).one()


def _age(**moments: object) -> None:
    with unit_of_work():
        for column, moment in moments.items():
            setattr(_row(), column, moment)


@pytest.mark.feature(72, 105, 112)
def test_a_large_copy_is_prepared_by_the_worker_and_made_anew_once_anybody_comes_to_show_less(
    make: Make, nora: Person, samir: Person, reference: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(preparing, "AT_ONCE", 2)
    page = ask(nora, reference)
    samir.send(f"/staff/releases/{_row().id}/approve", page)
    link = link_on(nora, page)
    assert prepare_copies() == 0, "nothing is prepared before the right code"
    asked = nora.send(link, link)
    assert asked.status_code == 303
    assert "a worker looks through its lines" in nora.get(page).text
    assert (prepare_copies(), prepare_copies()) == (1, 0)
    assert "The copy is prepared" in nora.get(page).text
    assert _row().fetched_at is None
    assert samir.send(link, page).status_code == 409, "only whoever asked"
    other = make.confirmed_signature(packet(reference).petition)
    make.count(packet(reference).petition)
    with unit_of_work():
        withdrawing.change_visibility(make.claim(other), Visibility.COUNTED, seal=make.seal)
    assert nora.send(link, link).status_code == 303, "looked through again, as somebody shows less"
    assert prepare_copies() == 1
    answer = nora.send(link, link)
    assert answer.headers["Content-Disposition"].endswith(f'"{reference}-copy-1.zip.age"')
    zipfile.ZipFile(io.BytesIO(pyrage.decrypt(answer.data, [OFFICE]))).extractall(tmp_path)
    assert verify(tmp_path / f"{reference}-copy-1", packet(reference).manifest_sha256).faults == []
    assert len(copying.of(packet(reference))) == 1, "one copy, one number"
    assert nora.send(link, page).status_code == 409, "once"
    prepare_copies()
    assert nora.client.application.extensions["collaborators"].store.names("copies") == []


@pytest.mark.feature(112)
def test_a_large_copy_is_not_prepared_once_a_signer_in_it_withdraws(
    make: Make, nora: Person, samir: Person, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "AT_ONCE", 2)
    page = ask(nora, reference)
    samir.send(f"/staff/releases/{_row().id}/approve", page)
    link = link_on(nora, page)
    nora.send(link, link)
    assert prepare_copies() == 1
    make.withdraw(db.session.scalars(db.select(Signature).where(Signature.number == 2)).one())
    assert nora.send(link, link).status_code == 303
    assert prepare_copies() == 0
    assert "no further copy of it leaves" in nora.get(page).text
    assert _row().fetched_at is None


@pytest.mark.feature(105)
@pytest.mark.parametrize("gone", ["approved", "asked"])
def test_a_yes_opens_nothing_once_whoever_said_it_has_left_the_staff(
    nora: Person, samir: Person, reference: str, gone: str
) -> None:
    page = ask(nora, reference)
    if gone == "asked":
        _leave(nora)
        refused = samir.send(f"/staff/releases/{_row().id}/approve", page)
        assert (refused.status_code, _row().approved_at) == (409, None)
        return
    samir.send(f"/staff/releases/{_row().id}/approve", page)
    link = link_on(nora, page)
    _leave(samir)
    refused = nora.send(link, page)
    assert refused.status_code == 409
    assert "two people who are on the staff now" in refused.text
    assert (_row().fetched_at, copying.of(packet(reference))) == (None, [])


@pytest.mark.feature(105)
def test_an_account_that_one_of_the_two_opened_this_week_is_no_second_person(
    nora: Person, samir: Person, reference: str
) -> None:
    page = ask(nora, reference)
    with unit_of_work():
        samir.account.created_at = now() - timedelta(days=6)
        journalling.note("account opened", "account", str(samir.account_id), account_id=nora.account_id, at=now())
    assert samir.send(f"/staff/releases/{_row().id}/approve", page).status_code == 409
    with unit_of_work():
        samir.account.created_at = now() - timedelta(days=7)
    assert samir.send(f"/staff/releases/{_row().id}/approve", page).status_code == 303


@pytest.mark.feature(105)
def test_names_are_never_encrypted_to_the_key_of_another_addressee(
    make: Make, nora: Person, samir: Person, reference: str
) -> None:
    with unit_of_work():
        make.addressee("mission", "the Permanent Mission")
    other = str(pyrage.x25519.Identity.generate().to_public())
    nora.send("/staff/keys", "/staff/keys", key=other, holder="Another office", addressee="mission")
    samir.send(f"/staff/keys/{_key(other)}/compared", "/staff/keys", how="read by telephone")
    page = f"/staff/packets/{reference}/copies"
    assert "Another office" not in nora.get(page).text
    assert nora.send(page, page, key=str(_key(other)), reason="For them.").status_code == 422
    with unit_of_work(), pytest.raises(releasing.KeyOfAnother):
        key = db.session.get_one(RecipientKey, _key(other))
        releasing.ask(packet(reference), key, "For them.", by=nora.account, at=now())


def _leave(person: Person) -> None:
    with unit_of_work():
        person.account.active = False
