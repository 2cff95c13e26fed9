"""What must be true of the whole site, whoever adds a page, a table or a log line."""

import base64
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from campaign import worker
from campaign.app import create_app
from campaign.collaborators import now
from campaign.database import Base, db, unit_of_work
from campaign.domain.cases import showing
from campaign.domain.links import Purpose
from campaign.domain.signatures import forgetting, unveiling
from campaign.models.letter import Letter
from campaign.models.prisoner import Answer
from campaign.models.signature import Signature, Visibility
from campaign.web.remembering import memory
from tests.disguises import disguises, leaks
from tests.fakes import PostOffice, link
from tests.inspector import InspectedClient, read
from tests.journeys.living import LivingSite
from tests.make import GIVEN_OUT, NOON
from tests.suspects import names_looked_at
from tests.web.filling import sign

NAME, ADDRESS = "Leïla Ouazzani", "leila.ouazzani@riverpost.example"
OTHER, OTHERS_ADDRESS = "Фарҳод Қодиров", "farhod@lakepost.example"
PERSONAL = {NAME, "Ouazzani", ADDRESS, "leila.ouazzani", "riverpost.example", OTHER, "Қодиров", OTHERS_ADDRESS}
PRISONER = "Firdavs"


@pytest.fixture
def site(app, house, tmp_path):
    """Web, worker and mail server, as they run for people."""
    office = PostOffice().open()
    living = LivingSite(house, office, tmp_path)
    db.session.commit()
    living.start_worker()
    living.start_web(processes=1)
    yield living, office
    living.stop()
    office.close()


def whole_journey(site, office, petition, stamp):
    """Two people sign, err, confirm, look, change, ask for their links; one withdraws. Then things that go wrong."""
    path = f"/petitions/{petition.slug}"
    for name, address in ((NAME, ADDRESS), (OTHER, OTHERS_ADDRESS)):
        form = {"name": name, "email": address, "country": "FR", "visibility": "initials", "consent": "y"}
        assert site.post(f"{path}/sign", form | {"email": f"{address} {name}", "stamp": stamp})[0] == 422
        assert site.post(f"{path}/sign", form | {"name": f"<b>{name}", "stamp": stamp})[0] == 422
        assert site.post(f"{path}/sign", form | {"stamp": stamp})[0] == 303
    letters = {str(letter["To"]): letter for letter in office.wait_for(2)}
    own = link(letters[ADDRESS], "signature")
    for letter in letters.values():
        assert site.post(link(letter, "confirm"), {"stamp": stamp})[0] == 303
    assert site.post(own, {"visibility": "public", "name": OTHER, "stamp": stamp})[0] == 422
    assert site.post(own, {"visibility": "public", "name": NAME, "stamp": stamp})[0] == 303
    assert site.post("/my-links", {"email": ADDRESS, "stamp": stamp})[0] == 303
    office.wait_for(3)
    gone = link(letters[OTHERS_ADDRESS], "signature")
    assert site.post(f"{gone}/withdraw", {"stamp": stamp})[0] == 303
    assert site.post(f"{gone}/withdraw", {"stamp": stamp})[0] == 410
    assert site.post(own[:-3] + "xxx", {"name": NAME, "stamp": stamp})[0] == 404
    assert site.post(f"/petitions/{ADDRESS}/sign", {"name": NAME})[0] == 404
    assert site.post("/my-links", {"email": NAME, "stamp": stamp})[0] == 422
    assert site.post(f"{path}/sign", {"name": "\0" + NAME, "email": ADDRESS * 3000})[0] in {413, 422}


def stored(house, site):
    """Every stored file by name, and every row as the database holds it; the keys that seal are no store."""
    folder = Path(house.environ["CAMPAIGN_INSTANCE"])
    files = [*folder.rglob("*"), *site.log.parent.rglob("*")]
    found = {
        str(path): path.read_bytes()
        for path in files
        if path.is_file() and path != site.log and "fonts" not in path.parts
    }
    for table in Base.metadata.sorted_tables:
        rows = db.session.execute(select(table)).all()
        found[f"table {table.name}"] = b"\n".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for row in rows
            for value in row
        )
    return found


@pytest.mark.feature(115)
def test_after_a_whole_journey_no_log_and_no_stored_file_holds_a_name_or_an_address(make, tools, house, site):
    living, office = site
    petition = make.open_petition()
    GIVEN_OUT.update(PERSONAL)
    whole_journey(living, office, petition, tools.links.stamp(now()))
    living.stop()
    assert leaks(PERSONAL, living.log.read_bytes()) == []
    db.session.rollback()
    found = stored(house, living)
    assert any("queue" in name for name in found)
    assert db.session.scalars(select(Letter)).first() is not None
    assert {name: told for name, content in found.items() if (told := leaks(PERSONAL, content))} == {}


