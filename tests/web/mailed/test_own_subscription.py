import pytest
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db
from campaign.domain.links import Purpose
from campaign.models.petition import PetitionText
from campaign.models.supporter import Subscription, SubscriptionState

ADDRESS = "leila@post.example"


@pytest.fixture
def petition(make):
    return make.open_petition()


@pytest.fixture
def asked(make, petition):
    make.confirmed_signature(petition, make.signer("Leïla Benhaddou", ADDRESS, wants_updates=True), at=now())
    return db.session.scalars(select(Subscription)).one()


@pytest.fixture
def path(make, asked):
    return f"/subscription/{make.links.token(Purpose.SUBSCRIPTION, asked.public_id, asked.link_version)}"


@pytest.mark.feature(63, 68)
def test_everything_of_a_subscription_is_seen_without_an_account_and_nothing_out_of_a_box(client, path, petition):
    page = client.get(path).text
    for shown in (
        petition.campaign.title,
        "Write to me when there is news of this case",
        "version 1",
        "A demonstration",
    ):
        assert shown in page
    assert ADDRESS not in page
    told = client.get(f"{path}/everything.json").json
    assert (told["state"], told["sealed"]) == ("active", ["address"])


@pytest.mark.feature(63)
def test_one_button_stops_them_and_the_page_then_says_so(client, path, asked):
    assert client.post(f"{path}/stop").status_code == 303
    db.session.refresh(asked)
    assert (asked.state, asked.email_box) == (SubscriptionState.ENDED, None)
    page = client.get(path).text
    assert "No letter of news is sent to you any more" in page
    assert "/stop" not in page
    assert client.post(f"{path}/stop").status_code == 303


def test_looking_at_the_page_changes_nothing(client, path, asked):
    client.get(path)
    client.head(path)
    client.get(f"{path}/stop")
    db.session.refresh(asked)
    assert asked.state is SubscriptionState.ACTIVE


def test_the_language_can_be_changed_to_one_in_which_the_campaign_writes(client, path, asked, petition):
    words = petition.texts[0]
    french = {c.name: getattr(words, c.name) for c in PetitionText.__table__.columns if c.name not in {"id", "lang"}}
    db.session.add(PetitionText(lang="fr", **french))
    db.session.commit()
    assert "français" in client.get(path).text
    assert client.post(path, data={"lang": "fr"}).status_code == 303
    db.session.refresh(asked)
    assert asked.lang == "fr"
    assert client.post(path, data={"lang": "xx"}).status_code == 409


def test_an_altered_link_leads_nowhere(client, path):
    assert client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert client.post(path.replace("/subscription/", "/unsubscribe/")).status_code == 404
