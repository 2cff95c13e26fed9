"""The door to the mail server: Flask-Mail, made strict.

Bare, it checks no certificate, waits for ever, knows no address in another script and cannot say which
failures are worth another try. This subclass gives every connection a timeout and a verified context, and
turns what the server says into a `Fate`. A server's text is never kept: it quotes addresses.
"""

import re
import secrets
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import parse_qs, unquote, urlsplit

import flask_mail
from flask_mail import BadHeaderError, Connection, Mail, Message

from campaign.domain import mailboxes
from campaign.domain.posting import Fate

_ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_PLACEHOLDER = "placeholder@invalid"
TIMEOUT = 20.0  # seconds, for connecting and for each answer


def _chance_id(idstring: str | None = None, domain: str | None = None) -> str:
    return f"<{secrets.token_hex(16)}@localhost>"


# Flask-Mail makes a Message-ID for each letter before ours takes its place, and for that asks a name server, which may
# take seconds, what this machine is called.
flask_mail.make_msgid = _chance_id  # type: ignore[attr-defined]


class ServerUnreachable(Exception):
    """The mail server does not answer; every letter of the batch would fail alike."""


class Post(Protocol):
    """Takes one letter and says what became of it. The second value is a short code, never a text."""

    takes_any_script: bool  # also mailboxes whose name is not written in ASCII

    def send(self, message: Message) -> tuple[Fate, str | None]: ...


class PostOffice(Protocol):
    @contextmanager
    def open(self) -> Iterator[Post]: ...


class SmtpConnection(Connection):
    def configure_host(self) -> smtplib.SMTP:
        mail = cast(SmtpOffice, self.mail)
        host: smtplib.SMTP | None = None
        try:
            if mail.scheme == "smtps":
                host = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.timeout, context=_verified())
            else:
                host = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout)
            if mail.starttls:
                host.starttls(context=_verified())
            if mail.username:
                host.login(mail.username, mail.password)
            host.ehlo_or_helo_if_needed()  # what it offers is known before the first letter
        except (OSError, smtplib.SMTPException) as fault:
            if host is not None:
                host.close()
            raise ServerUnreachable from fault
        return host

    def send(self, message: Message, envelope_from: str | None = None) -> None:  # type: ignore[override]
        """In place of Flask-Mail's own, which takes every address apart once more for the envelope.

        That costs as much as writing the letter does, and knows only mailboxes written in ASCII.
        """
        recipients = [_dialled(str(address)) for address in message.recipients]
        written, message.recipients = message.recipients, list(recipients)
        try:
            _refuse_line_breaks(message)
            if all(address.rpartition("@")[0].isascii() for address in recipients):
                content, options = message.as_bytes(), list[str]()
            else:
                content, options = self._in_any_script(message, recipients), ["SMTPUTF8", "BODY=8BITMIME"]
        finally:
            message.recipients = written
        comes_back_to = envelope_from or getattr(message, "return_path", None) or parseaddr(str(message.sender))[1]
        cast(smtplib.SMTP, self.host).sendmail(comes_back_to, recipients, content, options)

    def _in_any_script(self, message: Message, recipients: list[str]) -> bytes:
        """To mailboxes that are not written in ASCII, which Flask-Mail cannot name: RFC 6531.

        Its bytes leave as they are but for that one head: a parser that writes them anew would encode the long link
        to unsubscribe, and no mail program would find it.
        """
        host = cast(smtplib.SMTP, self.host)
        if not host.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError
        message.recipients = [_PLACEHOLDER]
        head, _, body = message.as_bytes().partition(b"\r\n\r\n")
        head = head.replace(f"To: {_PLACEHOLDER}".encode(), f"To: {', '.join(recipients)}".encode())
        return head + b"\r\n\r\n" + body


def _refuse_line_breaks(message: Message) -> None:
    """Flask-Mail looks at all heads but those that it calls extra."""
    extra = (f"{name}{value}" for name, value in (message.extra_headers or {}).items())
    if message.has_bad_headers() or any(sign in head for head in extra for sign in "\r\n"):
        raise BadHeaderError


def _dialled(address: str) -> str:
    """The address in ASCII where only its domain is not: as IDNA 2008 writes it, and not by Python's own codec.

    By the older rules, which that one follows, `faß.example` is the server of somebody else.
    """
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{mailboxes.plain_domain(domain)}" if local.isascii() and not domain.isascii() else address


class SmtpOffice(Mail):
    """One verified connection for a whole batch, opened anew after the server hangs up."""

    suppress = False

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        self.scheme, self.timeout = parts.scheme, timeout
        self.host = parts.hostname or "127.0.0.1"
        self.port = parts.port or (465 if self.scheme == "smtps" else 25)
        self.starttls = parse_qs(parts.query).get("tls") == ["starttls"]
        self.username, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.max_emails = None
        super().__init__()

    @contextmanager
    def open(self) -> Iterator[Post]:
        connection = SmtpConnection(self)
        connection.host = connection.configure_host()
        try:
            yield _SmtpPost(connection)
        finally:
            try:
                connection.host.quit()
            except (OSError, smtplib.SMTPException):
                connection.host.close()


class _SmtpPost:
    def __init__(self, connection: SmtpConnection) -> None:
        self.connection = connection
        self.takes_any_script = cast(smtplib.SMTP, connection.host).has_extn("smtputf8")

    def send(self, message: Message) -> tuple[Fate, str | None]:
        try:
            self.connection.send(message)
        except smtplib.SMTPServerDisconnected:
            return self._once_more(message)
        except (OSError, smtplib.SMTPException) as fault:
            return _fate(fault)
        return Fate.SENT, None

    def _once_more(self, message: Message) -> tuple[Fate, str | None]:
        """Servers end long sessions; the letter they hung up on was not accepted."""
        self.connection.host = self.connection.configure_host()
        try:
            self.connection.send(message)
        except (OSError, smtplib.SMTPException) as fault:
            return _fate(fault)
        return Fate.SENT, None


class Mailbox:
    """Development's post office: letters become files that `/mailbox` shows."""

    takes_any_script = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def open(self) -> Iterator[Post]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield self

    def send(self, message: Message) -> tuple[Fate, str | None]:
        name = message.msgId.strip("<>").partition("@")[0]
        draft = self.folder / f".{name}"
        draft.write_bytes(message.as_bytes())
        draft.rename(self.folder / f"{name}.eml")
        return Fate.SENT, None


def _fate(fault: Exception) -> tuple[Fate, str]:
    """4xx and silence are worth another try, 5xx is an answer; why (RFC 3463) stands behind it, where it was said."""
    told: bytes | str
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, told = max(fault.recipients.values(), default=(0, b""))
    elif isinstance(fault, smtplib.SMTPResponseException):
        code, told = fault.smtp_code, fault.smtp_error
    elif isinstance(fault, smtplib.SMTPNotSupportedError):
        return Fate.NEVER, "smtp without SMTPUTF8"
    else:
        return Fate.LATER, f"smtp {type(fault).__name__}"
    said = _ENHANCED.match(told if isinstance(told, bytes) else told.encode("ascii", "replace"))
    why = f" {said[1].decode()}" if said else ""
    whom = " sender" if isinstance(fault, smtplib.SMTPSenderRefused) else ""
    return (Fate.NEVER if 500 <= code < 600 else Fate.LATER), f"smtp {code}{whom}{why}"


def _verified() -> ssl.SSLContext:
    return ssl.create_default_context()
