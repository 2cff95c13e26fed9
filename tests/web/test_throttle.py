import pytest
from sqlalchemy import select

from campaign.database import Base, db
from campaign.web.networks import DayKeys, network
from tests.web.filling import leila, stamp_of


@pytest.fixture
def send(client, make):
    petition = make.open_petition()
    stamp = stamp_of(client.get(f"/petitions/{petition.slug}"))

    def send(address="198.51.100.7", n=0, **headers):
        data = leila(email=f"somebody.{n}@post.example", stamp=stamp)
        path = f"/petitions/{petition.slug}/sign"
        return client.post(path, data=data, headers=headers, environ_base={"REMOTE_ADDR": address})

    return send


@pytest.mark.feature(39)
def test_a_network_may_send_thirty_forms_a_minute_and_others_are_not_held_up(send):
    assert [send(n=n).status_code for n in range(31)] == [303] * 30 + [429]
    assert send("203.0.113.9", n=40).status_code == 303


def test_whoever_is_held_up_is_told_what_to_do_and_when(send):
    for n in range(30):
        send(n=n)
    refused = send(n=31, Referer="http://localhost/petitions/a-letter")
    assert '<a href="/petitions/a-letter">Back' in refused.text
    assert "elsewhere.example" not in send(n=32, Referer="https://elsewhere.example/").text
    seconds = int(refused.headers["Retry-After"])
    assert 50 <= seconds <= 60
    assert "Nothing is lost: wait" in refused.text


def test_a_refused_form_counts_as_well_so_that_nobody_tries_addresses_out(client, make):
    path = f"/petitions/{make.open_petition().slug}/sign"
    answers = [client.post(path, data={"email": "x"}).status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]


def test_without_trusted_proxies_nobody_chooses_the_network_he_seems_to_come_from(send):
    headers = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in range(31)]
    assert [send(n=n, **h).status_code for n, h in enumerate(headers)][-1] == 429


def test_reading_is_not_limited(client, make):
    path = f"/petitions/{make.open_petition().slug}"
    assert {client.get(path).status_code for _ in range(60)} == {200}


@pytest.mark.parametrize(
    ("address", "of"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/56"),
        ("2001:db8:1:ff::1", "2001:db8:1::/56"),
        ("nonsense", "unknown"),
    ],
)
def test_an_ipv6_line_is_one_network(address, of):
    assert network(address) == of


def test_the_key_of_the_day_is_the_same_all_day_and_another_in_every_process():
    one, other = DayKeys("memory://"), DayKeys("memory://")
    assert one.today() == one.today()
    assert one.today() != other.today()


@pytest.mark.feature(47)
def test_no_network_address_is_stored_anywhere(send, app, capfd):
    send("198.51.100.77")
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            assert "198.51.100.77" not in repr(row)
    said = capfd.readouterr()
    assert "198.51.100" not in said.out + said.err
