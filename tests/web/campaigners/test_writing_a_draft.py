import pytest

from campaign.database import db
from campaign.domain.cases import proposal
from campaign.models.campaign import Campaign
from campaign.models.draft import DraftState
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner
from tests.inspector import read
from tests.web.campaigners.writing import CAMPAIGN, PEOPLE, begun, draft, saved, submitted, token_on, written


@pytest.fixture(autouse=True)
def office(make):
    make.addressee()


def test_a_campaigner_takes_a_case_from_nothing_to_staff(leila):
    path = submitted(leila)
    kept = draft(path)
    assert kept.state is DraftState.SUBMITTED
    content = proposal.read(kept.content)
    assert content.people[0].native == "Зарина Давлатова"
    assert content.people[0].facts[0].url == "https://news.example/letter"
    assert content.letter.paragraphs == ["She did her work.", "She was imprisoned for it."]
    assert "With staff" in leila.get("/workspace").text


@pytest.mark.feature(9)
def test_nothing_of_a_draft_is_public(leila, client):
    submitted(leila)
    assert "Davlatova" not in client.get("/").text
    assert "Davlatova" not in client.get("/?q=Davlatova").text.replace('value="Davlatova"', "").replace(
        "“Davlatova”", ""
    )
    assert client.get("/campaigns/zarina-davlatova").status_code == 404
    assert db.session.query(Campaign).count() == db.session.query(Prisoner).count() == 0


def test_what_is_typed_is_saved_however_little(leila):
    path = begun(leila)
    assert (
        saved(leila, path, "campaign", title="Only a title", country="", summary="", body="", slug="").status_code
        == 303
    )
    assert "Only a title" in leila.get(f"{path}/campaign").text


def test_what_can_never_be_kept_is_refused_with_everything_still_in_the_form(leila):
    path = begun(leila)
    answer = saved(leila, path, "case", **{"people-0-facts-0-happened": "the third of February"})
    assert answer.status_code == 422
    page = read(answer.text)
    typed = {t.attrs.get("name"): t.attrs.get("value") for t in page.all("input")}
    assert typed["people-0-facts-0-happened"] == "the third of February"
    assert typed["people-0-name"] == PEOPLE["people-0-name"]
    assert typed["people-0-facts-0-source"] == PEOPLE["people-0-facts-0-source"]
    assert any(t.attrs.get("href") == "#f-people-0-facts-0-happened" for t in page.all("a"))
    assert proposal.read(draft(path).content).people == ()


def test_two_windows_never_overwrite_each_other_unseen(leila):
    path = begun(leila)
    old = draft(path).version
    assert saved(leila, path, "campaign", title="The first window").status_code == 303
    form = {**CAMPAIGN, "title": "The second window"}
    answer = leila.send(f"{path}/campaign", f"{path}/campaign", version=str(old), **form)
    assert answer.status_code == 409
    assert "The second window" in answer.text
    assert draft(path).content["campaign"]["title"] == "The first window"


def test_a_draft_saves_itself_in_the_background(leila):
    path = begun(leila)
    token = token_on(leila.client, f"{path}/campaign")
    form = {**CAMPAIGN, "version": str(draft(path).version), "csrf_token": token}
    answer = leila.client.post(f"{path}/campaign", data=form, headers={"X-Saved-In-Background": "1"})
    assert answer.status_code == 200
    assert answer.json["version"] == draft(path).version == 2
    again = leila.client.post(f"{path}/campaign", data=form, headers={"X-Saved-In-Background": "1"})
    assert again.status_code == 409


@pytest.mark.parametrize("body", ["ខ្មែរ " * 3000, "متن فارسی‌نویس " * 1200])
def test_long_texts_in_any_script_are_kept(leila, body):
    path = begun(leila)
    assert saved(leila, path, "campaign", body=body, title="ក" * 200).status_code == 303
    content = proposal.read(draft(path).content)
    assert content.campaign.body == body.strip()
    assert content.campaign.title == "ក" * 200


def test_a_text_beyond_reason_is_refused_with_a_reason(leila):
    path = begun(leila)
    assert saved(leila, path, "campaign", title="ក" * 201).status_code == 422
    assert saved(leila, path, "campaign", body="a" * 20_001).status_code == 422
    assert saved(leila, path, "campaign", body="a" * 9_000_000).status_code == 413


def test_signs_that_turn_the_reading_direction_are_left_out(leila):
    path = begun(leila)
    assert saved(leila, path, "campaign", title="Free \u202eanirAZ\u202c now").status_code == 303
    assert proposal.read(draft(path).content).campaign.title == "Free anirAZ now"


