"""Arabic, Persian and Hebrew in every field: the inspector refuses any page on which such words have no direction."""

import pytest

from campaign.database import db
from campaign.models.campaign import Campaign
from campaign.models.prisoner import Fact, Prisoner, PrisonerName
from campaign.models.team import Team
from tests.inspector import page_faults
from tests.web.campaigners.test_the_queue import approved, queued
from tests.web.campaigners.writing import begun, saved
from tests.web.staff.people import draft as packet_draft

PERSIAN, ARABIC, HEBREW = "نامه‌ای برای یک وکیل", "رسالة من أجل محامٍ", "מכתב למען עורך דין"
OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
STEPS = {
    "case": {
        "people-0-name": ARABIC, "people-0-native": PERSIAN, "people-0-native_lang": "fa",
        "people-0-variants": HEBREW, "people-0-role": ARABIC, "people-0-status": "detained", "people-0-as_of": "2017",
        **{f"people-0-facts-{n}-{key}": value for n in (0, 1, 2) for key, value in {
            "topic": "arrest", "value": f"{PERSIAN} {n}", "happened": "2016", "as_of": "2017", "source": ARABIC,
            "publisher": HEBREW, "url": "https://news.example/a", "point": HEBREW if n else ""}.items()},
    },
    "campaign": {"title": ARABIC, "slug": "a-lawyer", "country": "IR", "summary": PERSIAN,
                 "body": f"## {HEBREW}\n\n{PERSIAN}\n\n> {ARABIC}\n\n- {HEBREW}"},
    "letter": {"letter_title": PERSIAN, "letter_slug": "a-letter", "occasion": ARABIC, "salutation": HEBREW,
               "text": f"{PERSIAN}\n\n{ARABIC}", "asks_lead": HEBREW, "asks-0-text": ARABIC, "asks-0-to": PERSIAN,
               "closing": HEBREW, "addressees": "sg"},
    "safety": {"basis": "yes", "given_by": ARABIC, "channel": PERSIAN, "proof": HEBREW, "risk": ARABIC},
}  # fmt: skip


@pytest.fixture
def petition(make, leila, nora):
    make.addressee()
    path = begun(leila)
    for step, form in STEPS.items():
        assert saved(leila, path, step, **form).status_code == 303
        assert leila.get(f"{path}/{step}").status_code == 200
    for page in ("campaign", "letter"):
        assert leila.get(f"{path}/preview/{page}").status_code == 200, page
        assert leila.get(f"{path}/look/{page}/phone").status_code == 200, page
    leila.get(f"{path}/send")
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    for page in ("/staff/queue", queued(path)):
        nora.get(page)
    assert approved(nora, path).status_code == 303
    nora.get(queued(path))
    return db.session.scalars(db.select(Campaign)).one().petitions[0]


def test_words_from_right_to_left_disturb_no_page(petition, leila, nora, client):
    person, fact = db.session.scalars(db.select(Prisoner)).one(), db.session.scalars(db.select(Fact)).first()
    name = db.session.scalars(db.select(PrisonerName)).first()
    for path in ("/", "/?q=a", "/campaigns/a-lawyer", "/campaigns/a-lawyer/report", "/campaigns/a-lawyer/corrections",
                 "/petitions/a-letter", "/petitions/a-letter/check-your-inbox", "/petitions/a-letter/thank-you",
                 "/petitions/a-letter/embed", "/fr/petitions/a-letter", "/feed.atom"):  # fmt: skip
        assert client.get(path).status_code in {200, 404}, path
    nora.send(f"/staff/prisoners/{person.slug}/consent", f"/staff/prisoners/{person.slug}",
              question="health", answer="yes", given_by=ARABIC, channel=PERSIAN, proof=HEBREW)  # fmt: skip
    record = f"/staff/prisoners/{person.slug}"
    reference = packet_draft(nora, petition)
    for path in ("/staff", "/staff/queue?due=decided", "/staff/petitions", "/staff/petitions/a-letter",
                 "/staff/prisoners", record, f"{record}/edit", f"{record}/status", f"{record}/facts/{fact.id}",
                 f"{record}/names/{name.id}", "/staff/journal", "/staff/packets/new", f"/staff/packets/{reference}",
                 "/staff/communications/new", "/staff/campaigns/a-lawyer/reports", "/staff/reports"):  # fmt: skip
        assert nora.get(path).status_code in {200, 404}, path
    team = db.session.scalars(db.select(Team)).one()
    for path in ("/workspace", "/workspace/campaigns/a-lawyer", f"/workspace/teams/{team.id}"):
        assert leila.get(path).status_code == 200, path


def test_signs_that_turn_the_direction_are_taken_out_of_what_campaigners_and_staff_write(leila, nora, make):
    make.addressee()
    path = begun(leila)
    words = {key: value + OVERRIDES for key, value in STEPS["case"].items() if value in {PERSIAN, ARABIC, HEBREW}}
    assert len(words) > 8
    assert saved(leila, path, "case", **words).status_code == 303
    assert not set(OVERRIDES) & set(leila.get(f"{path}/case").text)
    record = {"name": "Zarina Davlatova", "role": f"law{OVERRIDES}yer", "country": "TJ", "status": "detained"}
    record |= {"as_of": "2017", "note": OVERRIDES + PERSIAN, "name_order": "given-first"}
    assert nora.send("/staff/prisoners/new", "/staff/prisoners/new", **record).status_code == 303
    row = db.session.scalars(db.select(Prisoner)).one()
    assert row.role == "lawyer"
    assert row.status_note == PERSIAN, "the sign that parts letters of one word in Persian stays"
    nora.send("/account/name", "/account/", name=f"No{OVERRIDES}ra", title="")
    assert nora.account.name == "Nora"


def test_the_inspector_sees_words_that_nothing_sets_apart():
    page = '<html lang="en" dir="ltr"><head><title>{0}</title></head><body><main><h1>{1}</h1></main></body></html>'
    assert page_faults(page.format(ARABIC, f"<bdi>{ARABIC}</bdi>")) == []
    assert len(page_faults(page.format("A page", ARABIC))) == 1
