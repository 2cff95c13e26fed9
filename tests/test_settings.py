import base64
import stat

import pytest
from nacl.public import PrivateKey

from campaign.passphrases import Cost, protect
from campaign.settings import DEMO_FROM, DEMO_OPERATOR, SettingsWrong, encode_key, read

PAIR, OTHER = PrivateKey(b"1" * 32), PrivateKey(b"2" * 32)


def whole(**changes):
    """What production needs, all of it right, with some of it changed."""
    given = {
        "ENV": "production",
        "SITE_URL": "https://letters.example",
        "SITE_NAME": "Letters",
        "OPERATOR": "An association",
        "OPERATOR_LEGAL_FORM": "Registered association, City, number 7",
        "OPERATOR_CONTACT": "people@letters.example",
        "PROCESSORS": "Server: Host, Iceland; Letters: Post, Norway;",
        "DATA_PROTECTION_AUTHORITY": "The commissioner",
        "MAIL_URL": "smtps://user:secret@post.example",
        "MAIL_FROM": "letters@letters.example",
        "MAIL_POSTAL_ADDRESS": "1 Street, City",
        "SECRET_KEY": encode_key(b"s" * 32),
        "HASH_KEY": encode_key(b"h" * 32),
        "MAIL_PUBLIC_KEY": encode_key(bytes(PAIR.public_key)),
        "NAMES_PUBLIC_KEY": encode_key(bytes(OTHER.public_key)),
    }
    return {f"CAMPAIGN_{name}": value for name, value in {**given, **changes}.items() if value is not None}


def faults(**changes):
    with pytest.raises(SettingsWrong) as wrong:
        read(whole(**changes))
    return wrong.value.faults


def test_a_public_node_needs_no_private_key(tmp_path):
    settings = read(whole(INSTANCE=str(tmp_path)))
    assert settings.is_production
    assert (settings.mail_private_keys, settings.names_private_keys) == ((), ())
    assert list(tmp_path.iterdir()) == []


def test_every_fault_is_reported_at_once():
    found = faults(
        SECRET_KEY=None, HASH_KEY="not base64!", MAIL_URL="imap://x", SITE_URL="http://letters.example",
        ROLES="public,cook", TRUSTED_PROXIES="two", DATABASE_URL="mysql://x", QUEUE_URL="amqp://x", LIMITS_URL="disk://",
    )  # fmt: skip
    named = {fault.partition(":")[0].removeprefix("CAMPAIGN_") for fault in found}
    assert named == {
        "SECRET_KEY", "HASH_KEY", "MAIL_URL", "SITE_URL", "ROLES", "TRUSTED_PROXIES", "DATABASE_URL", "QUEUE_URL",
        "LIMITS_URL",
    }  # fmt: skip
    assert len(found) == len(named)


@pytest.mark.parametrize(
    "name",
    [
        *("SITE_URL", "SITE_NAME", "OPERATOR", "MAIL_URL", "MAIL_FROM", "MAIL_POSTAL_ADDRESS"),
        *("SECRET_KEY", "HASH_KEY", "MAIL_PUBLIC_KEY", "NAMES_PUBLIC_KEY"),
    ],
)
def test_production_starts_with_nothing_missing(name):
    assert any(fault.startswith(f"CAMPAIGN_{name}: is missing") for fault in faults(**{name: None}))


def test_what_production_does_not_say_of_its_operator_is_empty_and_named(tmp_path):
    silent = dict.fromkeys(("OPERATOR_LEGAL_FORM", "OPERATOR_CONTACT", "PROCESSORS", "DATA_PROTECTION_AUTHORITY"))
    about = read(whole(INSTANCE=str(tmp_path), **silent)).about
    assert about.unstated == [
        "CAMPAIGN_OPERATOR_LEGAL_FORM",
        "CAMPAIGN_PROCESSORS",
        "CAMPAIGN_DATA_PROTECTION_AUTHORITY",
    ]
    assert about.contact == "letters@letters.example"
    assert read(whole(INSTANCE=str(tmp_path))).about.unstated == []


@pytest.mark.parametrize(("name", "demo"), [("MAIL_FROM", DEMO_FROM), ("OPERATOR", DEMO_OPERATOR)])
def test_production_refuses_demonstration_values(name, demo):
    assert faults(**{name: demo}) == [f"CAMPAIGN_{name}: still has its demonstration value"]


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (encode_key(b"k" * 31), "holds 31 bytes instead of 32"),
        (encode_key(bytes(PAIR.public_key))[:-3], "not base64"),
        ("ключ", "not base64"),
    ],
)
@pytest.mark.parametrize("name", ["MAIL_PUBLIC_KEY", "NAMES_PUBLIC_KEY", "MAIL_PRIVATE_KEY"])
def test_a_key_that_was_cut_or_mistyped_stops_the_start(name, key, says):
    assert any(fault.startswith(f"CAMPAIGN_{name}") and says in fault for fault in faults(**{name: key}))


