"""Signers as a table: a permission of its own, recorded before the first byte, never more than a signer chose."""

import csv
import io

import pytest
from flask import Flask

from campaign.database import db, unit_of_work
from campaign.domain import journalling
from campaign.domain.assenting import AGREED_FOR
from campaign.domain.journalling import Asked
from campaign.domain.supporters import subscribing
from campaign.models.assent import Assent
from campaign.models.petition import Petition
from campaign.models.signature import Signature, Visibility
from tests.make import NOON, Make
from tests.web.staff.people import Person


def allow(person: Person) -> None:
    with unit_of_work():
        person.account.may_export = True


@pytest.fixture
def signed(make: Make) -> Petition:
    """One signer for each choice, and one whose name begins like a formula once it is in a table."""
    petition = make.open_petition()
    for name, visibility in (
        ("Ada Public", Visibility.PUBLIC),
        ("Bob Initials", Visibility.INITIALS),
        ("Cyd Addressee", Visibility.ADDRESSEE),
        ("Dan Counted", Visibility.COUNTED),
    ):
        make.confirmed_signature(petition, make.signer(name, visibility=visibility), at=NOON)
    make.count(petition)
    return petition


def agreed(person: Person, second: Person, petition: Petition, **form: str) -> str:
    """Asked for by the form and agreed to by the button of the other; the number of it."""
    page = f"/staff/petitions/{petition.slug}/export"
    answer = person.send(f"{page}/ask", page, reason="For the lawyer of the family", **form)
    assert answer.status_code == 303, answer.text
    found = str(db.session.scalars(db.select(Assent.id).order_by(Assent.id.desc())).first())
    assert second.send(f"/staff/second-person/{found}/agree", "/staff/second-person").status_code == 303
    return found


def taken(person: Person, second: Person, petition: Petition, **form: str) -> list[list[str]]:
    answer = person.send(f"/staff/petitions/{petition.slug}/export", assent=agreed(person, second, petition, **form))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    assert not answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode())))


@pytest.mark.feature(70, 73)
def test_a_table_holds_of_each_signer_no_more_than_they_chose(nora: Person, samir: Person, signed: Petition) -> None:
    allow(nora)
    head, *rows = taken(nora, samir, signed)
    assert head == ["number", "day", "country", "name", "shown_as"]
    day = NOON.date().isoformat()
    assert rows == [
        ["1", day, "FR", "Ada Public", "name"],
        ["2", day, "", "B. I.", "initials"],
        ["3", "", "", "", "other_addressee"],
        ["4", "", "", "", "counted_only"],
    ]
    for_the_office = taken(nora, samir, signed, addressee="sg")[1:]
    assert for_the_office[2] == ["3", day, "FR", "Cyd Addressee", "name"]
    assert for_the_office[3] == rows[3]


@pytest.mark.feature(95)
def test_without_the_permission_nobody_takes_a_table_not_even_an_admin(
    nora: Person, samir: Person, signed: Petition
) -> None:
    for person in (nora, samir):
        assert "may not take names out" in person.get(f"/staff/petitions/{signed.slug}/export").text
        answer = person.send(f"/staff/petitions/{signed.slug}/export")
        assert answer.status_code == 409
        assert "Ada" not in answer.text
    assert journalling.search(Asked(act="signatures exported")) == []


@pytest.mark.feature(95)
def test_an_admin_gives_the_permission_to_somebody_else_and_the_journal_says_so(
    nora: Person, samir: Person, signed: Petition
) -> None:
    page = "/staff/exports"
    assert nora.send(f"{page}/{nora.account_id}/permission", allowed="1").status_code == 403
    assert samir.send(f"{page}/{samir.account_id}/permission", allowed="1").status_code == 409
    assert samir.send(f"{page}/{nora.account_id}/permission", page, allowed="1").status_code == 303
    assert len(taken(nora, samir, signed)) == 5
    assert samir.send(f"{page}/{nora.account_id}/permission", page, allowed="0").status_code == 303
    assert nora.send(f"/staff/petitions/{signed.slug}/export").status_code == 409
    acts = [
        entry.act for entry, _ in journalling.search(Asked(subject_kind="account", subject_id=str(nora.account_id)))
    ]
    assert acts[:2] == ["export forbidden", "export permitted"]


@pytest.mark.feature(98)
def test_the_journal_has_its_row_before_the_first_byte_leaves(nora: Person, samir: Person, signed: Petition) -> None:
    allow(nora)
    assent = agreed(nora, samir, signed, addressee="sg")
    token = nora.get("/account/").text.partition('csrf_token" value="')[2].partition('"')[0]
    path = f"/staff/petitions/{signed.slug}/export"
    answer = nora.client.post(path, data={"csrf_token": token, "assent": assent}, buffered=False)
    with db.engine.connect() as other:
        noted = other.exec_driver_sql("select count(*) from journal_entry where act = 'signatures exported'").scalar()
    assert noted == 1, "committed, as another connection sees it, while nothing was read yet"
    assert len(answer.data.splitlines()) == 5
    ((entry, email),) = journalling.search(Asked(act="signatures exported"))
    assert (entry.subject_id, email, entry.details["addressee"]) == (signed.slug, nora.email, "sg")
    assert entry.details["agreed_by"] == samir.account_id


def test_a_table_is_made_for_those_addressed_only(nora: Person, signed: Petition) -> None:
    allow(nora)
    page = f"/staff/petitions/{signed.slug}/export"
    assert nora.send(f"{page}/ask", page, reason="why", addressee="somebody").status_code == 409


