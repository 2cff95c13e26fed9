"""What the form does with robots and with people who are taken for some: the same, as far as anybody can see."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import event, select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.links import Purpose
from campaign.domain.sealing import Seal
from campaign.models.letter import Letter
from campaign.models.signature import SignatureState
from campaign.models.site import ListName
from campaign.web.public.memory import Memory, memory
from tests.inspector import read
from tests.web.filling import field as field_of
from tests.web.filling import leila, sign
from tests.web.ruling import put_on, rows, set_limit


@pytest.fixture
def petition(make):
    return make.open_petition()


# The trap


@pytest.mark.feature(41)
def test_people_neither_see_nor_reach_the_trap_and_are_told_to_leave_it_empty(client, petition):
    page = read(client.get(f"/petitions/{petition.slug}").text)
    trap = field_of(page, "remarks")
    assert trap.attrs["tabindex"] == "-1"
    assert trap.attrs["autocomplete"] == "off"
    [label] = [t for t in page.all("label") if t.attrs["for"] == "f-remarks"]
    assert "Leave this field empty" in label.text
    assert [t for t in page.all("p") if t.attrs.get("class") == "hush" and label.text in t.text]


@pytest.mark.feature(41, 44)
def test_a_program_in_the_trap_gets_the_answer_of_anybody_and_is_not_counted(client, make, petition):
    plain = sign(client, petition.slug)
    trapped = sign(client, petition.slug, email="robot@post.example", remarks="Buy now")
    assert (trapped.status_code, trapped.headers["Location"], trapped.data) == (
        plain.status_code,
        plain.headers["Location"],
        plain.data,
    )
    for row in rows():
        make.confirm(row, at=now())
    assert [row.state for row in rows()] == [SignatureState.CONFIRMED, SignatureState.HELD]
    make.count(petition)
    assert petition.signature_count == 1


# The same answer, by the same work


@dataclass
class Work:
    """What one form made the site do."""

    statements: list[str] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)


@contextmanager
def watched(app):
    """The statements sent to the database and the boxes sealed meanwhile."""
    work, known = Work(), app.extensions["collaborators"]

    class CountingSeal(Seal):
        def address_box(self, *args):
            work.sealed.append("box of the address")
            return super().address_box(*args)

        def name_box(self, *args):
            work.sealed.append("box of the name")
            return super().name_box(*args)

        def keyed(self, purpose, *args):
            work.sealed.append(purpose)
            return super().keyed(purpose, *args)

    def listen(_connection, _cursor, statement, *_rest):
        work.statements.append(statement)

    seal = known.seal
    app.extensions["collaborators"] = replace(known, seal=CountingSeal(seal.mail, seal.names, seal.hash_key))
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield work
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
        app.extensions["collaborators"] = known


@pytest.fixture
def busy(app):
    """What a process remembers for a second is remembered already, as on a busy site; here it lasts an hour."""
    known = memory()
    app.extensions["public_memory"] = Memory(lasts=3600)
    yield
    app.extensions["public_memory"] = known


@pytest.mark.feature(27, 44)
@pytest.mark.usefixtures("busy")
def test_first_repeated_blocked_and_silently_refused_forms_are_one_and_the_same_work_and_answer(
    app, client, make, petition
):
    put_on(make, ListName.BLOCKED_DOMAIN, "robots.example")
    put_on(make, ListName.BLOCKED_ADDRESS, "blocked@post.example")
    path = f"/petitions/{petition.slug}"
    stamp = field_of(read(client.get(path).text), "stamp").attrs["value"]

    def send(email, **changed):
        with watched(app) as work:
            answer = client.post(f"{path}/sign", data=leila(email=email, stamp=stamp, **changed))
        return work, (answer.status_code, list(answer.headers), answer.data)

    send("somebody@post.example")
    done = {"first": send("leila@post.example")}
    make.confirm(rows()[1], at=now())
    done["repeated"] = send("leila@post.example")
    done["blocked domain"] = send("x@robots.example")
    done["blocked address"] = send("blocked@post.example")
    done["trapped"] = send("trapped@post.example", remarks="x")
    for _ in range(3):
        send("often@post.example")
    done["fourth slot"] = send("often@post.example")
    for row in rows():
        if row.slot and row.email_key == rows()[-2].email_key:  # the last one is the refused form's empty row
            row.state, row.slot = SignatureState.EXPIRED, None
    db.session.commit()
    for _ in range(2):
        send("often@post.example")
    done["over the day"] = send("often@post.example")

    send("often@post.example")
    assert rows()[-1].state is SignatureState.EXPIRED  # it is over the day indeed
    works = {name: work for name, (work, _) in done.items()}
    answers = {name: answer for name, (_, answer) in done.items()}
    assert {name: work for name, work in works.items() if work != works["first"]} == {}
    assert {name: answer for name, answer in answers.items() if answer != answers["first"]} == {}
    assert len([s for s in works["first"].statements if "INSERT" in s]) == 2
    assert [work for work in works["first"].sealed if "box" in work] == ["box of the name", "box of the address"]


@pytest.mark.feature(44)
@pytest.mark.usefixtures("busy")
def test_confirming_a_suspected_signature_runs_the_statements_of_any_other(app, client, make, petition):
    sign(client, petition.slug)
    sign(client, petition.slug, email="robot@post.example", remarks="x")
    answers, seen = [], []
    for row in rows():
        link = f"/confirm/{make.token(Purpose.CONFIRM, row)}"
        stamp = field_of(read(client.get(link).text), "stamp").attrs["value"]
        with watched(app) as work:
            answer = client.post(link, data={"stamp": stamp})
        seen.append(work)
        answers.append((answer.status_code, list(answer.headers), answer.data))
    assert [row.state for row in rows()] == [SignatureState.CONFIRMED, SignatureState.HELD]
    assert answers[0] == answers[1]
    assert seen[0] == seen[1]


# Lists and limits, while the site runs


@pytest.mark.feature(40, 43)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ListName.BLOCKED_DOMAIN, "post.example"),
        (ListName.BLOCKED_ADDRESS, "leila@post.example"),
        (ListName.BLOCKED_NETWORK, "127.0.0.0/8"),
        (ListName.BLOCKED_COUNTRY, "FR"),
        (ListName.DISPOSABLE_DOMAIN, "*.example"),
    ],
)
def test_what_staff_block_is_held_from_the_next_second_on(client, make, petition, name, value):
    put_on(make, name, value)
    assert sign(client, petition.slug).status_code == 303
    [row] = rows()
    assert row.suspicion == str(name)
    make.confirm(row, at=now())
    assert rows()[0].state is SignatureState.HELD


@pytest.mark.feature(39, 40)
def test_staff_change_a_limit_and_the_next_second_obeys(client, petition):
    set_limit("signing.minute", 2)
    assert [sign(client, petition.slug).status_code for _ in range(3)] == [303, 303, 429]
    set_limit("signing.minute", 30)
    assert sign(client, petition.slug).status_code == 303


@pytest.mark.feature(39)
def test_a_petition_has_a_limit_of_its_own_whose_end_is_told(client, petition, make):
    set_limit("petition.minute", 2)
    path, answers = petition.slug, []
    for n in range(3):
        answers.append(sign_from(client, path, f"198.51.100.{n}"))
    assert [a.status_code for a in answers] == [303, 303, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert sign_from(client, make.open_petition().slug, "198.51.100.9").status_code == 303


@pytest.mark.feature(39)
def test_tor_exits_share_one_larger_bucket(client, make, petition):
    put_on(make, ListName.TOR_EXIT, "198.51.100.0/24")
    set_limit("signing.minute", 1)
    set_limit("tor.minute", 3)
    answers = [sign_from(client, petition.slug, f"198.51.100.{n}").status_code for n in range(4)]
    assert answers == [303, 303, 303, 429]
    assert sign_from(client, petition.slug, "203.0.113.1").status_code == 303


@pytest.mark.feature(43)
def test_a_library_that_staff_allow_is_not_limited_as_one_network(client, make, petition):
    put_on(make, ListName.ALLOWED_NETWORK, "198.51.100.7")
    set_limit("signing.minute", 1)
    set_limit("burst.network.hour", 1)
    answers = [sign_from(client, petition.slug, "198.51.100.7", n).status_code for n in range(4)]
    assert answers == [303] * 4
    assert {row.suspicion for row in rows()} == {None}


@pytest.mark.feature(44)
def test_of_a_burst_from_one_network_what_is_too_much_is_held(client, petition):
    set_limit("burst.network.hour", 2)
    for n in range(4):
        sign_from(client, petition.slug, "198.51.100.7", n)
    sign_from(client, petition.slug, "203.0.113.1", 9)
    assert [row.suspicion for row in rows()] == [None, None, "network_burst", "network_burst", None]


@pytest.mark.feature(44)
def test_of_a_burst_from_one_small_mail_domain_what_is_too_much_is_held_and_never_of_a_big_one(client, petition):
    set_limit("burst.domain.hour", 1)
    for n, domain in enumerate(["robots.example", "robots.example", "gmail.com", "gmail.com", "gmail.com"]):
        sign(client, petition.slug, email=f"somebody{n}@{domain}")
    assert [row.suspicion for row in rows()] == [None, "domain_burst", None, None, None]


def test_one_address_is_sent_its_links_five_times_a_day_whoever_asks(client, make):
    for n in range(7):
        page = client.get("/my-links")
        stamp = field_of(read(page.text), "stamp").attrs["value"]
        answer = client.post(
            "/my-links",
            data={"stamp": stamp, "email": "leila@post.example"},
            environ_base={"REMOTE_ADDR": f"198.51.100.{n}"},
        )
        assert answer.status_code == 303
    assert db.session.scalars(select(Letter.kind)).all() == ["your-links"] * 5


def test_a_genuine_link_works_however_many_wrong_ones_came_from_its_network(client, make, petition):
    row = make.pending_signature(petition, at=now())
    wrong = [client.get("/confirm/" + "A" * 47).status_code for _ in range(31)]
    assert wrong == [404] * 30 + [429]
    assert client.get(f"/confirm/{make.token(Purpose.CONFIRM, row)}").status_code == 200


# A person at the form


def sign_from(client, slug, address, n=0):
    page = client.get(f"/petitions/{slug}")
    data = leila(email=f"somebody.{n}@post.example", stamp=field_of(read(page.text), "stamp").attrs["value"])
    return client.post(f"/petitions/{slug}/sign", data=data, environ_base={"REMOTE_ADDR": address})
