"""Run beside the site: seals and builds a packet of every line at the level “full”, and says what it cost.

All in: counting, reading, opening boxes, checking glyphs, hashing, typesetting, writing the manifest.
"""

import json

from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.demo.loading import PETITION
from campaign.domain.packets import packing
from campaign.gateways.bindery import Bindery, this_builder
from campaign.models.addressee import Addressee
from campaign.models.packet import Level
from campaign.models.petition import Petition
from tests.bench.spending import peak_mb, spending
from wsgi import app


def main() -> None:
    with app.app_context():
        with spending() as sealing:
            reference, lines = _seal()
        with spending() as building:
            tools = collaborators()
            Bindery(reference, tools.desk(), tools.store, holder=this_builder(), now=now).build()
        print(json.dumps({"lines": lines, "seal": vars(sealing), "build": vars(building), "peak_mb": peak_mb()}))


def _seal() -> tuple[str, int]:
    with unit_of_work():
        petition = db.session.scalars(select(Petition).where(Petition.slug == PETITION)).one()
        addressee = db.session.get_one(Addressee, "sg")
        packet = packing.draft(petition, addressee, Level.FULL, by=packing.COMMAND_LINE, at=now())
        packing.seal(packet, collaborators().desk(), by=packing.COMMAND_LINE, at=now())
        return packet.reference, petition.last_number


if __name__ == "__main__":
    main()
