"""Settings from CAMPAIGN_* variables: read once, checked together, frozen.

Development makes its own secrets and keeps them in the instance folder. Production is given every secret
and refuses demonstration values; each fault is reported, not only the first.
"""

import base64
import contextlib
import ipaddress
import os
import secrets
import tempfile
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from nacl.public import PrivateKey

from campaign.passphrases import NotProtected, PassphraseWrong, unprotect
from campaign.settings.stated import DEMO_OPERATOR, Giving, Operator, Signing

__all__ = ["DEMO_OPERATOR", "Giving", "Operator", "Settings", "SettingsWrong", "Signing", "encode_key", "read"]

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("public", "campaigners", "staff", "worker")
DEMO_FROM = "letters@campaign.example"
DEMO_POSTAL = "Demonstration, 1 Example Street, 1000 Example City"
DEMO_LEGAL_FORM = "None: this is a demonstration on one machine"
DEMO_PROCESSORS = "Everything: this machine alone"
DEMO_AUTHORITY = "None: nothing here is about real signers"
IN_FILE = "file:"  # a private key that lies in a file under a passphrase
Ask = Callable[[Path], str | None]  # the passphrase of that file, from whoever sits there; None where nobody does


class SettingsWrong(Exception):
    """Everything that is wrong with the settings, one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    env: str
    instance: Path
    store: Path
    database_url: str = field(repr=False)  # may hold a password
    queue_url: str = field(repr=False)  # may hold a password
    limits_url: str = field(repr=False)  # may hold a password
    mail_url: str | None = field(repr=False)  # None: letters go into the mailbox of development
    mail_from: str
    mail_postal_address: str
    mail_bounces: str  # the mailbox for letters that come back; a token is put behind its name with a plus sign
    mail_bounce_box: tuple[str, Path] | None  # where what came back lies: "maildir" or "mbox", and its path
    mail_dkim_selector: str  # under which the relay signs, for the doctor to look; empty: not said
    site_url: str
    site_name: str
    operator: str
    about: Operator
    roles: frozenset[str]
    secret_key: bytes = field(repr=False)
    hash_key: bytes = field(repr=False)
    mail_public_key: bytes
    names_public_key: bytes
    mail_private_keys: tuple[bytes, ...] = field(repr=False)
    names_private_keys: tuple[bytes, ...] = field(repr=False)
    backup_public_key: bytes | None  # backups are sealed to it unless a passphrase is given
    trusted_proxies: int
    onion_url: str | None
    metrics_token: str | None = field(repr=False)
    giving: Giving
    signing: Signing | None = None  # None: packets carry no electronic signature

    @property
    def is_production(self) -> bool:
        return self.env == "production"


def read(environ: Mapping[str, str], ask: Ask | None = None) -> Settings:
    """The settings in those variables. Raises SettingsWrong with every fault found."""
    return _Reader(environ, ask).settings()


class _Reader:
    def __init__(self, environ: Mapping[str, str], ask: Ask | None) -> None:
        self.environ, self.ask = environ, ask
        self.faults: list[str] = []
        self.env = self._one_of("ENV", ("development", "production"), "development")
        self.is_development = self.env == "development"
        self.instance = Path(self._get("INSTANCE") or ROOT / "instance").resolve()

    def settings(self) -> Settings:
        site_url, backup = self._site_url(), self._get("BACKUP_PUBLIC_KEY")
        mail_public, mail_private = self._pair("MAIL")
        names_public, names_private = self._pair("NAMES")
        settings = Settings(
            env=self.env,
            instance=self.instance,
            store=Path(self._get("STORE") or self.instance / "store").resolve(),
            database_url=self._get("DATABASE_URL") or f"sqlite:///{self.instance / 'campaign.sqlite'}",
            queue_url=self._get("QUEUE_URL") or f"sqlite:///{self.instance / 'queue.sqlite'}",
            limits_url=self._get("LIMITS_URL") or "memory://",
            mail_url=self._mail_url(),
            mail_from=self._said("MAIL_FROM", DEMO_FROM),
            mail_postal_address=self._said("MAIL_POSTAL_ADDRESS", DEMO_POSTAL),
            mail_bounces=self._bounces(),
            mail_bounce_box=self._bounce_box(),
            mail_dkim_selector=self._get("MAIL_DKIM_SELECTOR") or "",
            site_url=site_url,
            site_name=self._said("SITE_NAME", "Open Letters"),
            operator=self._said("OPERATOR", DEMO_OPERATOR),
            about=self._about(),
            roles=self._roles(),
            secret_key=self._secret("SECRET_KEY"),
            hash_key=self._secret("HASH_KEY"),
            mail_public_key=mail_public,
            names_public_key=names_public,
            mail_private_keys=mail_private,
            names_private_keys=names_private,
            backup_public_key=self._key("BACKUP_PUBLIC_KEY", backup, length=32) if backup else None,
            trusted_proxies=self._count("TRUSTED_PROXIES"),
            onion_url=self._get("ONION_URL"),
            metrics_token=self._get("METRICS_TOKEN"),
            giving=self._giving(),
            signing=self._signing(),
        )
        self._check_urls(settings)
        if self.faults:
            raise SettingsWrong(self.faults)
        return settings

    def _get(self, name: str) -> str | None:
        return self.environ.get(f"CAMPAIGN_{name}", "").strip() or None

    def _fault(self, name: str, says: str) -> None:
        self.faults.append(f"CAMPAIGN_{name}: {says}")

    def _one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self._get(name) or default
        if value not in allowed:
            self._fault(name, f"is “{value}”; must be one of {', '.join(allowed)}")
        return value

    def _said(self, name: str, demo: str) -> str:
        """Something that production must say for itself."""
        value = self._get(name)
        if value is None and not self.is_development:
            self._fault(name, "is missing")
        if value == demo and not self.is_development:
            self._fault(name, "still has its demonstration value")
        return value or demo

    def _may_say(self, name: str, demo: str) -> str:
        """Something that production should say, and never in the words of the demonstration."""
        value = self._get(name)
        if value == demo and not self.is_development:
            self._fault(name, "still has its demonstration value")
        return value or (demo if self.is_development else "")

    def _about(self) -> Operator:
        contact = self._may_say("OPERATOR_CONTACT", DEMO_FROM) or self._get("MAIL_FROM") or DEMO_FROM
        if "@" not in contact:
            self._fault("OPERATOR_CONTACT", "must be an e-mail address")
        processors = self._may_say("PROCESSORS", DEMO_PROCESSORS).split(";")
        return Operator(
            name=self._get("OPERATOR") or DEMO_OPERATOR,
            legal_form=self._may_say("OPERATOR_LEGAL_FORM", DEMO_LEGAL_FORM),
            address=self._get("OPERATOR_ADDRESS") or self._get("MAIL_POSTAL_ADDRESS") or DEMO_POSTAL,
            contact=contact,
            processors=tuple(each.strip() for each in processors if each.strip()),
            authority=self._may_say("DATA_PROTECTION_AUTHORITY", DEMO_AUTHORITY),
            security_contact=self._get("SECURITY_CONTACT") or contact,
            lawyer=self._get("LAWYER") or "",
        )

    def _giving(self) -> Giving:
        base = self._get("STRIPE_API_BASE")
        descriptor = self._get("GIVING_DESCRIPTOR") or ""
        if len(descriptor) > 22 or set(descriptor) & set("<>\\'\"*"):
            self._fault("GIVING_DESCRIPTOR", "at most 22 letters, without < > \\ ' \" *")
        currencies = (self._get("GIVING_CURRENCIES") or "EUR,USD,GBP,CHF").upper().split(",")
        return Giving(
            key=self._get("STRIPE_SECRET_KEY"),
            webhook_secret=self._get("STRIPE_WEBHOOK_SECRET"),
            api_base=base.rstrip("/") if base else None,
            pages=tuple((self._get("STRIPE_PAGES") or base or "https://*.stripe.com").rstrip("/").split(",")),
            currencies=tuple(code.strip() for code in currencies if code.strip()),
            descriptor=descriptor,
            bank=tuple(line.strip() for line in (self._get("GIVING_BANK") or "").split(";") if line.strip()),
        )

    def _signing(self) -> Signing | None:
        """The files must be there; whether they open is said by `flask doctor` and by the first build."""
        places = {name: self._get(name) for name in ("SIGNING_PKCS12", "SIGNING_PASSPHRASE_FILE")}
        files = {name: Path(place).expanduser() for name, place in places.items() if place}
        for name, path in files.items():
            if not path.is_file():
                self._fault(name, f"{path}: there is no such file")
        pkcs12 = files.get("SIGNING_PKCS12")
        return Signing(pkcs12, files.get("SIGNING_PASSPHRASE_FILE")) if pkcs12 else None

    def _site_url(self) -> str:
        url = self._said("SITE_URL", f"http://127.0.0.1:{self.environ.get('PORT', '8000')}").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            self._fault("SITE_URL", "must be a whole address such as https://letters.example")
        elif self.is_development and not _is_loopback(parts.hostname):
            self._fault("SITE_URL", "development serves this machine only; set CAMPAIGN_ENV=production")
        elif (
            self._get("SITE_URL")
            and not self.is_development
            and parts.scheme != "https"
            and not parts.hostname.endswith(".onion")
        ):
            self._fault("SITE_URL", "must begin with https:// in production")
        return url

    def _mail_url(self) -> str | None:
        url = self._get("MAIL_URL")
        if url is None and not self.is_development:
            self._fault("MAIL_URL", "is missing")
        if url is not None and urlsplit(url).scheme not in {"smtp", "smtps"}:
            self._fault("MAIL_URL", "must begin with smtp:// or smtps://")
        return url

    def _bounces(self) -> str:
        """By default the sender's own mailbox, if a token of 48 signs fits behind its name, which may have 64."""
        sender = (self._get("MAIL_FROM") or DEMO_FROM).rpartition("@")
        given = self._get("MAIL_BOUNCES")
        local, at, domain = (given or "").rpartition("@")
        if given and (not at or not local.isascii() or not domain or len(local) > 16):
            self._fault("MAIL_BOUNCES", "must be an address with at most 16 signs before the @")
        fits = sender[0].isascii() and len(sender[0]) <= 16
        return given or f"{sender[0] if fits else 'bounces'}@{sender[2]}"

    def _bounce_box(self) -> tuple[str, Path] | None:
        given = self._get("MAIL_BOUNCE_BOX")
        kind, _, path = (given or "").partition(":")
        if given and (kind not in {"maildir", "mbox"} or not Path(path).is_absolute()):
            self._fault("MAIL_BOUNCE_BOX", "must be maildir: or mbox: and an absolute path")
        return (kind, Path(path)) if given else None

    def _roles(self) -> frozenset[str]:
        roles = frozenset(r.strip() for r in (self._get("ROLES") or ",".join(ROLES)).split(",") if r.strip())
        for role in sorted(roles - set(ROLES)):
            self._fault("ROLES", f"“{role}” is unknown; there are {', '.join(ROLES)}")
        return roles

    def _count(self, name: str) -> int:
        value = self._get(name) or "0"
        if not value.isdigit():
            self._fault(name, f"is “{value}”; must be a whole number")
            return 0
        return int(value)

    def _secret(self, name: str) -> bytes:
        """At least 32 bytes, in base64."""
        value = self._get(name) or self._kept(name, lambda: encode_key(secrets.token_bytes(32)))
        if value is None:
            return b""
        raw = self._key(name, value)
        if raw is not None and len(raw) < 32:
            self._fault(name, "must hold at least 32 bytes in base64")
        return raw or b""

    def _pair(self, purpose: str) -> tuple[bytes, tuple[bytes, ...]]:
        """The public key to seal to, and whatever private keys this node holds; they must match."""
        private = self._private_keys(f"{purpose}_PRIVATE_KEY")
        given = self._get(f"{purpose}_PUBLIC_KEY")
        if given is None and self.is_development:
            public: bytes | None = bytes(PrivateKey(private[0]).public_key) if private else None
        elif given is None:
            self._fault(f"{purpose}_PUBLIC_KEY", "is missing")
            return b"", private
        else:
            public = self._key(f"{purpose}_PUBLIC_KEY", given, length=32)
        halves = {bytes(PrivateKey(p).public_key) for p in private}
        if public and private and public not in halves:
            self._fault(f"{purpose}_PRIVATE_KEY", "none of these opens what the public key seals")
        return public or b"", private

    def _private_keys(self, name: str) -> tuple[bytes, ...]:
        made = self._kept(name, lambda: encode_key(bytes(PrivateKey.generate())))
        value = self._get(name) or made
        keys = [self._private_key(name, v.strip()) for v in (value or "").split(",") if v.strip()]
        return tuple(k for k in keys if k is not None)

    def _private_key(self, name: str, value: str) -> bytes | None:
        if not value.startswith(IN_FILE):
            return self._key(name, value, length=32)
        path = Path(value.removeprefix(IN_FILE)).expanduser()
        try:
            words = self._passphrase(path)
        except OSError as fault:
            self._fault("KEY_PASSPHRASE_FILE", f"{self._get('KEY_PASSPHRASE_FILE')}: {fault.strerror}")
            return None
        try:
            return unprotect(path.read_text("ascii"), words)
        except OSError as fault:
            self._fault(name, f"{path}: {fault.strerror}. Leave this setting out on a node that does without the key")
        except (NotProtected, UnicodeDecodeError):
            self._fault(name, f"{path} is no file that `keys new --protect` wrote")
        except PassphraseWrong:
            self._fault(name, f"the passphrase does not open {path}, or the file was changed")
        return None

    def _passphrase(self, path: Path) -> str:
        """From CAMPAIGN_KEY_PASSPHRASE, the first line of the file CAMPAIGN_KEY_PASSPHRASE_FILE, or asked for."""
        lies_in, asked = self._get("KEY_PASSPHRASE_FILE"), None
        given = self.environ.get("CAMPAIGN_KEY_PASSPHRASE")
        if not given and lies_in:
            given = next(iter(Path(lies_in).read_text("utf-8").splitlines()), "")
        if not given and self.ask is not None:
            asked = self.ask(path)
        return given or asked or ""

    def _key(self, name: str, value: str, *, length: int | None = None) -> bytes | None:
        try:
            raw = base64.b64decode(value, validate=True)
        except (NotBase64, ValueError):
            self._fault(name, "is not base64; was it cut or mistyped?")
            return None
        if length is not None and len(raw) != length:
            self._fault(name, f"holds {len(raw)} bytes instead of {length}; was it cut or mistyped?")
            return None
        return raw

    def _kept(self, name: str, make: Callable[[], str]) -> str | None:
        """Development's own secret, made once and kept in a file that only its owner may read."""
        if not self.is_development:
            if "PRIVATE" not in name and self._get(name) is None:
                self._fault(name, "is missing")
            return None
        if self._get(name) or ("PRIVATE" in name and self._get(name.replace("PRIVATE", "PUBLIC"))):
            return None
        folder = self.instance / "secrets"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / name.lower()
        if not path.exists():
            _write_once(path, make())
        return path.read_text().strip()

    def _check_urls(self, settings: Settings) -> None:
        if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            self._fault("DATABASE_URL", "must begin with sqlite:/// or postgresql+psycopg://")
        if not settings.queue_url.startswith(("sqlite:///", "redis://", "rediss://", "unix://")):
            self._fault("QUEUE_URL", "must begin with sqlite:/// or redis://")
        if not settings.limits_url.startswith(("memory://", "redis://", "rediss://")):
            self._fault("LIMITS_URL", "must be memory:// or begin with redis://")


def encode_key(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _write_once(path: Path, text: str) -> None:
    """Write a file for its owner alone; if another process of this site was first, its text stays."""
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    Path(draft).unlink()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
