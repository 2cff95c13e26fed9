"""Questions that the form puts once: is the address right, is somebody a child, are these the words you read."""

import pytest

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain.links import Purpose
from campaign.models.petition import PetitionText
from campaign.models.signature import Visibility
from campaign.models.site import ListName
from campaign.web.public.memory import memory
from tests.inspector import read
from tests.web.filling import field as field_of
from tests.web.filling import leila, sign, typed
from tests.web.ruling import put_on, rows


@pytest.fixture
def petition(make):
    return make.open_petition()


@pytest.mark.feature(33)
def test_a_probable_slip_in_the_address_is_asked_about_once_and_never_corrected(client, make, petition):
    asked = sign(client, petition.slug, email="leila@gmial.com")
    assert asked.status_code == 422
    assert "Did you mean …@gmail.com?" in asked.text
    assert typed(asked) == leila(email="leila@gmial.com")
    assert field_of(read(asked.text), "email_sure").attrs["type"] == "checkbox"
    assert sign(client, petition.slug, email="leila@gmial.com", email_sure="y").status_code == 303
    [row] = rows()
    assert make.addresses.open(row.email_box, row.public_id) == "leila@gmial.com"


def test_an_address_that_nobody_doubts_has_no_second_tick(client, petition):
    assert 'name="email_sure"' not in client.get(f"/petitions/{petition.slug}").text


def test_staff_may_allow_a_domain_that_looks_like_a_slip(client, make, petition):
    put_on(make, ListName.ALLOWED_DOMAIN, "gmial.com")
    assert sign(client, petition.slug, email="leila@gmial.com").status_code == 303


def test_who_is_under_sixteen_is_counted_and_no_name_is_kept(client, make, petition):
    assert sign(client, petition.slug, young="y", visibility="counted").status_code == 303
    [row] = rows()
    assert row.stays_counted
    assert make.names.open(row.name_box, row.public_id) == ""


@pytest.mark.parametrize("visibility", ["addressee", "initials", "public"])
def test_nobody_under_sixteen_is_on_any_list(client, petition, visibility):
    answer = sign(client, petition.slug, young="y", visibility=visibility)
    assert answer.status_code == 422
    assert "Under 16 you are counted and never shown" in answer.text
    assert typed(answer) == leila(young="y", visibility=visibility)
    assert rows() == []


def test_nobody_under_sixteen_is_sent_news(client, petition):
    answer = sign(client, petition.slug, young="y", visibility="counted", updates="y")
    assert answer.status_code == 422
    assert "Under 16 we send no news" in answer.text


def test_somebody_young_who_asks_for_both_is_told_of_both_at_once(client, petition):
    answer = sign(client, petition.slug, young="y", visibility="public", updates="y")
    assert answer.status_code == 422
    assert "Under 16 you are counted and never shown" in answer.text
    assert "Under 16 we send no news" in answer.text


def test_who_signed_as_a_child_is_not_put_on_a_list_by_the_link_either(client, make, petition):
    sign(client, petition.slug, young="y", visibility="counted")
    [row] = rows()
    make.confirm(row, at=now())
    link = f"/signature/{make.token(Purpose.SIGNATURE, row)}"
    answer = client.post(link, data={"visibility": "public", "name": "Leïla Benhaddou"})
    assert answer.status_code == 409
    assert "counted and never shown" in answer.text
    assert rows()[0].visibility is Visibility.COUNTED


def test_a_child_and_a_parent_may_share_an_address(client, make, petition):
    sign(client, petition.slug)
    sign(client, petition.slug, name="Nour Benhaddou", young="y", visibility="counted")
    for row in rows():
        make.confirm(row, at=now())
    make.count(petition)
    assert petition.signature_count == 2


def test_the_form_says_which_words_it_showed(client, petition):
    page = read(client.get(f"/petitions/{petition.slug}").text)
    assert field_of(page, "words").attrs["value"] == str(petition.text.id)
    assert sign(client, petition.slug, words=str(petition.text.id)).status_code == 303


@pytest.mark.parametrize("shown", ["0", "x", "1\0", "-1", "99999999999999999999"])
def test_nobody_signs_words_that_were_changed_meanwhile(client, petition, shown):
    answer = sign(client, petition.slug, words=shown)
    assert answer.status_code == 422
    assert "The letter was changed while you had it open" in answer.text
    assert typed(answer) == leila()
    assert rows() == []
    assert field_of(read(answer.text), "words").attrs["value"] == str(petition.text.id)


def test_a_form_of_yesterdays_words_is_shown_todays(client, petition):
    old = field_of(read(client.get(f"/petitions/{petition.slug}").text), "words").attrs["value"]
    with unit_of_work():
        known = petition.text
        new = {c.name: getattr(known, c.name) for c in PetitionText.__table__.columns if c.name != "id"}
        db.session.add(PetitionText(**new | {"version": 2, "closing": "With hope,"}))
    memory().forget()
    answer = sign(client, petition.slug, words=old)
    assert answer.status_code == 422
    assert "With hope," in answer.text


def test_a_name_that_seems_typed_in_zawgyi_is_read_as_unicode_and_kept_so_by_a_tick(client, make, petition):
    zawgyi, unicode = "မင္းကိုႏိုင္", "မင်းကိုနိုင်"  # its marks, taken for Unicode, would be refused
    asked = sign(client, petition.slug, name=zawgyi)
    assert asked.status_code == 422
    assert f"In Unicode it is {unicode}." in asked.text
    assert typed(asked) == leila(name=zawgyi)
    assert {field_of(read(asked.text), name).attrs["type"] for name in ("name_meant", "name_sure")} == {"checkbox"}
    assert sign(client, petition.slug, name=zawgyi, name_meant="y").status_code == 303
    [row] = rows()
    assert make.names.open(row.name_box, row.public_id) == unicode
    assert sign(client, petition.slug, name=unicode).status_code == 303  # the same in Unicode is not asked about


def test_who_says_that_a_name_is_right_as_typed_is_believed(client, make, petition):
    zawgyi = "ေအာင္ဆန္း"
    assert sign(client, petition.slug, name=zawgyi, name_sure="y").status_code == 303
    [row] = rows()
    assert make.names.open(row.name_box, row.public_id) == zawgyi


def test_a_name_signed_as_unicode_is_known_again_from_the_same_zawgyi(client, make, petition):
    zawgyi = "မင္းကိုႏိုင္"
    sign(client, petition.slug, name=zawgyi, name_meant="y")
    [row] = rows()
    make.confirm(row, at=now())
    link = f"/signature/{make.token(Purpose.SIGNATURE, row)}"
    assert client.post(link, data={"visibility": "public", "name": zawgyi}).status_code == 303
    assert rows()[0].visibility is Visibility.PUBLIC
