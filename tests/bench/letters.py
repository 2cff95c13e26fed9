"""Run beside the site: sends every letter that waits, by the worker's own function, and says what it cost."""

import json

from sqlalchemy import select

from campaign.app import create_app
from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.models.letter import Letter, LetterState
from campaign.worker import send_letters
from tests.bench.spending import spending


def main() -> None:
    with create_app().app_context():
        _warm()
        with spending() as spent:
            letters = send_letters()
        print(json.dumps({"letters": letters, **vars(spent)}))


def _warm() -> None:
    """Write one letter and keep it: a worker runs for weeks, so what its first letter costs is nobody's."""
    letter = db.session.scalars(select(Letter).where(Letter.state == LetterState.QUEUED).limit(1)).first()
    if letter is not None and (message := collaborators().writer.write(letter, at=now())) is not None:
        message.as_bytes()
    db.session.rollback()


if __name__ == "__main__":
    main()