def test_what_is_missing_is_named_before_a_draft_goes_to_staff(leila):
    path = begun(leila)
    saved(leila, path, "campaign")
    answer = leila.send(f"{path}/submit", f"{path}/send")
    assert answer.status_code == 422
    assert "Not sent" in answer.text
    assert f"{path}/safety?check=1#f-risk" in answer.text
    assert draft(path).state is DraftState.WRITING
    assert "This is needed" in leila.get(f"{path}/safety?check=1").text


@pytest.mark.feature(109)
def test_a_draft_without_a_ground_of_consent_or_a_note_on_risk_does_not_reach_staff(leila):
    path = written(leila)
    for lacking in ({"basis": "unknown"}, {"proof": ""}, {"risk": " "}, {"basis": "yes"}):
        saved(leila, path, "safety", **lacking)
        assert leila.send(f"{path}/submit", f"{path}/send").status_code == 422


def test_campaigners_see_only_their_own_drafts(leila, omar, nora):
    path = written(leila)
    for other in (omar, nora):
        for page in ("", "/case", "/campaign", "/letter", "/safety", "/send", "/preview/campaign", "/preview/letter"):
            assert other.get(path + page).status_code == 404, page
        for act in ("/case", "/campaign", "/submit", "/take-back", "/discard", "/people", "/add-person"):
            assert other.send(path + act, sure="y").status_code == 404, act
        assert "Davlatova" not in other.get("/workspace").text
    assert draft(path).state is DraftState.WRITING


def test_a_submitted_draft_rests_until_its_author_takes_it_back(leila):
    path = submitted(leila)
    answer = leila.send(f"{path}/campaign", f"{path}/send", version=str(draft(path).version), **CAMPAIGN)
    assert answer.status_code == 409
    assert leila.send(f"{path}/take-back", f"{path}/send").status_code == 303
    assert saved(leila, path, "campaign", title="Another title").status_code == 303


def test_discarding_deletes_every_word_and_asks_first(leila):
    path = written(leila)
    assert leila.send(f"{path}/discard", f"{path}/send").status_code == 422
    assert draft(path).content
    assert leila.send(f"{path}/discard", f"{path}/send", sure="y").status_code == 303
    assert draft(path).content == {}
    assert leila.get(path).status_code == 404


def test_the_preview_is_the_public_page_and_leaves_nothing_behind(leila):
    path = written(leila)
    page = leila.get(f"{path}/preview/campaign")
    assert page.status_code == 200
    assert "Зарина Давлатова" in page.text
    assert '<h2 dir="auto">Her work</h2>' in page.text
    assert "Open letter of June 2017" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    letter = leila.get(f"{path}/preview/letter")
    assert "She was imprisoned for it." in letter.text
    assert "form-action 'none'" in letter.headers["Content-Security-Policy"]
    db.session.rollback()
    for table in (Campaign, Petition, Prisoner):
        assert db.session.query(table).count() == 0


def test_half_a_draft_can_be_looked_at(leila):
    path = begun(leila)
    assert leila.get(f"{path}/preview/campaign").status_code == 200
    saved(leila, path, "letter", addressees="", text="Only the text")
    assert "Only the text" in leila.get(f"{path}/preview/letter").text


@pytest.mark.feature(13)
def test_a_person_who_is_there_already_is_suggested_under_any_spelling(leila, make):
    known = make.prisoner("zarina")
    known.names[0].text, known.names[0].key = "Zarina Davlatova", "zarina davlatava"
    make.campaign(prisoners=[known], title="She must be freed")
    path = begun(leila)
    saved(leila, path, "case", **{"people-0-name": "Zarina Dawlatowa", "people-0-native": "", "people-0-variants": ""})
    page = leila.get(f"{path}/case").text
    assert "Is person 1 the same?" in page
    assert "She must be freed" in page
    answer = leila.send(f"{path}/people", f"{path}/case", version=str(draft(path).version), n="0", slug="zarina")
    assert answer.status_code == 303
    assert proposal.read(draft(path).content).people[0].slug == "zarina"


@pytest.mark.feature(103)
def test_no_draft_is_begun_while_staff_have_stopped_that(leila, make):
    from campaign.database import unit_of_work
    from campaign.domain import switching
    from campaign.models.site import Switch

    db.session.rollback()
    with unit_of_work():
        switching.stop(Switch.CREATING, by="Nora", reason="a flood", at=make.now())
    assert leila.send("/workspace/drafts", "/workspace").status_code == 409
