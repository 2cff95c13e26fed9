"""Every route of the signed-in areas against every role, with a real draft, team and campaign of one team.

A new route is walked without being named here: its object is number 1, or the one campaign that there is. One that
lets in somebody new, or lets a viewer write, has to be said in the few exceptions below.
"""

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.news import updating
from campaign.domain.news.segmenting import Segment
from campaign.domain.news.updating import Words
from campaign.models.account import RoleName
from campaign.models.campaign import Campaign
from campaign.models.draft import Draft
from campaign.models.team import Team
from tests.gateways.test_darkroom import photo
from tests.make import NOON
from tests.web.campaigners.test_images_and_files import added
from tests.web.campaigners.test_teams import joined
from tests.web.campaigners.writing import written
from tests.web.staff.people import token_on

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)

EVERYBODY_OF_A_TEAM = {"campaigners.leave_team"}
FOR_ADMINS = {  # at least these; others find themselves by their mark
    "staff.accounts", "staff.invite_account", "staff.invite_again", "staff.set_active", "staff.ask_reset",
    "staff.agree_reset", "staff.refuse_reset", "staff.permit_export", "staff.export_journal", "staff.appoint_owner",
}  # fmt: skip
NOT_THERE = {404, 410}  # an invitation that was never sent is over; it says nothing of the team


@pytest.fixture
def world(member, opened, make):
    """One team with its draft and campaign, all of them number 1, and somebody for each role."""
    make.addressee()
    owner, editor, viewer = (member(f"{who}@example.org", RoleName.CAMPAIGNER) for who in ("owner", "editor", "viewer"))
    path = written(owner)
    assert added(owner, path, photo()).status_code == 303
    for person, part in ((editor, "editor"), (viewer, "viewer")):
        joined(owner, person, path, part)
    campaign = make.petition().campaign
    with unit_of_work():
        db.session.get_one(Team, 1).campaign_id = campaign.id
        db.session.get_one(Draft, 1).campaign_id = campaign.id
        update = updating.begin(campaign, owner.account, at=NOON)
        updating.save(update, {"en": Words("News", "Words")}, Segment(), version=1, by=owner.account, at=NOON)
    barred = member("barred@example.org")
    with unit_of_work():
        barred.account.is_demonstration = False
    return {
        "nobody": opened("nobody@example.org"),
        "outsider": member("outsider@example.org", RoleName.CAMPAIGNER),
        "viewer": viewer,
        "editor": editor,
        "owner": owner,
        "staff without a factor": barred,
        "staff": member("staff@example.org"),
        "admin": member("admin@example.org", RoleName.ADMIN),
    }


def routes(app, audience):
    found = []
    slug = db.session.scalars(db.select(Campaign.slug)).one()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] != audience:
            continue
        values = {name: _value(rule, name, slug) for name in rule.arguments}
        with app.test_request_context():
            where = app.url_for(rule.endpoint, **values)
        found += [(rule, method, where) for method in sorted(rule.methods & {"GET", "POST"})]
    assert len(found) > 3
    return found


def _value(rule, name, slug):
    if type(rule._converters[name]).__name__ == "IntegerConverter":
        return 1
    if rule.endpoint.endswith("_file") and name in {"name", "end"}:
        return {"name": db.session.get_one(Draft, 1).content["files"][0]["name"], "end": "large.jpg"}[name]
    if name == "lang":
        return "en"
    if rule.endpoint == "campaigners.look" and name in {"what", "how"}:
        return {"what": "campaign", "how": "phone"}[name]
    return slug if name == "slug" else "case" if rule.endpoint.startswith("campaigners") else "a-word"


def ask(person, method, where, token=""):
    return person.get(where) if method == "GET" else person.client.post(where, data={"csrf_token": token})


def token(person):
    return token_on(person.client, "/account/" if person.get("/account/").status_code == 200 else "/account/login")


