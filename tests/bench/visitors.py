"""What visitors do, one operation each: closed loop, a connection per request, every answer checked.

Limits per network and per mail domain stay switched on: each person comes from an address of her own behind the
trusted proxy, and writes from one of a thousand mail domains, as a crowd does.
"""

import asyncio
import html
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode, urlsplit

from tests.bench.post import Sink

STAMP = re.compile(r'name="stamp"[^>]*value="([^"]+)"')
COUNT = re.compile(rb'"signature_count": ?(\d+)')
DOMAINS = 1000


class Unexpected(Exception):
    """An answer that is not the one that a visitor should get; it counts as an error, not as an operation."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    network: str

    @classmethod
    def nth(cls, n: int) -> "Person":
        chance = random.Random(n)  # noqa: S311 - invents people, guards nothing
        network = ".".join(["10", *(str(chance.randrange(1, 255)) for _ in range(3))])
        return cls(f"Ada Lovelace {_letters(n)}", f"bench-{n}@post-{n % DOMAINS}.example", network)


def _letters(n: int) -> str:
    """Names hold no digits, so people are told apart by letters."""
    spelled = ""
    while n:
        n, rest = divmod(n, 26)
        spelled += chr(ord("a") + rest)
    return spelled.capitalize()


@dataclass
class Visitors:
    """Visitors of one petition of one site; `numbers` makes new people."""

    base: str
    slug: str
    sink: Sink
    numbers: Iterator[int] = field(default_factory=lambda: count(random.randrange(10**9)))  # noqa: S311
    _stamp: str = ""
    _etag: str = ""

    @property
    def page_path(self) -> str:
        return f"/petitions/{self.slug}"

    def people(self, n: int) -> list[Person]:
        return [Person.nth(next(self.numbers)) for _ in range(n)]

    async def prepare(self) -> None:
        """The stamp that a form carries and the ETag that a browser keeps; both belong to nobody."""
        page = await self.page()
        self._stamp, self._etag = _stamp_in(page), page.headers["etag"]

    # Reading

    async def page(self, _who: Person | None = None) -> Answer:
        return await self._get(self.page_path, must_say=b'name="stamp"')

    async def page_unchanged(self, _who: Person | None = None) -> None:
        """Asked again by a browser that has it. A page that changed meanwhile is taken and kept."""
        answer = await self._ask("GET", self.page_path, {"If-None-Match": self._etag})
        self._etag = answer.headers.get("etag", self._etag)
        if answer.status != 304:
            raise Unexpected(f"the unchanged page: {answer.status}")

    async def home(self, _who: Person | None = None) -> None:
        await self._get("/", must_say=b"/campaigns/")

    async def counted(self, _who: Person | None = None) -> int:
        found = COUNT.search((await self._get(f"{self.page_path}/count.json")).body)
        if not found:
            raise Unexpected("count.json without a count")
        return int(found[1])

    # The floor

    async def bare_page(self, _who: Person) -> None:
        await self._get("/page", must_say=b"<form")

    async def bare_insert(self, who: Person) -> None:
        answer = await self._ask("POST", "/insert", {}, {"name": who.name, "email": who.email})
        if answer.status != 204:
            raise Unexpected(f"insert: {answer.status}")

    # Signing

    async def send_form(self, who: Person) -> Answer:
        return await self._send_form(who, self._stamp)

    async def sign_like_a_browser(self, who: Person) -> None:
        stamp = _stamp_in(await self.page())
        answer = await self._send_form(who, stamp)
        await self._get(urlsplit(answer.headers["location"]).path)

    async def press_confirm(self, who: Person) -> None:
        link = self.sink.link(who.email)
        if link is None:
            raise Unexpected("no letter came")
        await self._press(link, who)

    async def sign_to_the_end(self, who: Person) -> None:
        """The form, the letter, its link, its button, and the page that thanks."""
        await self.sign_like_a_browser(who)
        link = await asyncio.wait_for(self.sink.wait_for(who.email), 60)
        await self._get(link, must_say=b"<form")
        answer = await self._press(link, who)
        await self._get(urlsplit(answer.headers["location"]).path)

    async def _press(self, link: str, who: Person) -> Answer:
        return self._redirected("confirm", await self._ask("POST", link, {"X-Forwarded-For": who.network}, {}))

    async def _send_form(self, who: Person, stamp: str) -> Answer:
        typed = {"name": who.name, "email": who.email, "country": "NO", "visibility": "addressee", "consent": "y"}
        path, network = f"{self.page_path}/sign", {"X-Forwarded-For": who.network}
        return self._redirected("sign", await self._ask("POST", path, network, typed | {"stamp": stamp}))

    # The wire

    @staticmethod
    def _redirected(what: str, answer: Answer) -> Answer:
        if answer.status != 303:
            raise Unexpected(f"{what}: {answer.status}")
        return answer

    async def _get(self, path: str, *, must_say: bytes = b"") -> Answer:
        answer = await self._ask("GET", path, {})
        if answer.status != 200 or must_say not in answer.body:
            raise Unexpected(f"GET {path.split('/')[1]}: {answer.status}")
        return answer

    async def _ask(self, method: str, path: str, more: dict[str, str], form: dict[str, str] | None = None) -> Answer:
        site = urlsplit(self.base)
        body = b"" if form is None else urlencode(form).encode()
        headers = {"Host": site.netloc, "Connection": "close", "X-Forwarded-For": "10.0.0.1"} | more
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        reader, writer = await asyncio.open_connection(site.hostname, site.port, limit=1 << 20)
        try:
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
            return _answer(await reader.read(-1))
        finally:
            writer.close()


def _answer(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    if not head:
        raise Unexpected("no answer")
    first, *lines = head.decode("latin-1").split("\r\n")
    named = (line.partition(":") for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in named}, body)


def _stamp_in(page: Answer) -> str:
    found = STAMP.search(page.body.decode())
    if not found:
        raise Unexpected("a page without the form")
    return html.unescape(found[1])
