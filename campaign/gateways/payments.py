"""The one door to Stripe: a hosted page to pay on, reports that are really theirs, and the state read anew.

What goes out holds no name of a prisoner, a country or a signer: an opaque code of the campaign, an opaque reference
of the attempt, and words that fit every gift. Every call that changes something carries an idempotency key, so that
the library may repeat it after silence or a 500, and so that a form sent twice is one attempt. Texts of Stripe are
never passed on: they may quote a person.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import stripe

from campaign.domain.giving.paying import Line, Look, Order, Paid, TillDown, TillRefused, Told
from campaign.gateways.lookout import LISTENS_TO, LOOKS, Reading, is_over, line, told_of

stripe.enable_telemetry = False  # nobody needs to know how long our calls take

TOLERANCE = 300  # seconds between a report's signature and its arrival
PATIENCE, FOR_A_PAGE, BRISK = (5.0, 20.0), (3.0, 8.0), (3.0, 5.0)  # seconds to connect and to answer
RETRIES = 2
AT_ONCE, TURN = 2, 2.0  # pages of one process that wait for Stripe, and seconds until another's turn comes


class NotTheirs(Exception):
    """A report whose signature is wrong, too old, or of another mode than our key."""


class Till:
    """Meets `domain.paying.Payments`. One client for work, and brisker ones for pages that a visitor waits for.

    However slow Stripe is, only two pages of a process wait for it: the other threads are there for who signs.
    """

    def __init__(self, key: str, webhook_secret: str, *, base: str | None = None, descriptor: str = "") -> None:
        self.is_live = "_live_" in key
        self.webhook_secret = webhook_secret
        self.descriptor = descriptor
        self._client, self._brisk = _client(key, base, PATIENCE, RETRIES), _client(key, base, BRISK, 0)
        self._page, self._turns = _client(key, base, FOR_A_PAGE, 1), threading.BoundedSemaphore(AT_ONCE)

    def begin(self, order: Order) -> str:
        with self._turn(), _told():
            options = stripe.RequestOptions(idempotency_key=order.key)
            session = self._page.v1.checkout.sessions.create(cast(Any, self._params(order)), options)
        if not session.url:
            raise TillRefused("no address")
        return session.url

    def _params(self, order: Order) -> dict[str, Any]:
        mark = {"campaign": order.code, "reference": order.reference, "lang": order.lang}
        price: dict[str, Any] = {
            "currency": order.currency.lower(),
            "unit_amount": order.amount,
            "product_data": {"name": "Donation"},
        }
        params: dict[str, Any] = {
            "mode": "subscription" if order.monthly else "payment",
            "submit_type": "donate",
            "client_reference_id": order.reference,
            "metadata": mark,
            "success_url": f"{order.thanks_url}?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": order.stopped_url,
            "locale": order.lang if order.lang in LOCALES else "auto",
            "line_items": [{"quantity": 1, "price_data": price}],
            "adaptive_pricing": {"enabled": False},  # what was chosen is what is given
        }
        if order.monthly:
            price["recurring"] = {"interval": "month"}
            params["subscription_data"] = {"metadata": mark}
        else:
            params["payment_intent_data"] = {"metadata": mark}
            if self.descriptor:
                params["payment_intent_data"]["statement_descriptor_suffix"] = self.descriptor
        return params

    def standing(self, session: str, reference: str) -> Paid | None:
        try:
            with self._turn(), _told():
                found = self._brisk.v1.checkout.sessions.retrieve(session)
        except TillRefused:
            return None
        if found.client_reference_id != reference:
            return None
        if found.status == "complete":
            return Paid.YES if found.payment_status in {"paid", "no_payment_required"} else Paid.NOT_YET
        return Paid.OVER if found.status == "expired" else Paid.OPEN

    def look(self, look_at: str, subject: str) -> Look:
        asked_at = datetime.now(UTC)
        with _told():
            return LOOKS[look_at](Reading(self._client, asked_at), subject)

    def stop(self, subscription: str) -> None:
        try:
            with self._turn(), _told():
                options = stripe.RequestOptions(idempotency_key=f"stop-{subscription}")
                self._page.v1.subscriptions.cancel(subscription, {}, options)
        except TillRefused:
            if not is_over(self.look("plan", subscription)):  # somebody was first
                raise

    def portal(self, customer: str, *, back: str, lang: str) -> str:
        given = {"customer": customer, "return_url": back, "locale": lang if lang in LOCALES else "auto"}
        # A page for one visit: a key of its own each time, for the library's repetitions alone.
        options = stripe.RequestOptions(idempotency_key=f"portal-{customer}-{datetime.now(UTC).timestamp()}")
        with self._turn(), _told():
            return self._page.v1.billing_portal.sessions.create(cast(Any, given), options).url

    def heard(self, body: bytes, signature: str | None) -> Told | None:
        """A report as it came, verified on its raw bytes; None for one that is not acted on. Raises NotTheirs."""
        try:
            event = self._client.construct_event(body, signature, self.webhook_secret, TOLERANCE).to_dict()
            is_live, told = event["livemode"], told_of(event)
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as fault:
            raise NotTheirs from fault
        if is_live is not self.is_live:
            raise NotTheirs("of another mode")
        return told

    def reports(self, since: datetime) -> Iterator[Told]:
        with _told():
            given = {"created": {"gte": int(since.timestamp())}, "types": list(LISTENS_TO), "limit": 100}
            for event in self._client.v1.events.list(cast(Any, given)).auto_paging_iter():
                if (told := told_of(event.to_dict())) is not None:
                    yield told

    def lines(self, since: datetime) -> Iterator[Line]:
        with _told():
            given = {"created": {"gte": int(since.timestamp())}, "limit": 100}
            for each in self._client.v1.balance_transactions.list(cast(Any, given)).auto_paging_iter():
                yield line(each.to_dict())

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=TURN):
            raise TillDown("busy")
        try:
            yield
        finally:
            self._turns.release()

    def answers(self) -> bool:
        """Whether the company answers to our key at all."""
        try:
            with _told():
                self._brisk.v1.events.list({"limit": 1})
        except (TillDown, TillRefused):
            return False
        return True


LOCALES = frozenset(  # in which their pages are there
    ("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv")
) | frozenset(("ms", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh"))


def _client(key: str, base: str | None, timeout: tuple[float, float], retries: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        http_client=stripe.RequestsClient(timeout=timeout),
        max_network_retries=retries,
    )


@contextmanager
def _told() -> Iterator[None]:
    """Their errors as ours: silence and 5xx may pass, a refusal does not."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as fault:
        raise TillDown(type(fault).__name__) from None
    except stripe.AuthenticationError:
        raise TillDown("our key is not taken") from None
    except stripe.StripeError as fault:
        raise TillRefused(str(fault.code or type(fault).__name__)[:60]) from None
