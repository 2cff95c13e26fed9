"""The double as a process of its own: says its address on a line, and runs until it is ended."""

import argparse
import logging
from pathlib import Path

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.stripe_double import control, pages
from tests.stripe_double.api import Api, HungUp
from tests.stripe_double.double import Double


def application(double: Double) -> object:
    api = Api(double)

    @Request.application
    def answer(request: Request) -> Response:
        if request.path.startswith("/v1/"):
            return api.answer(request)
        if request.path.startswith("/_control/"):
            return control.answer(double, request)
        with double.lock:
            shown = pages.answer(double, request)
            if request.method == "POST":
                double.save()
        return shown

    def wsgi(environ: dict, start: object) -> object:
        try:
            return answer(environ, start)
        except HungUp:
            environ["werkzeug.socket"].shutdown(2)
            raise ConnectionResetError from None

    return wsgi


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.stripe_double", description=__doc__)
    asked.add_argument("--port", type=int, default=0)
    asked.add_argument("--webhook", help="where events are posted")
    asked.add_argument("--secret", default="whsec_double", help="with which they are signed")
    asked.add_argument("--key", action="append", default=[], help="the only API keys taken; may be given again")
    asked.add_argument("--state", type=Path, help="kept here, and read again at the next start")
    asked.add_argument("--hands", type=int, default=1, help="how many webhooks are carried at once")
    given = asked.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    double = Double(given.secret, given.webhook, given.key, given.state)
    server = make_server("127.0.0.1", given.port, application(double), threaded=True)
    double.base = f"http://127.0.0.1:{server.port}"
    double.postman.start(given.hands)
    print(double.base, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
