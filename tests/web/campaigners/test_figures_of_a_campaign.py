"""How a campaign goes, for those who write it."""

from datetime import timedelta

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.accounts import teaming
from campaign.domain.signatures import forgetting, gauging
from campaign.models.letter import LetterState
from campaign.models.signature import Signature
from campaign.models.tally import FormTally
from tests.make import NOON


def tallied(at) -> list[tuple[str, int, int]]:
    with unit_of_work():
        gauging.keep_tallies(gauging.count_forms(at=at), at=at)
    return [(row.day, row.forms, row.confirmed) for row in db.session.scalars(db.select(FormTally).order_by("day"))]


def test_forms_sent_and_confirmed_are_tallied_by_day_and_outlive_the_forms(make):
    petition = make.open_petition()
    person = make.signer()
    for _ in range(4):  # the fourth finds no room, is refused in silence, and is not one of those that were taken
        make.pending_signature(petition, person)
    make.confirmed_signature(petition)
    day = NOON.date().isoformat()
    assert tallied(NOON) == [(day, 4, 1)]
    later = NOON + timedelta(days=3)
    make.withdraw(db.session.scalars(db.select(Signature).where(Signature.confirmed_at.is_not(None))).one(), at=later)
    with unit_of_work():
        forgetting.cut_times(at=later)
    assert tallied(later) == [(day, 4, 1)], "twice is the same as once, also when the exact times are gone"
    gone = NOON + timedelta(days=60)
    with unit_of_work():
        forgetting.expire_pending(at=NOON + timedelta(days=9))
        forgetting.forget_letters(at=gone)
        forgetting.forget_expired(at=gone)
    assert tallied(gone) == [(day, 4, 1)]


def test_a_campaigner_sees_the_figures_as_pictures_with_tables(make, leila):
    petition = make.open_petition()
    with unit_of_work():
        teaming.appoint(petition.campaign, leila.account, by=leila.account, at=NOON)
    for day in (3, 2):
        for _ in range(10):
            make.confirmed_signature(petition, at=NOON - timedelta(days=day))
        make.count(petition, at=NOON - timedelta(days=day))
    make.confirmed_signature(petition, make.signer(country="TJ", wants_updates=True), at=NOON)
    make.pending_signature(petition)
    make.count(petition)
    tallied(make.now())
    page = leila.get(f"/workspace/campaigns/{petition.campaign.slug}").text
    assert page.count("<svg") - page.count('viewBox="0 0 10 15"') == 2
    for said in (
        "France",
        "Other countries",
        "The same as a table, by day",
        "1 person asked for news",
        "Not wanted any",
    ):
        assert said in page
    assert "Tajikistan" not in page.partition("By country")[2].partition("</table>")[0], "nobody stands alone"
    gauge = gauging.campaign(petition.campaign, at=make.now())
    assert (gauge.signatures, gauge.countries.others, gauge.letters[LetterState.QUEUED]) == (21, 1, 23)
    assert sum(day.sent for day in gauge.forms) == 22
    assert sum(day.confirmed for day in gauge.forms) == 21
    assert f"/workspace/campaigns/{petition.campaign.slug}" in leila.get("/workspace").text
    assert leila.get("/workspace/campaigns/no-such-campaign").status_code == 404


@pytest.mark.feature(97)
def test_an_approved_change_is_in_the_journal_and_stays_readable_when_the_page_has_moved_on(make, leila, nora, samir):
    from tests.web.campaigners.test_the_queue import approved, queued
    from tests.web.campaigners.writing import begun, saved

    petition = make.open_petition(campaign=make.campaign())
    with unit_of_work():
        teaming.appoint(petition.campaign, leila.account, by=leila.account, at=NOON)
    slug = petition.campaign.slug
    for n, words in enumerate(("Her trial began.", "Her trial is over.")):
        path = begun(leila, on=slug)
        for step in ("campaign", "safety"):
            assert (
                saved(leila, path, step, **({"summary": words, "slug": slug} if step == "campaign" else {})).status_code
                == 303
            )
        assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
        assert approved((nora, samir)[n], path).status_code == 303
        if n == 0:
            first = queued(path)
    page = nora.get(first).text
    assert "What it changed" in page
    assert "They defended others" in page, "what was public then, not what is public now"
    assert "is over" not in page
    journal = samir.get(f"/staff/journal?kind=campaign&thing={slug}").text
    assert journal.count("campaign changed") >= 2
    assert "fields: title summary" in journal
    assert first in journal
