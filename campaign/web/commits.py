"""One commit per request, at the edge.

POST, PUT, PATCH and DELETE commit when answered below 400; everything else is rolled back. So a bad form
(422) and a refused act (409) leave nothing behind, and GET never writes. Bells are rung after the commit,
so that the worker finds the rows.
"""

from contextlib import AbstractContextManager

from flask import Flask, Response, g, request

from campaign.collaborators import collaborators
from campaign.database import db, take_bells, writing

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def init_app(app: Flask) -> None:
    app.before_request(_mark_writing)
    app.after_request(_commit)
    app.teardown_request(_unmark)


def _mark_writing() -> None:
    if request.method in CHANGING:
        g.writing = writing()
        g.writing.__enter__()


def _commit(response: Response) -> Response:
    if request.method in CHANGING and response.status_code < 400:
        db.session.commit()
        for bell in sorted(take_bells()):
            collaborators().ring(bell)
    else:
        db.session.rollback()
        take_bells()
    return response


def _unmark(_fault: BaseException | None) -> None:
    marked: AbstractContextManager[None] | None = g.pop("writing", None)
    if marked is not None:
        marked.__exit__(None, None, None)
