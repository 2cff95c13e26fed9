"""A mail server that takes everything and remembers the newest confirmation link of each address.

It runs in the loop of the visitors, so that they can wait for their letters.
"""

import asyncio
import re
from email import message_from_bytes, policy

LINK = re.compile(r"https?://[^/\s]+(/confirm/\S+)")


class Sink:
    def __init__(self) -> None:
        self.taken = 0
        self.port = 0
        self._links: dict[str, str] = {}
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 22)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server:
            self._server.close()

    def link(self, address: str) -> str | None:
        """The path of the newest link that went to that address."""
        return self._links.get(address)

    async def wait_for(self, address: str) -> str:
        if address not in self._links:
            self._waiting[address] = asyncio.get_running_loop().create_future()
            return await self._waiting[address]
        return self._links[address]

    def _keep(self, recipients: list[str], raw: bytes) -> None:
        self.taken += 1
        plain = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
        found = LINK.search(plain.get_content()) if plain else None
        for address in recipients if found else []:
            assert found
            self._links[address] = found[1]
            if (waiting := self._waiting.pop(address, None)) and not waiting.done():
                waiting.set_result(found[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        writer.write(b"220 sink\r\n")
        try:
            while command := (await reader.readline()).strip():
                verb = command[:4].upper()
                if verb == b"EHLO":
                    writer.write(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go\r\n")
                    raw = await reader.readuntil(b"\r\n.\r\n")
                    writer.write(b"250 kept\r\n")
                    self._keep(recipients, raw[:-3].replace(b"\r\n..", b"\r\n."))
                    recipients = []
                elif verb == b"QUIT":
                    break
                else:
                    if verb == b"RCPT":
                        recipients.append(command.decode().partition("<")[2].partition(">")[0])
                    writer.write(b"250 ok\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
