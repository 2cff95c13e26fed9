"""Removing many at once, clusters, and what guards the site: switches, limits, lists, alerts."""

import pytest

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import alerting, limits, switching
from campaign.domain.signatures import lists
from campaign.models.assent import Assent
from campaign.models.invalidation import Invalidation, InvalidationState
from campaign.models.journal import JournalEntry
from campaign.models.petition import Petition
from campaign.models.signature import ShownName, Signature, Visibility
from campaign.models.site import Alert, ListName, Switch
from tests.make import NOON, Make
from tests.suspects import arrived, names_looked_at
from tests.web.staff.people import Person, token_on


def robots(make: Make, petition: Petition, n: int) -> list[Signature]:
    rows = [arrived(make, petition, make.signer(email=f"r{i}@robots.example"), network=b"net") for i in range(n)]
    make.count(petition)
    return rows


def work() -> None:
    db.session.commit()
    worker.invalidate()
    worker.count_signatures()
    db.session.expire_all()


def latest() -> Invalidation:
    return db.session.scalars(db.select(Invalidation).order_by(Invalidation.id.desc()).limit(1)).one()


def journal() -> list[str]:
    return [row.act for row in db.session.scalars(db.select(JournalEntry).order_by(JournalEntry.id))]


def rehearsed(person: Person, petition: Petition, **conditions: str) -> str:
    page = f"/staff/petitions/{petition.slug}/invalidations"
    answer = person.send(page, page, **conditions)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


@pytest.mark.feature(46, 53)
def test_many_are_counted_beforehand_removed_by_the_worker_and_put_back(
    nora: Person, make: Make, petition: Petition
) -> None:
    robots(make, petition, 4)
    page = rehearsed(nora, petition, domain="robots.example")
    assert '<p class="big">4</p>' in nora.get(page).text
    work()
    assert petition.signature_count == 7, "nothing is removed by counting"
    assert nora.send(f"{page}/begin", page, reason="", why="robot").status_code == 422
    assert nora.send(f"{page}/begin", page, reason="All within a minute.", why="robot").status_code == 303
    assert "Removing" in nora.get(page).text
    work()
    told = nora.get(page).text
    assert "4 of 4 removed" in told
    assert petition.signature_count == 3
    assert nora.send(f"{page}/undo", page).status_code == 303
    work()
    assert "4 put back" in nora.get(page).text
    assert petition.signature_count == 7
    assert journal()[-3:] == ["invalidation rehearsed", "invalidation begun", "invalidation undone"]


@pytest.mark.feature(46)
def test_a_removal_is_stopped_on_the_way(nora: Person, make: Make, petition: Petition) -> None:
    robots(make, petition, 3)
    page = rehearsed(nora, petition, domain="robots.example")
    nora.send(f"{page}/begin", page, reason="All within a minute.", why="robot")
    assert nora.send(f"{page}/cancel", page).status_code == 303
    work()
    assert (latest().state, petition.signature_count) == (InvalidationState.CANCELLED, 6)
    assert nora.send(f"{page}/cancel", page).status_code == 409


def test_conditions_that_say_nothing_or_cannot_be_are_refused_with_everything_kept(
    nora: Person, petition: Petition
) -> None:
    page = f"/staff/petitions/{petition.slug}/invalidations"
    assert "it would be every signature" in nora.send(page, page).text
    for wrong in ({"hour": "3"}, {"hour": "25", "day_from": "2017-06-09"}, {"country": "XX"}, {"network_key": "zz"}):
        answer = nora.send(page, page, domain="robots.example", **wrong)
        assert answer.status_code == 422, wrong
        assert "robots.example" in answer.text
    old = nora.send(page, page, hour="3", day_from="2017-06-09")
    assert "two days only" in old.text
    assert db.session.scalars(db.select(Invalidation)).all() == []


