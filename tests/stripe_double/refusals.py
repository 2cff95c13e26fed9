"""What the double answers when it refuses: Stripe's error body, its status, and the headers that go with it."""

from typing import Any


class Refused(Exception):
    """An API call that gets an error for an answer."""

    def __init__(self, message: str, status: int = 400, kind: str = "invalid_request_error", **more: Any) -> None:
        super().__init__(message)
        self.message, self.status, self.kind, self.more = message, status, kind, more

    def body(self, request: str) -> dict[str, Any]:
        error = {"message": self.message, "type": self.kind, **{k: v for k, v in self.more.items() if v is not None}}
        if "code" in error:
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{error['code'].replace('_', '-')}"
        return {"error": error | {"request_log_url": f"https://dashboard.stripe.com/test/logs/{request}"}}


def missing(kind: str, key: str, param: str, elsewhere: str = "") -> Refused:
    """`elsewhere` is the mode (test or live) in which the object would be found."""
    more = ""
    if elsewhere:
        used = "live" if elsewhere == "test" else "test"
        more = f"; a similar object exists in {elsewhere} mode, but a {used} mode key was used to make this request."
    return Refused(f"No such {kind}: '{key}'{more}", status=404, code="resource_missing", param=param)


def missing_here(kind: str, key: str, param: str) -> Refused:
    """An object named in a parameter, rather than in the path, is a bad request."""
    return Refused(f"No such {kind}: '{key}'", code="resource_missing", param=param)


def required(param: str) -> Refused:
    return Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)


def exclusive(*params: str) -> Refused:
    named = ", ".join(params)
    return Refused(f"You may only specify one of these parameters: {named}.", code="parameters_exclusive")


def unknown(param: str) -> Refused:
    return Refused(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def not_built(what: str) -> Refused:
    """Stripe would do it; the double does not, and says so rather than to let the caller believe that it did."""
    return Refused(f"The double does not act on {what}: build it before you rely on it.", status=501, kind="api_error")
