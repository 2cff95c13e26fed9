"""Links in letters, and the stamp of public forms.

A token is base64url(purpose ‖ public id ‖ version ‖ HMAC-SHA256/128) under a key of its purpose.
Nothing of it is stored: raising `link_version` on the row revokes what was sent. The stamp of a form
belongs to nobody; it only says that the form was served by this site within a day.
"""

import base64
import enum
import hmac
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaign.domain.errors import LinkUnknown

_ID, _VERSION, _MAC = 16, 2, 16
_LENGTH = 1 + _ID + _VERSION + _MAC
_RETURN_MAC = 13
STAMP_LASTS = timedelta(hours=24)


class Purpose(enum.IntEnum):
    CONFIRM = 1
    SIGNATURE = 2
    UNSUBSCRIBE = 3
    STAFF = 4
    PROPOSAL = 5
    RECIPIENT = 6
    SUBSCRIPTION = 7
    ASKED = 8  # of a form that asks for news, or for another address
    COSPONSOR = 11  # the link that an author passes on: to read the draft and stand behind it
    GIFT = 21  # how an attempt to give stands
    DONOR = 22  # a donor's own page
    COSPONSORING = 12  # the co-sponsor's own, from the letter
    COSIGN = 15  # of an organisation's signatory, to a joint letter


@dataclass(frozen=True)
class Claim:
    """What a genuine token says; whether the row still honours that version is the row's to tell."""

    public_id: bytes
    version: int


class Links:
    """Makes and reads tokens. `secret_key` is the site's; one key a purpose is derived from it."""

    def __init__(self, secret_key: bytes) -> None:
        self._keys = {p: hmac.digest(secret_key, b"link:" + p.name.encode(), "sha256") for p in Purpose}
        self._code_key = hmac.digest(secret_key, b"code of a recipient", "sha256")
        self._return_key = hmac.digest(secret_key, b"return path", "sha256")
        self._stamp_key = hmac.digest(secret_key, b"form stamp", "sha256")

    def token(self, purpose: Purpose, public_id: bytes, version: int) -> str:
        body = bytes([purpose]) + public_id + version.to_bytes(_VERSION, "big")
        mac = hmac.digest(self._keys[purpose], body, "sha256")[:_MAC]
        return base64.urlsafe_b64encode(body + mac).decode().rstrip("=")

    def claim(self, purpose: Purpose, token: str) -> Claim:
        """The claim of a genuine token of this purpose. Raises LinkUnknown for anything else."""
        try:
            raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (NotBase64, UnicodeEncodeError, ValueError) as fault:
            raise LinkUnknown from fault
        body, mac = raw[:-_MAC], raw[-_MAC:]
        expected = hmac.digest(self._keys[purpose], body, "sha256")[:_MAC]
        is_ours = base64.urlsafe_b64encode(raw).decode().rstrip("=") == token  # and in no other spelling
        if not is_ours or len(raw) != _LENGTH or body[0] != purpose or not hmac.compare_digest(mac, expected):
            raise LinkUnknown
        return Claim(body[1 : 1 + _ID], int.from_bytes(body[1 + _ID :], "big"))

    def return_token(self, public_id: bytes) -> str:
        """For the return path of a letter: small letters and digits, as mail servers change the size of letters."""
        raw = public_id + hmac.digest(self._return_key, public_id, "sha256")[:_RETURN_MAC]
        return base64.b32encode(raw).decode().rstrip("=").lower()

    def returned(self, token: str) -> bytes:
        """The public id in a genuine return path. Raises LinkUnknown for anything else."""
        try:
            raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (NotBase64, ValueError) as fault:
            raise LinkUnknown from fault
        public_id = raw[:_ID]  # compared as written, so that a token has one spelling but for the size of its letters
        if len(raw) != _ID + _RETURN_MAC or not hmac.compare_digest(self.return_token(public_id), token.lower()):
            raise LinkUnknown
        return public_id

    def code(self, public_id: bytes) -> str:
        """What is told to a recipient by another way than the link: ten signs, beyond guessing in a few tries.

        Like the link it is made again whenever it is needed, so that it lies in no table.
        """
        signs = base64.b32encode(hmac.digest(self._code_key, public_id, "sha256"))[:10].decode()
        return f"{signs[:5]}-{signs[5:]}"

    def code_is_right(self, public_id: bytes, typed: str) -> bool:
        plain = "".join(letter for letter in typed.upper() if letter.isalnum())
        return hmac.compare_digest(plain.encode(), self.code(public_id).replace("-", "").encode())

    def stamp(self, at: datetime) -> str:
        """Dated to the hour, the same for everybody in that hour."""
        hour = at.astimezone(UTC).strftime("%Y%m%d%H")
        return f"{hour}.{self._stamp_mac(hour)}"

    def stamp_is_good(self, stamp: str, at: datetime) -> bool:
        """Genuine, not from the future and less than a day old."""
        hour, _, mac = stamp.partition(".")
        if not hmac.compare_digest(mac.encode(), self._stamp_mac(hour).encode()):
            return False
        made = datetime.strptime(hour, "%Y%m%d%H").replace(tzinfo=UTC)
        return made <= at < made + STAMP_LASTS + timedelta(hours=1)

    def _stamp_mac(self, hour: str) -> str:
        return hmac.digest(self._stamp_key, hour.encode(), "sha256")[:_MAC].hex()