def test_what_is_typed_as_a_condition_is_not_kept_readable(nora: Person, make: Make, petition: Petition) -> None:
    make.confirmed_signature(petition, make.signer("Tarek Amrani", "tarek@post.example"))
    page = rehearsed(nora, petition, name="Tarek Amrani", address="tarek@post.example")
    for told in (nora.get(page).text, str(latest().conditions), nora.get("/staff/journal").text):
        assert "Tarek" not in told
        assert "post.example" not in told
    assert latest().matched == 1


def test_clusters_are_a_drawing_and_a_table_and_lead_to_the_conditions(
    nora: Person, make: Make, petition: Petition
) -> None:
    (row, *_) = robots(make, petition, 3)
    make.pending_signature(petition)
    told = nora.get(f"/staff/petitions/{petition.slug}/clusters").text
    for key in (row.domain_key, row.network_key):
        assert key is not None
        assert f"_key={key.hex()}" in told
    assert told.count("<svg") >= 5  # the mark, two drawings over time, and one for each kind of group with any
    assert "robots.example" not in told
    form = nora.get(f"/staff/petitions/{petition.slug}/invalidations?domain_key={row.domain_key.hex()}").text
    assert f'value="{row.domain_key.hex()}"' in form
    page = rehearsed(nora, petition, domain_key=row.domain_key.hex())
    assert '<p class="big">3</p>' in nora.get(page).text
    hour = nora.get(f"/staff/petitions/{petition.slug}/invalidations?day_from={NOON.date()}&hour=12").text
    assert 'value="12"' in hour


@pytest.mark.feature(103)
def test_staff_stop_a_part_of_the_site_with_a_reason_and_start_it_again(nora: Person, petition: Petition) -> None:
    page = "/staff/guards"
    assert nora.send(f"{page}/switches/signing/stop", page, reason="").status_code == 422
    assert nora.send(f"{page}/switches/signing/stop", page, reason="A flood").status_code == 303
    told = nora.get(page).text
    assert "A flood" in told
    assert "By Nora" in told
    assert switching.is_stopped(Switch.SIGNING)
    assert nora.send(f"{page}/switches/signing/start", page).status_code == 303
    assert not switching.is_stopped(Switch.SIGNING)
    assert journal()[-2:] == ["stopped", "started"]
    assert nora.send(f"{page}/switches/everything/stop", page, reason="x").status_code == 404


@pytest.mark.feature(40)
def test_staff_change_a_limit_while_the_site_runs(nora: Person, app: object) -> None:
    page = "/staff/guards"
    assert nora.send(f"{page}/limits/signing.minute", page, value="7").status_code == 303
    assert limits.read()["signing.minute"] == 7
    assert "changed; by default 30" in nora.get(page).text
    for wrong in ("", "0", "many", "99999999999"):
        answer = nora.send(f"{page}/limits/signing.minute", page, value=wrong)
        assert answer.status_code == 422, wrong
    assert limits.read()["signing.minute"] == 7
    assert nora.send(f"{page}/limits/nothing", page, value="1").status_code == 404
    entry = db.session.scalars(db.select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.act, entry.details) == ("limit changed", {"before": 30, "after": 7})


@pytest.mark.feature(40)
@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("blocked_country", "tj", "TJ"),
        ("blocked_domain", "*.Robots.example", "*.robots.example"),
        ("blocked_network", "192.0.2.9/24", "192.0.2.0/24"),
    ],
)
def test_staff_edit_lists_while_the_site_runs(nora: Person, name: str, typed: str, kept: str) -> None:
    page = f"/staff/guards/lists/{name}"
    assert nora.send(page, page, value=typed, note="until May").status_code == 303
    assert [row.value for row in lists.entries(ListName(name))] == [kept]
    assert "until May" in nora.get(page).text
    refused = nora.send(page, page, value="???")
    assert refused.status_code == 422
    assert nora.send(f"{page}/remove", page, value=kept).status_code == 303
    assert lists.entries(ListName(name)) == []
    assert journal()[-2:] == ["list: added", "list: removed"]


