from dataclasses import replace

import pytest
from flask import abort
from sqlalchemy import event, select

from campaign.app import create_app
from campaign.collaborators import now
from campaign.database import after_commit, db, take_bells
from campaign.domain.links import Purpose
from campaign.models.site import ListEntry, ListName
from tests.web.filling import leila, sign, stamp_of

READING = ("get", "head", "options")


def write(value):
    db.session.add(ListEntry(name=ListName.BLOCKED_COUNTRY, value=value, added_at=now()))
    db.session.flush()


@pytest.fixture
def trial(house, app):
    """A site with routes that write, and then answer or fail in every way."""
    site = create_app(house.settings)
    site.extensions["collaborators"] = app.extensions["collaborators"]

    @site.route("/trial/<int:status>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def trial(status):
        write(str(status))
        after_commit("letters")
        if status == 599:
            raise ZeroDivisionError
        if status == 409:
            abort(409)
        return "", status

    yield site
    with site.app_context():
        db.engine.dispose()


def written(app):
    with app.app_context():
        own = select(ListEntry.value).where(ListEntry.name == ListName.BLOCKED_COUNTRY).order_by(ListEntry.value)
        return list(db.session.scalars(own))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("status", [200, 204, 303])
def test_what_changes_is_kept_when_it_was_answered_well(trial, method, status):
    getattr(trial.test_client(), method)(f"/trial/{status}")
    assert written(trial) == [str(status)]


@pytest.mark.parametrize("status", [400, 409, 422, 500, 599])
def test_a_bad_form_a_refused_act_and_a_fault_leave_nothing_behind(trial, status):
    assert trial.test_client().post(f"/trial/{status}").status_code == (500 if status == 599 else status)
    assert written(trial) == []


def test_get_never_writes_even_where_a_view_would(trial):
    assert trial.test_client().get("/trial/200").status_code == 200
    assert written(trial) == []


def test_bells_are_rung_after_the_commit_and_only_then(trial, app, tools):
    rung = []
    trial.extensions["collaborators"] = replace(tools, ring=lambda bell: rung.append((bell, written(app))))
    trial.test_client().post("/trial/422")
    trial.test_client().get("/trial/200")
    assert rung == []
    trial.test_client().post("/trial/200")
    assert rung == [("letters", ["200"])]
    assert take_bells() == set()


@pytest.mark.feature(23)
def test_no_page_of_the_site_writes_anything_when_it_is_opened(client, make, app):
    petition = make.counted_petition(2)
    pending = make.pending_signature(petition, at=now())
    held = {
        "slug": petition.slug,
        "token": make.token(Purpose.CONFIRM, pending),
        "name": "x",
        "size": "large",
        "kind": "webp",
        "path": "x",
        "plan": 1,
        "receipt": 1,
        "year": 2026,
        "filename": "css/site.css",
    }
    seen = []

    def listen(_connection, _cursor, statement, *_rest):
        if statement.split()[0] in {"INSERT", "UPDATE", "DELETE"}:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in {"public", "mailed", "static"}:
            continue
        for method in READING:
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **{name: held.get(name, "x") for name in rule.arguments})
            if method.upper() in rule.methods:
                getattr(client, method)(path)
    event.remove(db.engine, "before_cursor_execute", listen)
    assert seen == []


def test_a_signature_is_there_when_its_answer_is(client, make):
    petition = make.open_petition()
    assert sign(client, petition.slug).status_code == 303
    assert db.session.scalar(db.text("SELECT count(*) FROM signature")) == 1
    assert db.session.scalar(db.text("SELECT count(*) FROM letter")) == 1


def test_a_form_that_is_refused_stores_nothing(client, make):
    petition = make.open_petition()
    stamp = stamp_of(client.get(f"/petitions/{petition.slug}"))
    answer = client.post(f"/petitions/{petition.slug}/sign", data=leila(consent=None) | {"stamp": stamp})
    assert answer.status_code == 422
    assert db.session.scalar(db.text("SELECT count(*) FROM signature")) == 0
