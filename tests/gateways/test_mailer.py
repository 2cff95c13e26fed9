import socket
import ssl
import subprocess
from email import message_from_bytes, policy

import pytest
from flask_mail import BadHeaderError, Message

from campaign.domain.posting import Fate
from campaign.gateways import mailer
from campaign.gateways.mailer import Mailbox, ServerUnreachable, SmtpOffice
from tests.fakes import PostOffice, words


@pytest.fixture
def server():
    office = PostOffice().open()
    yield office
    office.close()


def letter(**changes):
    return Message(
        **{
            "subject": "Hello",
            "recipients": ["leila@post.example"],
            "body": "Words",
            "sender": ("Us", "us@site.example"),
        }
        | changes
    )


def send(url, *messages):
    with SmtpOffice(url).open() as post:
        return [post.send(message) for message in messages]


@pytest.fixture(autouse=True)
def _in_app(app):
    """Flask-Mail asks the running app for its defaults."""


pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # nothing here asks the database


def test_letters_of_a_batch_go_over_one_connection(server):
    assert send(server.url, letter(), letter(subject="Again")) == [(Fate.SENT, None)] * 2
    assert [m["Subject"] for m in server.letters] == ["Hello", "Again"]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("said", "fate"),
    [("450 later", Fate.LATER), ("421 bye", Fate.LATER), ("550 unknown", Fate.NEVER), ("552 full", Fate.NEVER)],
)
def test_what_the_server_says_becomes_a_fate_and_a_code_never_its_text(server, said, fate):
    server.answer = lambda _: said + " leila@post.example"
    assert send(server.url, letter()) == [(fate, f"smtp {said[:3]}")]


@pytest.mark.parametrize(("said", "fate"), [("451 grey", Fate.LATER), ("550 who?", Fate.NEVER)])
def test_a_refused_recipient_is_a_fate_as_well(server, said, fate):
    server.welcome = lambda _: said
    assert send(server.url, letter()) == [(fate, f"smtp {said[:3]}")]


def test_why_a_letter_is_refused_stands_behind_the_code_where_the_server_says_it(server):
    server.answer = lambda _: "550 5.1.1 leila@post.example is nobody"
    assert send(server.url, letter()) == [(Fate.NEVER, "smtp 550 5.1.1")]


def test_a_server_that_is_not_there_is_said_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(ServerUnreachable):
        send(f"smtp://127.0.0.1:{port}", letter())


def test_a_server_that_says_nothing_is_not_waited_for_for_ever():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        office = SmtpOffice(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3)
        with pytest.raises(ServerUnreachable), office.open():
            pass


@pytest.mark.parametrize("address", ["leila@post.example", "лейла@post.example"])
def test_a_server_that_hung_up_is_called_once_more(server, address):
    server.hangs_up_after = 1
    again = letter(subject="Again", recipients=[address])
    assert send(server.url, letter(), again) == [(Fate.SENT, None)] * 2
    assert [m["Subject"] for m in server.letters] == ["Hello", "Again"]
    assert "placeholder" not in str(server.letters[1]["To"])
    assert server.connections == 2


def test_a_server_without_a_certificate_that_can_be_checked_gets_no_letter(tmp_path):
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=127.0.0.1",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    office = PostOffice()
    office.open(tls_context=context)
    try:
        for url in (office.url + "?tls=starttls", office.url.replace("smtp://", "smtps://")):
            with pytest.raises(ServerUnreachable):
                send(url, letter())
    finally:
        office.close()
    assert office.letters == []


@pytest.mark.parametrize("to", ["leila@post.example", "лейла@post.example"])
@pytest.mark.parametrize("field", ["subject", "recipients", "extra_headers"])
def test_no_line_break_puts_a_header_into_a_letter(server, field, to):
    evil = "x\r\nBcc: everybody@post.example"
    changes = {"subject": evil, "recipients": [to + evil], "extra_headers": {"X-Kind": evil}}
    with pytest.raises((BadHeaderError, ValueError)):
        send(server.url, letter(**{"recipients": [to], field: changes[field]}))
    assert server.letters == []


@pytest.mark.parametrize("address", ["leila@почта.example", "лейла@post.example", "用户@例子.广告"])
def test_an_address_in_any_script_can_be_written_to(server, address):
    assert send(server.url, letter(recipients=[address])) == [(Fate.SENT, None)]
    (message,) = server.letters
    assert message["Subject"] == "Hello"
    assert str(message["To"]).encode("utf-8", "surrogateescape").decode() in {address, "leila@xn--80a1acny.example"}
    assert words(message).strip() == "Words"


def test_a_letter_goes_to_the_domain_that_was_typed_and_not_to_one_that_is_spelled_like_it(server):
    send(server.url, letter(recipients=["leila@faß.example"]))
    assert server.letters[0]["To"] == "leila@xn--fa-hia.example"


def test_a_server_that_takes_no_other_script_is_not_asked_again_and_again(server):
    with SmtpOffice(server.url).open() as post:
        assert post.takes_any_script
    server.close()
    server.open(enable_SMTPUTF8=False)
    with SmtpOffice(server.url).open() as post:
        assert not post.takes_any_script
    assert send(server.url, letter(recipients=["лейла@post.example"])) == [(Fate.NEVER, "smtp without SMTPUTF8")]


def test_in_development_letters_are_files_that_only_their_owner_reads(tmp_path):
    folder = tmp_path / "mailbox"
    with Mailbox(folder).open() as post:
        assert post.send(letter()) == (Fate.SENT, None)
    (file,) = folder.iterdir()
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"] == "Hello"
    assert folder.stat().st_mode & 0o077 == 0


def test_the_url_says_how_the_server_is_reached():
    office = SmtpOffice("smtps://us%40site:pa%2Fss@post.example?tls=starttls")
    assert (office.host, office.port, office.username, office.password) == ("post.example", 465, "us@site", "pa/ss")
    assert SmtpOffice("smtp://post.example:2525").port == 2525
    assert mailer.TIMEOUT <= 30
