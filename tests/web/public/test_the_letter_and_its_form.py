import pytest
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.models.campaign import State
from campaign.models.letter import Letter
from campaign.models.petition import Petition
from campaign.models.signature import Signature, Visibility
from campaign.web.public.memory import memory
from tests.inspector import read
from tests.make import NOON
from tests.web.filling import field, leila, sign, stamp_of, typed


@pytest.fixture
def petition(make):
    return make.open_petition()


def signatures():
    return list(db.session.scalars(select(Signature)))


def test_the_page_is_the_letter_with_the_form_at_its_foot(client, petition):
    page = client.get(f"/petitions/{petition.slug}").text
    order = ["the Secretary-General", "Excellency,", "We ask you", "Call for their release.", "Respectfully,", "<form"]
    places = [page.index(part) for part in order]
    assert places == sorted(places)


def test_nothing_is_chosen_in_advance(client, petition):
    page = read(client.get(f"/petitions/{petition.slug}").text)
    assert [t for t in page.tags if "checked" in t.attrs or "selected" in t.attrs] == []
    choices = [t.attrs["value"] for t in page.all("input") if t.attrs.get("name") == "visibility"]
    assert choices[0] == "counted"


@pytest.mark.feature(19, 20)
def test_somebody_signs_without_an_account_a_cookie_or_a_script(client, petition):
    answer = sign(client, petition.slug)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/petitions/{petition.slug}/check-your-inbox"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert [s.visibility for s in signatures()] == [Visibility.ADDRESSEE]
    assert db.session.scalars(select(Letter.kind)).all() == ["confirm-signature"]


@pytest.mark.feature(21)
@pytest.mark.parametrize("name", ["陈思远", "김", "Suharto", "அ. கவிதா", "نور", "O’Brien-Şahin"])
def test_a_name_is_signed_as_it_is_written(client, make, petition, name):
    assert sign(client, petition.slug, name=name).status_code == 303
    [row] = signatures()
    assert make.names.open(row.name_box, row.public_id) == name


@pytest.mark.feature(27)
def test_signing_twice_is_answered_like_signing_once(client, make, petition):
    first = sign(client, petition.slug)
    make.confirm(signatures()[0], at=now())
    again = sign(client, petition.slug)
    assert (again.status_code, again.headers["Location"]) == (first.status_code, first.headers["Location"])
    assert client.get(again.headers["Location"]).data == client.get(first.headers["Location"]).data


def test_who_is_only_counted_may_leave_the_name_empty(client, petition):
    assert sign(client, petition.slug, name="", visibility="counted").status_code == 303
    assert [s.has_name for s in signatures()] == [False]


@pytest.mark.parametrize("visibility", ["addressee", "initials", "public"])
def test_who_is_shown_to_anybody_gives_a_name(client, petition, visibility):
    answer = sign(client, petition.slug, name=" ", visibility=visibility)
    assert answer.status_code == 422
    assert "Please write your name" in answer.text


