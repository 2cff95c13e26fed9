"""Running doubles of what stands outside: a mail server that speaks SMTP, and a person reading her mailbox.

Nothing of ours is replaced. The server is aiosmtpd on a port of its own; it can be told to refuse, to wait or to
hang up, as real ones do.
"""

import asyncio
import email
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = Callable[[Envelope], str]
LINK = re.compile(r"https?://\S+")


@dataclass
class PostOffice:
    """A mail server. `answers` decides what it says to each letter; what it took is in `letters`."""

    letters: list[EmailMessage] = field(default_factory=list)
    return_paths: list[str] = field(default_factory=list)  # of the letters it took
    raw: list[bytes] = field(default_factory=list)  # the same letters as they came
    attempts: int = 0
    connections: int = 0
    answer: Answer = lambda _: "250 taken"
    welcome: Answer = lambda _: "250 OK"  # what it says to a recipient
    waits: float = 0.0  # seconds before each answer
    hangs_up_after: int | None = None  # letters
    port: int = 0
    _controller: Controller | None = None

    def open(self, **how: Any) -> "PostOffice":
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=self.port, server_hostname="post.example", **how)
        self._controller.start()
        self.connections = 0  # the one that showed that it runs is not counted
        self.port = self._controller.port
        return self

    def open_again(self) -> None:
        """On the port that it had."""
        self.open()

    def close(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_HELO(self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        return "250 post.example"

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        said = self.welcome(envelope)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.attempts += 1
        if self.hangs_up_after is not None and self.attempts > self.hangs_up_after:
            self.hangs_up_after = None
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        if self.waits:
            await asyncio.sleep(self.waits)
        said = self.answer(envelope)
        if said.startswith("250"):
            self.return_paths.append(envelope.mail_from or "")
            self.raw.append(envelope.content or b"")
            self.letters.append(email.message_from_bytes(envelope.content or b"", policy=policy.default))
        return said

    def to(self, address: str) -> list[EmailMessage]:
        return [m for m in list(self.letters) if str(m["To"]) == address]

    def wait_for(self, n: int, *, seconds: float = 20) -> list[EmailMessage]:
        """The letters, once there are that many."""
        end = time.monotonic() + seconds
        while len(self.letters) < n and time.monotonic() < end:
            time.sleep(0.05)
        assert len(self.letters) >= n, f"{len(self.letters)} letters came within {seconds} s instead of {n}"
        return list(self.letters)


class _AnyPort(Controller):
    """aiosmtpd's controller on whatever port is free."""

    def _trigger_server(self) -> None:
        """Connects once, to see that it runs; to the port that it got, not to the one that was asked for."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def words(message: EmailMessage) -> str:
    """The plain text of a letter, as a person reads it."""
    plain = message.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def link(message: EmailMessage, kind: str) -> str:
    """The first link in the letter to that kind of page, such as `confirm`."""
    found = [url for url in LINK.findall(words(message)) if f"/{kind}/" in url]
    assert found, f"the letter holds no link to /{kind}/"
    return found[0]