@pytest.mark.parametrize("text", sorted(PERSONAL))
def test_the_search_finds_what_is_hidden_in_any_shape(text):
    for shape in disguises(text):
        assert leaks({text}, b"line before\n" + shape + b"\nline after")
    assert leaks({text}, b"\x00" + text.upper().encode("utf-16-le"))
    assert leaks({text}, base64.b64encode(b"To: " + text.encode() + b" and more"))
    assert leaks({text}, b"nothing of anybody") == []


def values_of_act(act):
    """What an act has put into the database, by table and column: all of new rows, and what it changed in others."""
    before = everything()
    act()
    found = defaultdict(set)
    for (table, key), row in everything().items():
        known = before.get((table, key), {})
        for column, value in row.items():
            if column not in known or known[column] != value:
                found[table, column].add(value)
    return found


def everything():
    db.session.commit()
    return {
        (table.name, tuple(row[column] for column in table.primary_key)): {
            column.name: _plain(row[column]) for column in table.columns
        }
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(select(table)).mappings()
    }


def _plain(value):
    return str(sorted(value.items())) if isinstance(value, dict) else str(value) if isinstance(value, list) else value


@pytest.mark.feature(116)
def test_nothing_in_the_database_is_equal_for_one_person_in_two_campaigns(make):
    """Whatever two rows of Leïla share in two campaigns, a stranger's row shares as well."""
    leila = make.signer(NAME, ADDRESS, visibility=Visibility.INITIALS, wants_updates=True)
    omar = make.signer("Omar Sharif", "omar@seapost.example", visibility=Visibility.INITIALS, wants_updates=True)
    here, there, elsewhere = make.open_petition(), make.open_petition(), make.open_petition()
    for petition in (here, there, elsewhere):
        make.confirmed_signature(petition)
        unveiling.switch_on(petition)

    def act(petition, person):
        make.confirmed_signature(petition, person)
        make.count(petition)

    first = values_of_act(lambda: act(here, leila))
    second = values_of_act(lambda: act(there, leila))
    stranger = values_of_act(lambda: act(elsewhere, omar))
    shared = {place: first[place] & second[place] - stranger[place] for place in first}
    assert {place: values for place, values in shared.items() if values} == {}
    anywhere = [{v for values in found.values() for v in values if _is_long(v)} for found in (first, second, stranger)]
    assert anywhere[0] & anywhere[1] - anywhere[2] == set()
    assert sum(len(values) for values in first.values()) > 20, "the act left its traces"


def _is_long(value):
    return isinstance(value, bytes | memoryview | str) and len(value) >= 16


@pytest.mark.feature(116)
def test_the_same_person_is_found_twice_within_a_campaign_so_the_search_above_can_find_one(make):
    campaign = make.campaign()
    leila = make.signer(NAME, ADDRESS)
    one, two = (make.open_petition(campaign=campaign) for _ in range(2))
    first = values_of_act(lambda: make.confirmed_signature(one, leila))
    second = values_of_act(lambda: make.confirmed_signature(two, leila))
    for column in ("person_key", "person_name_key"):
        keys = first["signature", column] | second["signature", column]
        assert len(keys - {None}) == 1


@pytest.mark.feature(115)
def test_after_two_days_no_row_says_at_what_time_or_from_which_network_somebody_signed(make):
    petition = make.open_petition()
    signature = make.confirmed_signature(petition)
    make.withdraw(make.confirmed_signature(petition), at=NOON + timedelta(minutes=1))
    signature.network_key = b"n" * 32
    db.session.commit()
    at = NOON + timedelta(hours=49)
    with unit_of_work():
        while forgetting.cut_times(at=at):
            pass
        forgetting.forget_networks(at=at)
    for row in db.session.scalars(select(Signature)):
        for moment in (row.created_at, row.confirmed_at, row.ended_at):
            assert moment is None or (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
        assert row.network_key is None


@pytest.mark.feature(115)
def test_letters_tokens_and_the_pages_behind_them_never_say_for_whom(make, client, post_office):
    prisoner = make.prisoner("firdavs-r", native="Фирдавс Раҳимзода", publish_name=Answer.YES)
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner], title=f"Free {PRISONER} Rahimzoda"))
    row = make.pending_signature(petition, make.signer(NAME, ADDRESS))
    worker.send_letters()
    client.post("/my-links", data={"email": ADDRESS, "stamp": make.links.stamp(now())})
    worker.send_letters()
    said = [str(letter) + "".join(part.get_content() for part in letter.walk() if part.get_content_maintype() == "text")
            for letter in post_office.letters]  # fmt: skip
    token = make.token(Purpose.CONFIRM, row)
    said += [client.get(f"/confirm/{token}").text, client.get(f"/signature/{make.token(Purpose.SIGNATURE, row)}").text]
    said.append(base64.urlsafe_b64decode(token + "==").decode("latin-1"))
    assert len(said) == 5
    assert PRISONER in client.get(f"/petitions/{petition.slug}").text, "where it may be said, it is"
    for text in said:
        assert leaks({PRISONER, "Rahimzoda", "Раҳимзода", petition.slug, petition.text.title}, text.encode()) == []