@pytest.mark.feature(96)
def test_who_is_not_signed_in_is_sent_to_the_door_from_everywhere(app, world):
    nobody = world["nobody"]
    key = token(nobody)
    for audience in ("accounts", "campaigners", "staff"):
        for _rule, method, where in routes(app, audience):
            answer = ask(nobody, method, where, key)
            assert (answer.status_code, "/account/login" in answer.headers["Location"]) == (303, True), (method, where)


@pytest.mark.parametrize("role", ["outsider", "staff", "admin", "staff without a factor"])
def test_what_belongs_to_a_team_is_not_there_for_others_not_even_for_staff(app, world, role):
    person = world[role]
    key, tried = token(person), 0
    for rule, method, where in routes(app, "campaigners"):
        numbered = any(type(c).__name__ == "IntegerConverter" for c in rule._converters.values())
        if not numbered and not (rule.arguments and role in {"outsider", "staff without a factor"}):
            continue  # the numbers of a campaign are for staff too
        assert ask(person, method, where, key).status_code in NOT_THERE, (role, method, where)
        tried += 1
    assert tried >= 15
    assert db.session.get_one(Draft, 1, populate_existing=True).state == "writing"


def test_a_viewer_reads_everything_of_the_team_and_writes_nothing(app, world):
    viewer = world["viewer"]
    key = token(viewer)
    before = _everything()
    for rule, method, where in routes(app, "campaigners"):
        if not rule.arguments or rule.endpoint in EVERYBODY_OF_A_TEAM or "invitation" in rule.endpoint:
            continue
        status = ask(viewer, method, where, key).status_code
        assert status in ({200, 303} if method == "GET" else {403}), (method, where, status)
    assert _everything() == before


def test_an_editor_writes_and_says_nothing_about_who_is_in_the_team(app, world):
    editor = world["editor"]
    key = token(editor)
    for rule, method, where in routes(app, "campaigners"):
        if not rule.arguments or rule.endpoint in EVERYBODY_OF_A_TEAM or "invitation" in rule.endpoint:
            continue
        status = ask(editor, method, where, key).status_code
        team = "/teams/" in where and method == "POST"
        assert (status == 403) == team, (method, where, status)
        assert status != 404 or method == "POST", (method, where)


def test_the_owner_is_refused_nothing_of_the_team(app, world):
    owner = world["owner"]
    key = token(owner)
    for rule, method, where in routes(app, "campaigners"):
        if rule.arguments and "invitation" not in rule.endpoint and "discard" not in rule.endpoint:
            assert ask(owner, method, where, key).status_code != 403, (method, where)


@pytest.mark.feature(96)
def test_no_page_of_staff_opens_to_campaigners_or_without_a_second_factor(app, world):
    for role in ("outsider", "viewer", "editor", "owner", "staff without a factor"):
        person = world[role]
        key = token(person)
        for _rule, method, where in routes(app, "staff"):
            assert ask(person, method, where, key).status_code == 403, (role, method, where)


@pytest.mark.feature(95)
def test_staff_are_refused_what_is_for_admins_and_that_alone_and_nobody_gets_a_table_without_the_permission(app, world):
    staff, admin = world["staff"], world["admin"]
    keys, for_admins = {"staff": token(staff), "admin": token(admin)}, set()
    for rule, method, where in routes(app, "staff"):
        is_for_admins = getattr(app.view_functions[rule.endpoint], "admins_only", False)
        for_admins |= {rule.endpoint} if is_for_admins else set()
        answer = ask(staff, method, where, keys["staff"])
        assert (answer.status_code == 403) == is_for_admins, (method, where, answer.status_code)
        assert answer.mimetype not in {"text/csv", "application/zip"}, where
        answer = ask(admin, method, where, keys["admin"])
        assert answer.status_code != 403, (method, where)
        assert answer.mimetype != "text/csv" or "journal" in where, where
    assert for_admins >= FOR_ADMINS


def _everything():
    db.session.rollback()
    tables = ("draft", "team_member", "team_invitation", "draft_hand", "letter", "campaign_update", "update_text")
    return {table: db.session.execute(db.text(f"SELECT * FROM {table}")).all() for table in tables}  # noqa: S608
