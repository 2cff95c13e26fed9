"""A site that only listens: it verifies webhooks by the library itself and keeps what it took."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe


class Receiver:
    """An endpoint. `answers` decides the status for each event; forged ones get 400."""

    def __init__(self, secret: str, answers: Callable[[Any], int] = lambda _: 200, port: int = 0) -> None:
        self.answers = answers
        self.taken: list[Any] = []
        self.seen = 0
        self.door = threading.Lock()
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    event = stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], secret)
                    status = receiver.answers(event)
                except stripe.SignatureVerificationError:
                    status, event = 400, None
                with receiver.door:
                    receiver.seen += 1
                    if status == 200:
                        receiver.taken.append(event)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/stripe"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