@pytest.mark.feature(95)
def test_nobody_takes_names_out_alone_and_what_was_agreed_to_works_once(
    nora: Person, samir: Person, signed: Petition
) -> None:
    for person in (nora, samir):
        allow(person)
    page = f"/staff/petitions/{signed.slug}/export"
    assert nora.send(page).status_code == 409
    assert nora.send(f"{page}/ask", page, reason=" ").status_code == 422
    assert nora.send(f"{page}/ask", page, reason="For the lawyer").status_code == 303
    number = str(db.session.scalars(db.select(Assent.id)).one())
    assert nora.send(page, assent=number).status_code == 409, "not agreed to"
    assert nora.send(f"/staff/second-person/{number}/agree").status_code == 409, "not by oneself"
    assert "For the lawyer" in samir.get("/staff/second-person").text
    assert samir.send(f"/staff/second-person/{number}/agree").status_code == 303
    assert samir.send(page, assent=number).status_code == 409, "not by whoever agreed"
    assert len(nora.send(page, assent=number).data.splitlines()) == 5
    assert nora.send(page, assent=number).status_code == 409, "once"
    assert len(journalling.search(Asked(act="signatures exported"))) == 1


@pytest.mark.feature(95)
def test_an_agreement_ends_after_a_day_with_a_refusal_and_with_the_permission(
    nora: Person, samir: Person, signed: Petition
) -> None:
    allow(nora)
    page = f"/staff/petitions/{signed.slug}/export"
    late = agreed(nora, samir, signed)
    with unit_of_work():
        row = db.session.get_one(Assent, int(late))
        row.agreed_at = row.asked_at - AGREED_FOR
    assert nora.send(page, assent=late).status_code == 409
    assert nora.send(f"{page}/ask", page, reason="again").status_code == 303
    refused = db.session.scalars(db.select(Assent.id).order_by(Assent.id.desc())).first()
    assert samir.send(f"/staff/second-person/{refused}/refuse").status_code == 303
    assert samir.send(f"/staff/second-person/{refused}/agree").status_code == 409
    good = agreed(nora, samir, signed)
    with unit_of_work():
        nora.account.may_export = False
    assert nora.send(page, assent=good).status_code == 409


@pytest.mark.feature(70)
def test_the_command_writes_a_new_file_for_this_account_alone(app: Flask, signed: Petition, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "out.csv"
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["signatures", "export", signed.slug, "--to", str(path)])
    assert done.exit_code == 0, done.output
    assert path.read_bytes().startswith(b"number,day,country,name,shown_as\r\n1,")
    assert path.stat().st_mode & 0o777 == 0o600
    again = app.test_cli_runner().invoke(args=["signatures", "export", signed.slug, "--to", str(path)])
    assert again.exit_code == 1
    assert len(journalling.search(Asked(act="signatures exported"))) == 1


def test_people_of_an_imported_table_are_asked_by_letter_and_bad_rows_stop_nobody(
    app: Flask,
    make: Make,
    tmp_path,  # type: ignore[no-untyped-def]
) -> None:
    petition = make.open_petition()
    path = tmp_path / "in.csv"
    path.write_text(
        "\ufeffName,Email,Country,Visibility\r\n"
        "Ada Public,ada@post.example,FR,public\r\n"
        "Bad Address,nowhere,FR,public\r\n"
        "Bad Country,b@post.example,Narnia,public\r\n"
        "Bad Choice,c@post.example,FR,everybody\r\n"
        "=SUM(A1),d@post.example,FR,public\r\n"
        "short\r\n"
        ",eve@post.example,de,\r\n",
        encoding="utf-8",
    )
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["signatures", "import", str(path), "--petition", petition.slug])
    assert done.exit_code == 0, done.output
    assert "2 asked by letter, 5 row(s) not taken" in done.output
    for line in (3, 4, 5, 6, 7):
        assert f"line {line}:" in done.output
    assert "nowhere" not in done.output
    rows = db.session.scalars(db.select(Signature).order_by(Signature.id)).all()
    assert [(r.state.value, r.visibility.value, r.country) for r in rows] == [
        ("pending", "public", "FR"),
        ("pending", "counted", "DE"),
    ]
    assert petition.signature_count == 0


def test_importing_again_asks_nobody_twice_and_nobody_who_said_no_more(app: Flask, make: Make, tmp_path) -> None:  # type: ignore[no-untyped-def]
    petition = make.open_petition()
    standing = make.signer("Ada Lovelace", "ada@post.example")
    make.confirmed_signature(petition, standing)
    another = make.open_petition(campaign=petition.campaign)
    reader = make.confirmed_signature(another, make.signer("Eve Adams", "eve@post.example", wants_updates=True))
    with unit_of_work():
        subscribing.end(reader.public_id, at=NOON)
    path = tmp_path / "in.csv"
    head = "name,email,country\n"
    path.write_text(
        f"{head}Ada Lovelace,ADA@post.example,FR\nEve Adams,eve@post.example,FR\n"
        "Bo Diddley,bo@post.example,FR\nCharles Lovelace,ada@post.example,FR\n"
    )
    db.session.commit()
    args = ["signatures", "import", str(path), "--petition", petition.slug]
    first = app.test_cli_runner().invoke(args=args)
    assert first.exit_code == 0, first.output
    assert "2 asked by letter, 0 row(s) not taken, 2 not written to" in first.output, "two may share a mailbox"
    assert "line" not in first.output
    assert "0 asked by letter, 0 row(s) not taken, 4 not written to" in app.test_cli_runner().invoke(args=args).output
    path.write_bytes(head.encode() + b"Di Ann,di@post.example,FR\n" + b"\xff\xfe,x,FR\n")
    broken = app.test_cli_runner().invoke(args=args)
    assert broken.exit_code == 1
    assert "not CSV in UTF-8" in broken.output
    entries = journalling.search(Asked(act="signatures imported"))
    assert [entry.details["asked"] for entry, _ in entries] == [0, 0, 2]