def test_a_private_key_must_open_what_the_public_key_seals():
    (fault,) = faults(MAIL_PRIVATE_KEY=encode_key(bytes(OTHER)))
    assert fault.startswith("CAMPAIGN_MAIL_PRIVATE_KEY")


def test_while_keys_are_changed_a_node_holds_several():
    settings = read(whole(MAIL_PRIVATE_KEY=f"{encode_key(bytes(OTHER))}, {encode_key(bytes(PAIR))}"))
    assert settings.mail_private_keys == (bytes(OTHER), bytes(PAIR))


WORDS, CHEAP = "four words that rhyme", Cost(turns=1, memory=8192)


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "names.key"
    path.write_text(protect(bytes(OTHER), WORDS, cost=CHEAP))
    return path


@pytest.mark.feature(100)
def test_the_key_of_names_may_lie_in_a_file_that_opens_with_words_only(key_file, tmp_path):
    words = tmp_path / "words"
    words.write_text(f"{WORDS}\n")
    lies_there, opened = {"NAMES_PRIVATE_KEY": f"file:{key_file}"}, (bytes(OTHER),)
    assert read(whole(**lies_there, KEY_PASSPHRASE=WORDS)).names_private_keys == opened
    assert read(whole(**lies_there, KEY_PASSPHRASE_FILE=str(words))).names_private_keys == opened
    asked = []
    settings = read(whole(**lies_there), ask=lambda path: asked.append(path) or WORDS)
    assert (settings.names_private_keys, asked) == (opened, [key_file])
    assert encode_key(bytes(OTHER)) not in key_file.read_text()


@pytest.mark.feature(100)
def test_a_protected_key_that_does_not_open_stops_the_start_in_one_line(key_file):
    lies_there = {"NAMES_PRIVATE_KEY": f"file:{key_file}"}
    assert "the passphrase does not open" in faults(**lies_there)[0]
    assert "the passphrase does not open" in faults(**lies_there, KEY_PASSPHRASE="three words only")[0]
    assert "No such file" in faults(NAMES_PRIVATE_KEY=f"file:{key_file}.gone", KEY_PASSPHRASE=WORDS)[0]
    (fault,) = faults(**lies_there, KEY_PASSPHRASE_FILE=f"{key_file}.gone")
    assert fault.startswith(f"CAMPAIGN_KEY_PASSPHRASE_FILE: {key_file}.gone: No such file")
    key_file.write_text("a photograph")
    assert "is no file that" in faults(**lies_there, KEY_PASSPHRASE=WORDS)[0]


def test_who_answers_for_the_site_is_read_in_parts():
    about = read(whole(LAWYER="Me Durand")).about
    assert about.lawyer == "Me Durand"
    assert about.processors == ("Server: Host, Iceland", "Letters: Post, Norway")
    assert (about.address, about.security_contact) == ("1 Street, City", "people@letters.example")
    assert "must be an e-mail address" in faults(OPERATOR_CONTACT="write to us")[0]


def test_a_short_secret_is_refused():
    assert "at least 32 bytes" in faults(SECRET_KEY=encode_key(b"short"))[0]


def test_an_onion_site_needs_no_certificate():
    assert read(whole(SITE_URL="http://abc.onion")).site_url == "http://abc.onion"


def test_development_makes_its_secrets_once_and_keeps_them_for_its_owner_alone(tmp_path):
    one, other = (read({"CAMPAIGN_INSTANCE": str(tmp_path)}) for _ in range(2))
    assert one == other
    assert len(one.secret_key) == len(one.hash_key) == 32
    assert one.mail_public_key == bytes(PrivateKey(one.mail_private_keys[0]).public_key)
    assert len({one.secret_key, one.hash_key, one.mail_private_keys[0], one.names_private_keys[0]}) == 4
    for file in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_development_serves_this_machine(tmp_path, host):
    assert read({"CAMPAIGN_INSTANCE": str(tmp_path), "CAMPAIGN_SITE_URL": f"http://{host}:9000"})


@pytest.mark.parametrize("host", ["letters.example", "192.168.1.2", "10.0.0.1"])
def test_development_refuses_to_serve_others(tmp_path, host):
    with pytest.raises(SettingsWrong, match="this machine only"):
        read({"CAMPAIGN_INSTANCE": str(tmp_path), "CAMPAIGN_SITE_URL": f"http://{host}"})


def test_settings_show_no_secret_when_they_are_printed():
    settings = read(whole(MAIL_PRIVATE_KEY=encode_key(bytes(PAIR)), METRICS_TOKEN="watching"))
    shown = repr(settings)
    for secret in (b"s" * 32, b"h" * 32, bytes(PAIR)):
        assert repr(secret) not in shown
        assert base64.b64encode(secret).decode() not in shown
    assert "watching" not in shown
    assert "smtps://user:secret" not in shown