@pytest.mark.feature(40)
def test_a_whole_list_is_saved_as_text_and_a_line_that_cannot_be_read_changes_nothing(nora: Person) -> None:
    page = "/staff/guards/lists/disposable_domain"
    assert nora.send(f"{page}/all", page, text="one.example # short\ntwo.example").status_code == 303
    refused = nora.send(f"{page}/all", page, text="three.example\n???")
    assert refused.status_code == 422
    assert "Line 2" in refused.text
    assert "three.example" in refused.text
    assert [row.value for row in lists.entries(ListName.DISPOSABLE_DOMAIN)] == ["one.example", "two.example"]


def test_a_blocked_address_is_shown_and_kept_only_as_a_hash(nora: Person) -> None:
    page = "/staff/guards/lists/blocked_address"
    nora.send(page, page, value="tarek@post.example")
    for told in (nora.get(page).text, nora.get("/staff/journal").text, nora.get("/staff/guards").text):
        assert "tarek" not in told
    written = [row.details for row in db.session.scalars(db.select(JournalEntry))]
    assert written[-1] == {}


def test_an_alert_stays_until_somebody_has_looked(nora: Person, petition: Petition) -> None:
    with unit_of_work():
        db.session.add(Alert(at=now(), kind="network", petition_id=petition.id, says="120 forms from one network."))
    assert "120 forms" in nora.get("/staff/guards").text
    alert = alerting.unseen()[0]
    assert nora.send(f"/staff/guards/alerts/{alert.id}", "/staff/guards").status_code == 303
    assert "120 forms" not in nora.get("/staff/guards").text
    assert db.session.get_one(Alert, alert.id).seen_by == "Nora"


@pytest.mark.feature(34)
def test_the_page_of_names_and_the_proof_of_work_are_switched_petition_by_petition(
    nora: Person, samir: Person, make: Make, petition: Petition
) -> None:
    make.confirmed_signature(petition, make.signer(visibility=Visibility.PUBLIC))
    make.count(petition)
    page = f"/staff/petitions/{petition.slug}"
    assert nora.send(f"{page}/guards/names-page/1", page).status_code == 404, "nobody switches it on alone"
    assert nora.send(f"{page}/names-page", page, reason="They asked to be seen").status_code == 303
    agree = f"/staff/second-person/{db.session.scalars(db.select(Assent.id)).one()}/agree"
    assert nora.send(agree, "/staff/second-person").status_code == 409
    assert not db.session.get_one(Petition, petition.id, populate_existing=True).shows_names
    assert samir.send(agree, "/staff/second-person").status_code == 303
    names_looked_at(petition)
    assert len(db.session.scalars(db.select(ShownName)).all()) == 1
    assert nora.send(f"{page}/guards/names-page/0", page).status_code == 303
    assert db.session.scalars(db.select(ShownName)).all() == []
    assert nora.send(f"{page}/guards/proof-of-work/1", page).status_code == 303
    assert db.session.get_one(Petition, petition.id).asks_for_proof
    assert journal()[-3:] == ["names-page on", "names-page off", "proof-of-work on"]
    assert nora.send(f"{page}/guards/something/1", page).status_code == 404


def test_a_campaigner_is_not_let_in(member, petition: Petition) -> None:  # type: ignore[no-untyped-def]
    from campaign.models.account import RoleName

    person = member("writer@example.org", RoleName.CAMPAIGNER)
    for page in ("/staff/vetting", "/staff/guards", f"/staff/petitions/{petition.slug}/clusters"):
        assert person.get(page).status_code == 403
    token = token_on(person.client, "/account/")
    stopped = person.client.post("/staff/guards/switches/signing/stop", data={"csrf_token": token, "reason": "x"})
    assert stopped.status_code == 403
    assert not switching.is_stopped(Switch.SIGNING)
