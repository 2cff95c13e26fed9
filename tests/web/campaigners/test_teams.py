"""A team writes together: who may read, write, send and say who is in it; everybody else finds nothing."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from campaign.database import db, unit_of_work
from campaign.domain import journalling, posting
from campaign.domain.accounts import teaming
from campaign.models.campaign import Campaign
from campaign.models.letter import Letter
from campaign.models.team import Part, Team, TeamInvitation, TeamMember
from campaign.worker import send_letters
from tests.web.campaigners.test_the_queue import approved, queued, send
from tests.web.campaigners.writing import CAMPAIGN, begun, draft, saved, submitted, written


@pytest.fixture(autouse=True)
def office(make):
    make.addressee()


def team_page(path: str) -> str:
    return f"/workspace/teams/{draft(path).team_id}"


def joined(owner, other, path: str, part: str) -> None:
    """Asked by the form, and accepted by the button."""
    page = team_page(path)
    assert owner.send(f"{page}/invite", page, email=other.email, part=part).status_code == 303
    invitation = f"/workspace/invitations/{draft(path).team_id}"
    assert other.send(f"{invitation}/accept", "/workspace").status_code == 303


def parts(path: str) -> dict[str, str]:
    db.session.rollback()
    rows = db.session.scalars(db.select(TeamMember).where(TeamMember.team_id == draft(path).team_id))
    return {row.account.email.partition("@")[0]: row.part.value for row in rows}


@pytest.mark.feature(97)
def test_an_editor_writes_beside_the_owner_and_neither_overwrites_the_other_unseen(leila, omar, nora):
    path = written(leila)
    joined(leila, omar, path, "editor")
    old = draft(path).version
    assert saved(omar, path, "campaign", title="By Omar").status_code == 303
    late = leila.send(f"{path}/campaign", f"{path}/campaign", version=str(old), **{**CAMPAIGN, "title": "By Leila"})
    assert late.status_code == 409
    assert "By Leila" in late.text, "nothing typed is lost"
    assert draft(path).content["campaign"]["title"] == "By Omar"
    assert omar.send(f"{path}/submit", f"{path}/send").status_code == 303
    page = nora.get(queued(path)).text
    assert "omar@example.org: saved once" in page
    assert "leila@example.org: saved 4 times" in page
    (_entry, email), *_ = [
        row for row in journalling.of("draft", str(draft(path).id)) if row[0].act == "draft submitted"
    ]
    assert email == omar.email


def test_a_viewer_reads_and_changes_nothing(leila, omar):
    path = written(leila)
    joined(leila, omar, path, "viewer")
    assert "Davlatova" in omar.get("/workspace").text or "Freedom for" in omar.get("/workspace").text
    assert "You read this draft" in omar.get(f"{path}/case").text
    assert omar.get(f"{path}/preview/campaign").status_code == 200
    for act in ("case", "campaign", "submit", "take-back", "discard", "people", "add-person"):
        assert omar.send(f"{path}/{act}", sure="y").status_code == 403, act
    page = team_page(path)
    for act in ("invite", "call-back", f"members/{leila.account_id}/remove", f"members/{omar.account_id}/own"):
        assert omar.send(f"{page}/{act}", email="x@example.org", part="viewer").status_code == 403, act


def test_asking_an_address_answers_alike_and_lists_nobody_whether_or_not_it_has_an_account(
    leila, omar, client, post_office
):
    path = written(leila)
    page = team_page(path)
    pages = []
    for address in (omar.email, "nobody@example.org"):
        answer = leila.send(f"{page}/invite", page, email=address, part="editor")
        assert answer.headers["Location"] == page
        pages.append(leila.get(page).text)
        assert address not in pages[-1]
    assert parts(path) == {"leila": "owner"}
    assert [letter.kind for letter in db.session.scalars(db.select(Letter))] == ["team-invited"]
    send_letters()
    (letter,) = post_office.to(omar.email)
    assert "/workspace" in letter.get_body(("plain",)).get_content()
    assert "Zarina" not in str(letter)


def test_an_invitation_can_be_declined_called_back_and_is_over_after_two_weeks(leila, omar, make):
    path = written(leila)
    page, answer = team_page(path), f"/workspace/invitations/{draft(path).team_id}"
    leila.send(f"{page}/invite", page, email=omar.email, part="editor")
    assert omar.send(f"{answer}/decline", "/workspace").status_code == 303
    assert omar.send(f"{answer}/accept", "/workspace").status_code == 410
    leila.send(f"{page}/invite", page, email=omar.email, part="editor")
    assert leila.send(f"{page}/call-back", page).status_code == 303
    assert omar.send(f"{answer}/accept", "/workspace").status_code == 410
    leila.send(f"{page}/invite", page, email=omar.email, part="viewer")
    with unit_of_work():
        db.session.execute(update(TeamInvitation).values(invited_at=make.now() - teaming.INVITED_FOR))
    assert "asked to join" not in omar.get("/workspace").text
    assert omar.send(f"{answer}/accept", "/workspace").status_code == 410
    assert parts(path) == {"leila": "owner"}


def test_a_team_is_never_without_an_owner_and_never_has_two(leila, omar):
    path = written(leila)
    page = team_page(path)
    for act in ("leave", f"members/{leila.account_id}/remove", f"members/{leila.account_id}/part"):
        assert leila.send(f"{page}/{act}", page, part="viewer").status_code == 409, act
    joined(leila, omar, path, "editor")
    assert leila.send(f"{page}/members/{omar.account_id}/part", page, part="owner").status_code == 409
    assert leila.send(f"{page}/members/{omar.account_id}/own", page).status_code == 303
    assert parts(path) == {"leila": "editor", "omar": "owner"}
    assert leila.send(f"{page}/members/{omar.account_id}/remove", page).status_code == 403
    assert leila.send(f"{page}/leave", page).status_code == 303
    assert leila.get(page).status_code == leila.get(path).status_code == 404
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(TeamMember(team_id=draft(path).team_id, account_id=leila.account_id, part=Part.OWNER,
                                  since=draft(path).saved_at))  # fmt: skip


def test_who_was_taken_out_is_out_at_once_and_gets_no_letter_of_the_team(leila, omar, nora, post_office):
    path = written(leila)
    joined(leila, omar, path, "editor")
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    assert approved(nora, path).status_code == 303
    kinds = {letter.account_id: letter.kind for letter in db.session.scalars(db.select(Letter).order_by(Letter.id))}
    assert kinds[omar.account_id] == kinds[leila.account_id] == "draft-approved"
    page = team_page(path)
    assert leila.send(f"{page}/members/{omar.account_id}/remove", page).status_code == 303
    assert omar.get(f"{path}/send").status_code == 404
    send_letters()
    assert [m["Subject"] for m in post_office.to(omar.email)] == ["You are asked to join a team"]
    assert len(post_office.to(leila.email)) == 1


@pytest.mark.feature(109)
def test_nobody_of_a_team_approves_what_it_wrote_not_even_after_leaving_it(leila, nora, samir):
    path = written(leila)
    joined(leila, nora, path, "editor")
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    send(nora, f"{queued(path)}/hold")
    assert "somebody else decides" in nora.get(queued(path)).text
    assert approved(nora, path).status_code == 409
    assert nora.send(f"{team_page(path)}/leave", team_page(path)).status_code == 303
    assert approved(nora, path).status_code == 409, "she could write in it when it was sent"
    send(nora, f"{queued(path)}/release")
    assert approved(samir, path).status_code == 303


def test_a_viewer_may_approve_as_she_could_write_nothing(leila, nora):
    path = written(leila)
    joined(leila, nora, path, "viewer")
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    assert approved(nora, path).status_code == 303


def test_the_team_goes_with_the_campaign_and_alone_changes_it(leila, omar, nora, make):
    path = submitted(leila)
    assert approved(nora, path).status_code == 303
    campaign = db.session.scalars(db.select(Campaign)).one()
    assert teaming.part_of(leila.account, campaign) is Part.OWNER
    assert (teaming.may_see(omar.account, campaign), teaming.may_write(omar.account, campaign)) == (False, False)
    assert (teaming.may_see(nora.account, campaign), teaming.may_write(nora.account, campaign)) == (True, True)
    stranger = omar.send("/workspace/drafts", "/workspace", on=campaign.slug)
    assert stranger.status_code == 409
    assert "Only its own team" in stranger.text
    begun(omar, like=campaign.slug)
    change = begun(leila, on=campaign.slug)
    assert draft(change).team_id == draft(path).team_id
    joined(leila, omar, path, "viewer")
    assert teaming.may_see(omar.account, campaign)
    assert omar.send("/workspace/drafts", "/workspace", on=campaign.slug).status_code == 409
    by_staff = begun(nora, on=campaign.slug)
    assert leila.get(by_staff).status_code == 404, "what staff write is theirs until it is approved"
    assert teaming.part_of(nora.account, campaign) is None


def test_numbers_stand_on_the_start_page_of_the_team_alone(leila, omar, nora, make):
    assert approved(nora, submitted(leila)).status_code == 303
    assert '<th scope="col" class="n">Signatures</th>' in leila.get("/workspace").text
    assert '<th scope="col" class="n">Signatures</th>' not in omar.get("/workspace").text


def test_two_campaigns_never_share_a_team(leila, nora, make):
    path = submitted(leila)
    assert send(nora, f"{queued(path)}/hold").status_code == 303
    assert send(nora, f"{queued(path)}/reject", reason="unclear").status_code == 303
    first, second = begun(leila, again=path.rpartition("/")[2]), begun(leila, again=path.rpartition("/")[2])
    assert draft(first).team_id == draft(second).team_id == draft(path).team_id
    saved(leila, second, "campaign", slug="another", title="Another campaign")
    saved(leila, second, "letter", letter_title="Another letter")
    for copy in (first, second):
        saved(leila, copy, "safety")
        assert leila.send(f"{copy}/submit", f"{copy}/send").status_code == 303
        assert approved(nora, copy).status_code == 303
    teams = db.session.scalars(db.select(Team).where(Team.campaign_id.is_not(None))).all()
    assert len({team.campaign_id for team in teams}) == 2
    assert posting.claim(0, at=make.now()) == []


def test_only_who_began_a_draft_or_owns_the_team_throws_it_away(leila, omar):
    path = written(leila)
    joined(leila, omar, path, "editor")
    assert omar.send(f"{path}/discard", f"{path}/send", sure="y").status_code == 409
    assert leila.send(f"{path}/discard", f"{path}/send", sure="y").status_code == 303


@pytest.mark.feature(97)
def test_staff_read_who_changed_what_in_a_campaign_and_an_admin_gives_it_an_owner(leila, omar, nora, samir, make):
    path = submitted(leila)
    assert approved(nora, path).status_code == 303
    change = begun(leila, on="zarina-davlatova")
    for step, form in {"campaign": {"summary": "Jailed for what she wrote."}, "letter": {}, "safety": {}}.items():
        assert saved(leila, change, step, **form).status_code == 303
    assert leila.send(f"{change}/submit", f"{change}/send").status_code == 303
    assert approved(samir, change).status_code == 303
    page = "/staff/campaigns/zarina-davlatova/changes"
    text = nora.get(page).text
    assert text.count("leila@example.org: saved") == 2
    assert "Approved by samir@example.org" in text
    assert "<ins>Jailed " in text
    owner = "/staff/campaigns/zarina-davlatova/owner"
    assert nora.send(owner, email=omar.email).status_code == 403
    assert samir.send(owner, page, email="nobody@example.org").status_code == 422
    assert samir.send(owner, page, email=omar.email).status_code == 303
    assert parts(path) == {"leila": "editor", "omar": "owner"}
    orphan = make.campaign()
    assert samir.send(f"/staff/campaigns/{orphan.slug}/owner", page, email=leila.email).status_code == 303
    assert teaming.part_of(leila.account, orphan) is Part.OWNER
