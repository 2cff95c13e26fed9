"""What every answer carries: nothing from elsewhere, nothing framed, nothing cached that should not be.

The audience decides the cache: public pages may be kept for ten seconds, so that a take-down works within
thirty; everything else is `no-store`, and pages behind a mailed link are kept out of search engines too.
"""

from collections.abc import Iterable
from urllib.parse import quote

from flask import Flask, Response, request

from campaign.settings import Settings
from campaign.web import fingerprints

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PUBLIC_CACHE = "public, max-age=10, stale-while-revalidate=20"


def policy(form_pages: Iterable[str] = ()) -> str:
    """The policy of a page whose form leads on to one of these pages, as that of payment."""
    return POLICY.replace("form-action 'self'", " ".join(("form-action 'self'", *form_pages)))


def init_app(app: Flask, settings: Settings) -> None:
    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), browsing-topics=()"
        if settings.site_url.startswith("https:"):
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if settings.onion_url:
            headers["Onion-Location"] = settings.onion_url.rstrip("/") + quote(request.script_root + request.path)
        _cache(response)
        return response


def _cache(response: Response) -> None:
    if request.endpoint == "static":
        response.headers["Cache-Control"] = fingerprints.cache()
        return
    kept = request.blueprint == "public" and request.method in {"GET", "HEAD"} and response.status_code in {200, 304}
    if not kept:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = PUBLIC_CACHE
    if request.blueprint == "mailed":
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
