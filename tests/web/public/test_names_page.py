import pytest

from campaign.database import db, unit_of_work
from campaign.domain.signatures import unveiling, vetting, withdrawing
from campaign.models.campaign import State
from campaign.models.signature import RemovalReason, ShownName, Visibility
from campaign.models.site import ListEntry, ListName
from campaign.web.remembering import memory
from tests.make import NOON
from tests.suspects import names_looked_at


@pytest.fixture
def petition(make):
    petition = make.open_petition()
    for name, choice in (
        ("Ana Amrani", Visibility.PUBLIC),
        ("Omar Benali", Visibility.INITIALS),
        ("Tarek Chebbi", Visibility.ADDRESSEE),
        ("Zoe Daoud", Visibility.COUNTED),
    ):
        make.confirmed_signature(petition, make.signer(name, visibility=choice))
    make.count(petition)
    return petition


def switched_on(petition):
    with unit_of_work():
        unveiling.switch_on(petition)
    names_looked_at(petition)


def page(client, petition):
    memory().forget()
    return client.get(f"/petitions/{petition.slug}/names")


def row_named(petition, number):
    return vetting.find(petition, vetting.Asked(number=number), seal=None)[0]


@pytest.mark.feature(34)
def test_there_is_no_page_of_names_until_staff_switch_it_on_and_none_once_they_switch_it_off(client, petition):
    assert page(client, petition).status_code == 404
    switched_on(petition)
    assert page(client, petition).status_code == 200
    with unit_of_work():
        unveiling.switch_off(petition)
    assert page(client, petition).status_code == 404


@pytest.mark.feature(34, 35, 104)
def test_the_page_shows_each_as_they_chose_and_of_the_others_nothing(client, petition):
    switched_on(petition)
    told = page(client, petition).text
    assert "<bdi>Ana Amrani</bdi>" in told
    assert "<bdi>O. B.</bdi>" in told
    for hidden in ("Omar", "Benali", "Tarek", "Chebbi", "T. C.", "Zoe", "Daoud", "Z. D."):
        assert hidden not in told
    assert told.index("O. B.") < told.index("Ana Amrani"), "the latest first"


def test_no_search_engine_and_no_cache_keeps_the_page_and_nothing_on_it_searches(client, petition):
    switched_on(petition)
    answer = page(client, petition)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert 'name="robots" content="noindex' in answer.text
    assert 'type="search"' not in answer.text
    assert f"{petition.slug}/names" not in client.get("/sitemap.xml").text
    assert 'class="exit"' in answer.text


@pytest.mark.feature(36)
def test_whoever_withdraws_or_shows_less_is_gone_from_the_page(client, make, petition):
    switched_on(petition)
    make.withdraw(row_named(petition, 1))
    assert "Ana" not in page(client, petition).text
    with unit_of_work():
        withdrawing.change_visibility(make.claim(row_named(petition, 2)), Visibility.ADDRESSEE, seal=make.seal)
    assert "O. B." not in page(client, petition).text
    assert db.session.scalars(db.select(ShownName)).all() == []


def test_initials_stand_without_their_country_where_few_signed(client, make, petition):
    switched_on(petition)
    told = page(client, petition).text
    assert told.count("Other countries") == 1
    assert told.count("France") == 1, "who gave the full name chose the country beside it"


def test_nobody_of_a_country_where_signing_is_dangerous_is_on_the_page(client, petition):
    switched_on(petition)
    with unit_of_work():
        db.session.add(ListEntry(name=ListName.HIGH_RISK_COUNTRY, value="FR", added_at=NOON))
    told = page(client, petition).text
    assert "Ana" not in told
    assert "Nobody is shown at the moment" in told


def test_the_names_of_a_petition_that_was_taken_down_are_not_there(client, petition):
    switched_on(petition)
    with unit_of_work():
        petition.state = State.TAKEN_DOWN
    assert page(client, petition).status_code == 404


def test_the_petition_leads_to_the_page_and_its_form_says_so_only_while_it_is_on(client, make, petition):
    path = f"/petitions/{petition.slug}"
    off = client.get(path).text
    assert f'href="{path}/names"' not in off
    assert "if it ever lists signers" in off
    switched_on(petition)
    memory().forget()
    on = client.get(path).text
    assert f'href="{path}/names"' in on
    assert "on the public page of names" in on
    own = client.get(f"/signature/{make.token(2, row_named(petition, 1))}").text
    assert "yours may stand there" in own


def test_what_was_removed_is_said_on_the_page_and_in_the_figures(client, make, petition):
    path = f"/petitions/{petition.slug}"
    assert "after review" not in client.get(path).text
    with unit_of_work():
        vetting.remove(row_named(petition, 1), RemovalReason.ROBOT, at=NOON)
        vetting.remove(row_named(petition, 2), RemovalReason.ROBOT, at=NOON)
        vetting.remove(row_named(petition, 3), RemovalReason.INSULT, at=NOON)
    make.count(petition)
    memory().forget()
    told = " ".join(client.get(path).text.split())
    assert "3 confirmed signatures were taken out of the count after review: made by a program 2; an insult 1." in told
    removed = client.get(f"{path}.json").json["data"]["attributes"]["removed_after_review"]
    assert removed == {
        "signature_count": 3,
        "reasons": [{"reason": "robot", "signature_count": 2}, {"reason": "insult", "signature_count": 1}],
    }