WRONG = {
    "name": ("Rustam www.example.org", "web address"),
    "email": ("rustam@", "not a whole address"),
    "country": ("XX", "Choose the country"),
    "visibility": ("everybody", "Choose one of the four"),
    "consent": (None, "Tick this box if you agree"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_field_is_answered_beside_it_and_listed_on_top(client, petition, name):
    value, sentence = WRONG[name]
    answer = sign(client, petition.slug, **{name: value})
    page = read(answer.text)
    assert answer.status_code == 422
    assert sentence in next(t.text for t in page.tags if t.attrs.get("id") == f"e-{name}")
    assert sentence in next(t.text for t in page.tags if t.attrs.get("class") == "errors")
    assert [t for t in page.all("a") if t.attrs.get("href") == f"#f-{name}"]
    if name != "visibility":
        assert field(page, name).attrs["aria-invalid"] == "true"
        assert f"e-{name}" in field(page, name).attrs["aria-describedby"]
    assert signatures() == []


def test_everything_that_was_typed_is_kept(client, petition):
    wrote = leila(name="<b>Leïla</b>", email='le"ila@', updates="y", consent=None)
    answer = sign(client, petition.slug, **wrote, consent=None)
    assert answer.status_code == 422
    assert typed(answer) == wrote
    assert "<b>" not in answer.text


def test_news_and_silence_contradict_each_other(client, petition):
    answer = sign(client, petition.slug, updates="y", silent="y")
    assert answer.status_code == 422
    assert "Only one of the two can be true" in answer.text


def test_who_may_be_in_danger_is_warned_once_and_then_believed(client, petition):
    chosen = {"country": "TJ", "visibility": "initials"}
    warned = sign(client, petition.slug, **chosen)
    assert warned.status_code == 422
    assert "People in Tajikistan may be at risk" in warned.text
    assert typed(warned) == leila(**chosen)
    assert field(read(warned.text), "sure").attrs["type"] == "checkbox"
    assert sign(client, petition.slug, **chosen, sure="y").status_code == 303


def test_nobody_is_warned_who_is_only_counted(client, petition):
    page = client.get(f"/petitions/{petition.slug}")
    assert 'name="sure"' not in page.text
    assert sign(client, petition.slug, country="TJ", visibility="counted").status_code == 303


@pytest.mark.parametrize("address", ["leila@exämple.org", "liu@例子.广告", "o'brien+un@post.example"])
def test_the_domain_of_an_address_may_be_written_in_any_script(client, petition, address):
    assert sign(client, petition.slug, email=address).status_code == 303


@pytest.mark.parametrize("address", ["a@b.example\nBcc: c@d.example", "a\0@b.example", "a@b", "@", "a b@c.example"])
def test_an_address_that_could_write_headers_is_refused(client, petition, address):
    assert sign(client, petition.slug, email=address).status_code == 422


@pytest.mark.parametrize("stamp", ["", "2026010100.0000", "\0", "ü", "9999999999." + "0" * 32])
def test_a_form_that_this_site_did_not_serve_keeps_what_was_typed(client, petition, stamp):
    answer = client.post(f"/petitions/{petition.slug}/sign", data=leila() | {"stamp": stamp})
    assert answer.status_code == 422
    assert typed(answer) == leila()
    again = client.post(f"/petitions/{petition.slug}/sign", data=leila() | {"stamp": stamp_of(answer)})
    assert again.status_code == 303


def test_a_field_sent_twice_is_refused(client, petition):
    answer = client.post(f"/petitions/{petition.slug}/sign", data={"country": ["FR", "TJ"]})
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["name", "email", "country", "visibility", "consent"])
def test_nul_in_any_field_is_a_form_to_correct(client, petition, name):
    assert sign(client, petition.slug, **{name: "a\0b"}).status_code == 422


def test_ten_megabytes_are_too_much_for_a_form(client, petition):
    answer = client.post(f"/petitions/{petition.slug}/sign", data={"name": "x" * 10_000_000})
    assert answer.status_code == 413


def test_a_form_sent_from_another_site_is_refused(client, petition):
    path = f"/petitions/{petition.slug}/sign"
    assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_a_closed_petition_shows_no_form_and_takes_none(client, make):
    petition = make.petition(state=State.CLOSED)
    page = client.get(f"/petitions/{petition.slug}")
    assert page.status_code == 200
    assert "<form" not in page.text
    assert client.post(f"/petitions/{petition.slug}/sign", data=leila()).status_code == 409


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.REJECTED, State.TAKEN_DOWN])
def test_what_is_not_published_is_nowhere(client, make, state):
    petition = make.petition(state=state)
    for path in ("", ".json", "/count.json", "/thank-you", "/check-your-inbox"):
        assert client.get(f"/petitions/{petition.slug}{path}").status_code == 404


@pytest.mark.parametrize("slug", ["none", "a%00b", "..%2f..%2fetc", "%F0%9F%98%80", "A" * 5000])
def test_an_unknown_address_says_what_to_do(client, slug):
    answer = client.get(f"/petitions/{slug}")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text or "%2f" in slug


def test_a_taken_down_petition_is_gone_when_the_second_is_over(client, make, petition):
    assert client.get(f"/petitions/{petition.slug}").status_code == 200
    with unit_of_work():
        db.session.get_one(Petition, petition.id).state = State.TAKEN_DOWN
    memory().forget()
    assert client.get(f"/petitions/{petition.slug}").status_code == 404


def test_a_paused_letter_is_not_called_closed(client, make):
    page = client.get(f"/petitions/{make.petition(state=State.PAUSED).slug}").text
    assert "Signing is paused" in page
    assert "This letter is closed" not in page


def test_where_names_are_deleted_nobody_is_told_to_ask_for_a_link(client, make):
    petition = make.petition(state=State.CLOSED)
    petition.closed_at = NOON
    db.session.commit()
    assert "ask for your link" in client.get(f"/petitions/{petition.slug}").text
    petition.purge_begun_at = petition.purged_at = NOON
    db.session.commit()
    memory().forget()
    assert "ask for your link" not in client.get(f"/petitions/{petition.slug}").text
