"""One letter, several languages, one count."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from campaign.database import db, unit_of_work
from campaign.domain.cases import translating
from campaign.domain.cases.proposal import AskProposed, Content, LetterProposed, TitleProposed, TranslationProposed
from campaign.models.petition import Petition, PetitionText
from campaign.models.signature import Signature
from campaign.web import languages
from campaign.web.public.memory import memory
from tests.inspector import read
from tests.make import NOON
from tests.web.filling import field as field_of
from tests.web.filling import leila, sign, stamp_of, typed

PERSIAN = TranslationProposed(
    lang="fa",
    title="نامه‌ای برای وکیلان زندانی",
    occasion="در آستانهٔ یک دیدار",
    salutation="عالی‌جناب،",
    text="آنان کار خود را کردند.\n\nبه همین سبب زندانی شدند.",
    asks_lead="از شما می‌خواهیم",
    asks=(AskProposed("آزادی آنان را بخواهید.", "دبیرکل"),),
    closing="با احترام،",
    consent="می‌پذیرم که این سایت امضای مرا نگه دارد و آن را به {addressees} برساند.",
    titles=(TitleProposed("sg", "دبیرکل سازمان ملل متحد"), TitleProposed("wg", "گروه کاری")),
)
LETTER = LetterProposed(occasion="Now", asks=(AskProposed("Call for their release.", "him"),), addressees=("sg", "wg"))


def translated(petition, *translations, letter=LETTER):
    with unit_of_work():
        translating.reword(db.session.get_one(Petition, petition.id), letter, translations, at=NOON)
    memory().forget()


@pytest.fixture
def petition(make):
    make.addressee("wg", "the Working Group")
    petition = make.open_petition(addressees=("sg", "wg"))
    translated(petition, PERSIAN)
    return petition


def texts():
    return {text.lang: text for text in db.session.scalars(db.select(PetitionText).order_by(PetitionText.id))}


@pytest.mark.feature(91)
def test_a_letter_reads_from_right_to_left_in_a_page_that_does_not(petition, client):
    answer = client.get(f"/petitions/{petition.slug}/fa")
    page = read(answer.text)
    assert page.all("html")[0].attrs["lang"] == "en"
    (words,) = [t for t in page.all("div") if t.attrs.get("lang") == "fa"]
    assert words.attrs["dir"] == "rtl"
    assert "به همین سبب زندانی شدند." in words.text
    assert "آزادی آنان را بخواهید." in words.text
    assert answer.headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=20"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"/petitions/{petition.slug}/fa", headers=known).status_code == 304


@pytest.mark.feature(91)
def test_each_language_leads_to_the_others_and_search_engines_are_told(petition, client):
    path = f"/petitions/{petition.slug}"
    for address, current in ((path, "English"), (f"{path}/fa", "فارسی")):
        page = read(client.get(address).text)
        nav = next(t for t in page.all("nav") if t.attrs.get("class") == "tongues")
        assert "English" in nav.text
        assert "فارسی" in nav.text
        assert [t.text for t in page.all("span") if t.attrs.get("aria-current") == "true"] == [current]
        links = {t.attrs["hreflang"]: t.attrs["href"] for t in page.all("link") if "hreflang" in t.attrs}
        assert links["fa"].endswith(f"{path}/fa")
        assert links["en"] == links["x-default"]
        assert links["en"].endswith(path)
        canonical = next(t.attrs["href"] for t in page.all("link") if t.attrs.get("rel") == "canonical")
        assert canonical in links.values()
    assert client.get(f"{path}/de").status_code == 404
    translated(petition)
    assert 'class="tongues"' not in client.get(path).text


@pytest.mark.feature(91, 15)
def test_who_signs_a_translation_signs_its_words_and_its_consent_and_is_counted_with_all(petition, client, make):
    page = client.get(f"/petitions/{petition.slug}/fa")
    words = field_of(read(page.text), "words").attrs["value"]
    assert "می‌پذیرم که این سایت امضای مرا نگه دارد و آن را به دبیرکل سازمان ملل متحد و گروه کاری برساند." in page.text
    assert petition.text.consent in page.text, "the sentence of the first language stands below, whoever translated"
    form = {"stamp": stamp_of(page), "words": words} | leila()
    assert client.post(f"/petitions/{petition.slug}/sign", data=form).status_code == 303
    assert sign(client, petition.slug, email="omar@post.example", name="Omar").status_code == 303
    one, other = db.session.scalars(db.select(Signature).order_by(Signature.id)).all()
    assert (one.text_id, other.text_id) == (texts()["fa"].id, petition.text.id)
    make.confirm(one)
    make.count(petition)
    assert petition.signature_count == 1
    assert texts()["fa"].frozen_at is not None
    assert petition.text.frozen_at is None, "nobody has signed the English words yet"
    make.confirm(other)
    make.count(petition)
    assert petition.signature_count == 2
    assert petition.text.frozen_at is not None


@pytest.mark.feature(91, 15)
def test_a_form_with_words_that_changed_comes_back_in_its_language_with_all_that_was_typed(petition, client):
    page = client.get(f"/petitions/{petition.slug}/fa")
    form = {"stamp": stamp_of(page), "words": field_of(read(page.text), "words").attrs["value"]} | leila()
    translated(petition, replace(PERSIAN, closing="با سپاس،"))
    answer = client.post(f"/petitions/{petition.slug}/sign", data=form)
    assert answer.status_code == 422
    assert "The letter was changed while you had it open" in answer.text
    assert "با سپاس،" in answer.text
    assert typed(answer)["email"] == "leila@post.example"
    assert field_of(read(answer.text), "words").attrs["value"] == str(texts()["fa"].id)
    assert [t.version for t in db.session.scalars(db.select(PetitionText).where(PetitionText.lang == "fa"))] == [1, 2]


@pytest.mark.feature(91)
def test_a_language_that_is_not_offered_any_more_leads_to_the_letter_and_is_not_signed(petition, client):
    page = client.get(f"/petitions/{petition.slug}/fa")
    form = {"stamp": stamp_of(page), "words": field_of(read(page.text), "words").attrs["value"]} | leila()
    translated(petition)
    answer = client.get(f"/petitions/{petition.slug}/fa")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/petitions/{petition.slug}")
    assert client.post(f"/petitions/{petition.slug}/sign", data=form).status_code == 422
    assert db.session.scalar(db.select(Signature.id)) is None


@pytest.mark.feature(91)
def test_where_the_site_speaks_the_language_its_prefix_is_the_address(petition, client, monkeypatch):
    monkeypatch.setattr(languages, "LANGUAGES", ("en", "fa"))
    page = client.get(f"/fa/petitions/{petition.slug}").text
    assert "به همین سبب زندانی شدند." in page
    links = {t.attrs["hreflang"]: t.attrs["href"] for t in read(page).all("link") if "hreflang" in t.attrs}
    assert links["fa"].endswith(f"/fa/petitions/{petition.slug}")
    assert links["en"].endswith(f"/petitions/{petition.slug}")
    assert "/fa/" not in links["en"]


@pytest.mark.feature(91)
def test_no_query_more_is_asked_for_a_page_in_another_language(petition, client):
    asked, path = [], f"/petitions/{petition.slug}/fa"

    def note(*args):
        asked.append(args[2])

    client.get(path)
    event.listen(db.engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(db.engine, "before_cursor_execute", note)
    assert [each for each in asked if "SELECT" in each] == []


@pytest.mark.feature(91)
def test_a_translation_that_would_leave_an_addressee_out_has_no_consent_and_cannot_be_sent():
    short = replace(PERSIAN, titles=PERSIAN.titles[:1])
    with pytest.raises(ValueError, match="would not be named"):
        translating.consent_in(short, LETTER.addressees)
    without = replace(PERSIAN, consent="می‌پذیرم.")
    for each in (short, without):
        assert translating.missing(Content(letter=LETTER, translations=(each,)))
    assert translating.missing(Content(letter=LETTER, translations=(PERSIAN,))) == []
