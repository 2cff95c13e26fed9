"""The key that opens names is held outside the server: what each machine can do, on one database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from nacl.public import PrivateKey
from sqlalchemy import select

from campaign import worker
from campaign.app import create_app
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain.errors import SealBroken
from campaign.domain.signatures import reviewing, unveiling
from campaign.models.packet import Packet, PacketState
from campaign.models.signature import Signature
from campaign.passphrases import Cost, protect
from campaign.settings import encode_key, read
from tests.databases import House
from tests.fakes import PostOffice, link
from tests.inspector import InspectedClient
from tests.make import GIVEN_OUT, Make
from tests.web.filling import sign

NAME, ADDRESS, WORDS = "Leïla Ouazzani", "leila.ouazzani@riverpost.example", "four words that rhyme"


def node(house: House, folder: Path, **about: str) -> Flask:
    """A machine of the same site: its own settings, the house's database and public keys."""
    settings = house.settings
    folder.mkdir()
    keys = {
        "SECRET_KEY": encode_key(settings.secret_key),
        "HASH_KEY": encode_key(settings.hash_key),
        "MAIL_PUBLIC_KEY": encode_key(settings.mail_public_key),
        "NAMES_PUBLIC_KEY": encode_key(settings.names_public_key),
        "DATABASE_URL": settings.database_url,
        "INSTANCE": str(folder),
        "STORE": str(settings.store),
    }
    app = create_app(read({f"CAMPAIGN_{name}": value for name, value in {**keys, **about}.items()}))
    app.testing = True
    app.test_client_class = InspectedClient
    return app


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice().open()
    yield office
    office.close()


@pytest.fixture
def server(house: House, tmp_path: Path, office: PostOffice) -> Iterator[Flask]:
    """Everything but the key of names; it has the key of letters, as its worker writes them."""
    mail = encode_key(house.settings.mail_private_keys[0])
    app = node(house, tmp_path / "server", MAIL_PRIVATE_KEY=mail, MAIL_URL=office.url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def laptop(house: House, tmp_path: Path) -> Iterator[Flask]:
    """Staff and packets, with the key of names in a file that opens with words."""
    path = tmp_path / "names.key"
    path.write_text(protect(house.settings.names_private_keys[0], WORDS, cost=Cost(turns=1, memory=8192)))
    about = {"ROLES": "staff,worker", "NAMES_PRIVATE_KEY": f"file:{path}", "KEY_PASSPHRASE": WORDS}
    app = node(house, tmp_path / "laptop", **about)
    yield app
    with app.app_context():
        db.engine.dispose()


def everything_but_names(server: Flask, make: Make, office: PostOffice, slug: str) -> None:
    """Somebody signs, gets the letter, confirms and is counted; totals are printed; names cannot be opened."""
    with server.app_context():
        client = server.test_client()
        assert sign(client, slug, email=ADDRESS, name=NAME, visibility="public", sure="y").status_code == 303
        assert worker.send_letters() == 1
        (letter,) = office.wait_for(1)
        stamp = make.links.stamp(now())
        assert client.post(link(letter, "confirm"), data={"stamp": stamp}).status_code == 303
        assert worker.count_signatures() == 1
        worker.forget()
        row = db.session.scalars(select(Signature)).one()
        with pytest.raises(SealBroken):
            server.extensions["collaborators"].names_opener.open(row.name_box, row.public_id)
        assert worker.show_names() == 0
        full = server.test_cli_runner().invoke(args=["packets", "new", slug, "--addressee", "sg", "--level", "full"])
        assert full.exit_code == 1
        assert "key" in full.output
        totals = server.test_cli_runner().invoke(
            args=["packets", "new", slug, "--addressee", "sg", "--level", "totals"]
        )
        assert totals.exit_code == 0, totals.output
        assert worker.build_packets() == 1
        assert client.get(f"/petitions/{slug}").status_code == 200
        healthy = server.test_cli_runner().invoke(args=["doctor"])
        assert "names key: not on this machine" in healthy.output
        assert "FAIL  names key" not in healthy.output
        db.session.remove()


@pytest.mark.feature(100)
def test_the_server_serves_everything_and_cannot_open_a_name_which_the_laptop_prints(
    house: House, app: Flask, make: Make, server: Flask, laptop: Flask, office: PostOffice
) -> None:
    GIVEN_OUT.update({NAME, ADDRESS})
    petition = make.open_petition()
    slug = petition.slug
    with unit_of_work():
        unveiling.switch_on(petition)
    db.session.remove()

    everything_but_names(server, make, office, slug)
    with laptop.app_context():
        assert laptop.test_client().get("/").status_code == 404
        assert worker.show_names() >= 1
        runner = laptop.test_cli_runner()
        sealed = runner.invoke(args=["packets", "new", slug, "--addressee", "sg", "--level", "full"])
        assert sealed.exit_code == 0, sealed.output
        assert worker.build_packets() == 1
        packet = db.session.scalars(select(Packet).where(Packet.reference == sealed.stdout.strip())).one()
        assert packet.state is PacketState.BUILT
        assert laptop.extensions["collaborators"].store.holds(f"packets/{packet.reference}/manifest.json")
        db.session.remove()

    with server.app_context():
        assert [line.text for line in unveiling.page(slug) or ()] == [NAME]
        db.session.remove()
    assert reviewing.behind() == []


@pytest.mark.feature(100)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_new_key_of_names_can_be_made_without_ever_being_printed(app: Flask, tmp_path: Path) -> None:
    path, runner = tmp_path / "names.key", app.test_cli_runner()
    env = {"CAMPAIGN_KEY_PASSPHRASE": WORDS}
    made = runner.invoke(args=["keys", "new", "--protect", str(path)], env=env)
    assert made.exit_code == 0, made.output
    lines = dict(line.split("=", 1) for line in made.stdout.splitlines())
    assert lines["CAMPAIGN_NAMES_PRIVATE_KEY"] == f"file:{path}"
    assert path.stat().st_mode & 0o777 == 0o600
    settings = read({**lines, **env, "CAMPAIGN_INSTANCE": str(tmp_path)})
    assert (
        encode_key(bytes(PrivateKey(settings.names_private_keys[0]).public_key)) == lines["CAMPAIGN_NAMES_PUBLIC_KEY"]
    )
    assert runner.invoke(args=["keys", "new", "--protect", str(path)], env=env).exit_code == 1, "no file is overwritten"
    short = runner.invoke(
        args=["keys", "new", "--protect", str(tmp_path / "b")], env={"CAMPAIGN_KEY_PASSPHRASE": "secret"}
    )
    assert "fewer than 12 characters" in short.output


@pytest.mark.feature(100)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_key_of_a_site_that_runs_can_be_put_under_a_passphrase(app: Flask, tmp_path: Path, house: House) -> None:
    path, runner = tmp_path / "names.key", app.test_cli_runner()
    done = runner.invoke(args=["keys", "protect", str(path)], input=f"{WORDS}\n{WORDS}\n")
    assert done.exit_code == 0, done.output
    env = {"CAMPAIGN_NAMES_PRIVATE_KEY": f"file:{path}", "CAMPAIGN_INSTANCE": str(tmp_path)}
    assert read(env, ask=lambda _path: WORDS).names_private_keys == house.settings.names_private_keys
    without = replace(house.settings, names_private_keys=())
    app.extensions["collaborators"] = replace(app.extensions["collaborators"], settings=without)
    assert "holds no private key" in runner.invoke(args=["keys", "protect", str(tmp_path / "b")]).output
