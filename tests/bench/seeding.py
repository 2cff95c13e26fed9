"""Run beside the site: brings its petition to a number of counted signatures, through the functions of `flask demo`."""

import json
import sys
import time

from sqlalchemy import select

from campaign.app import create_app
from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.demo import signing
from campaign.demo.loading import PETITION
from campaign.models.petition import Petition

STEP = 20_000  # signatures in one transaction


def main(total: int) -> None:
    began = time.perf_counter()
    with create_app().app_context():
        while missing := total - _count():
            if missing < 0:
                break
            with unit_of_work():
                signing.add_signatures(PETITION, min(missing, STEP), at=now(), seal=collaborators().seal)
        if db.engine.dialect.name == "postgresql":  # what autovacuum would do within the minute
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        print(json.dumps({"signatures": _count(), "seconds": round(time.perf_counter() - began, 1)}))


def _count() -> int:
    count = db.session.scalars(select(Petition.signature_count).where(Petition.slug == PETITION)).one()
    db.session.rollback()
    return count


if __name__ == "__main__":
    main(int(sys.argv[1]))