@pytest.mark.feature(115)
def test_a_reader_of_a_case_or_a_letter_can_leave_quickly(make, client):
    petition = make.counted_petition(1)
    with unit_of_work():
        unveiling.switch_on(petition)
    names_looked_at(petition)
    for path in (
        f"/campaigns/{petition.campaign.slug}",
        f"/petitions/{petition.slug}",
        f"/petitions/{petition.slug}/names",
    ):
        page = read(client.get(path).text)
        (exit_,) = [tag for tag in page.all("a") if tag.attrs.get("class") == "exit"]
        assert exit_.attrs["rel"] == "noreferrer nofollow"
        assert page.tags.index(exit_) < page.tags.index(page.all("main")[0]), "it comes before everything else"


@pytest.fixture
def public_node(house, app, tmp_path):
    """A node that only serves the public, holds no private key, and is reached as an onion service too."""
    settings = replace(
        house.settings,
        roles=frozenset({"public"}),
        mail_private_keys=(),
        names_private_keys=(),
        onion_url="http://exampleonion.onion",
        queue_url=f"sqlite:///{tmp_path / 'queue.sqlite'}",
    )
    node = create_app(settings)
    node.testing = True
    node.test_client_class = InspectedClient
    yield node
    with node.app_context():
        db.engine.dispose()


@pytest.mark.feature(115)
def test_the_public_is_told_the_onion_address_of_each_page_without_what_it_asked_for(public_node, make):
    petition = make.open_petition()
    answer = public_node.test_client().get(f"/petitions/{petition.slug}?from=a-friend")
    assert answer.headers["Onion-Location"] == f"http://exampleonion.onion/petitions/{petition.slug}"


@pytest.mark.feature(35, 115)
def test_a_public_node_without_a_private_key_runs_the_whole_public_site(public_node, make):
    petition = make.counted_petition(1)
    make.confirmed_signature(petition, make.signer("Ana Amrani", visibility=Visibility.PUBLIC))
    make.count(petition)
    with unit_of_work():
        unveiling.switch_on(petition)
    names_looked_at(petition)
    client, path = public_node.test_client(), f"/petitions/{petition.slug}"
    assert public_node.extensions["collaborators"].names_opener.key_ids == set()
    pages = ["/", f"/campaigns/{petition.campaign.slug}", path, f"{path}.json", f"{path}/count.json", f"{path}/names"]
    pages += [
        "/privacy",
        "/operator",
        "/my-links",
        "/readyz",
        "/healthz",
        "/robots.txt",
        "/sitemap.xml",
        "/.well-known/security.txt",
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert "holds neither of them" in client.get("/privacy").text
    assert sign(client, petition.slug, email=ADDRESS, name=NAME).status_code == 303
    row = db.session.scalars(select(Signature).order_by(Signature.id.desc())).first()
    stamp = make.links.stamp(now())
    assert client.post(f"/confirm/{make.token(Purpose.CONFIRM, row)}", data={"stamp": stamp}).status_code == 303
    own = f"/signature/{make.token(Purpose.SIGNATURE, row)}"
    assert NAME not in client.get(own).text
    raised = {"visibility": "public", "name": NAME, "stamp": stamp}
    assert client.post(own, data=raised).status_code == 303
    assert client.post("/my-links", data={"email": ADDRESS, "stamp": stamp}).status_code == 303
    make.count(petition)
    assert petition.signature_count == 3
    assert client.post(f"{own}/withdraw", data={"stamp": stamp}).status_code == 303
    make.count(petition)
    assert showing.petition(petition.slug).signature_count == 2


@pytest.mark.feature(115)
@pytest.mark.parametrize("room", ["/staff", "/account", "/workspace"])
def test_a_public_node_does_not_even_have_the_rooms_of_staff(public_node, room):
    client = public_node.test_client()
    known = {str(rule) for rule in public_node.url_map.iter_rules() if str(rule).startswith(room)}
    assert known == set()
    for path in (room, f"{room}/", f"{room}/login", f"{room}/packets"):
        memory().forget()
        assert client.get(path).status_code == 404
        assert "Set-Cookie" not in client.get(path).headers
