"""What programs ask for: is it up, is it ready, what may be indexed, whom to tell of a hole."""

from datetime import timedelta
from email.utils import parseaddr

from flask import Response, jsonify, render_template, url_for

from campaign import readiness
from campaign.collaborators import collaborators, now
from campaign.domain.cases import showing
from campaign.domain.news import announcing
from campaign.web.public import bp

NOT_INDEXED = (
    "/confirm/",
    "/signature/",
    "/unsubscribe/",
    "/subscription/",
    "/my-links",
    "/account/",
    "/workspace/",
    "/staff/",
)
POLICY_LASTS = timedelta(days=180)


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers. Whether it can work is `/readyz`."""
    return _uncached(jsonify(status="up"))


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database there, migrations complete, keys registered; which of them fails stays inside the house."""
    ready = not readiness.faults(collaborators().settings)
    return _uncached(jsonify(status="ready" if ready else "not ready")), 200 if ready else 503


@bp.get("/robots.txt")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_INDEXED)]
    lines.append(f"Sitemap: {_absolute(url_for('public.sitemap'))}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    campaigns, petitions = showing.published_slugs()
    paths = [url_for("public.home"), url_for("public.operator"), url_for("public.privacy")]
    paths += [url_for("public.campaign", slug=slug) for slug in campaigns]
    paths += [url_for("public.petition", slug=slug) for slug in petitions]
    paths += [url_for("public.news", code=code) for code in announcing.codes()]
    body = render_template("public/sitemap.xml", addresses=[_absolute(path) for path in paths])
    return Response(body, mimetype="application/xml")


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    until = (now() + POLICY_LASTS).strftime("%Y-%m-%dT00:00:00Z")
    contact = collaborators().settings.about.security_contact
    lines = [
        f"Contact: {f'mailto:{parseaddr(contact)[1]}' if '@' in contact else contact}",
        f"Expires: {until}",
        "Preferred-Languages: en",
        f"Canonical: {_absolute(url_for('public.security_txt'))}",
        f"Policy: {_absolute(url_for('public.operator'))}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _absolute(path: str) -> str:
    return collaborators().settings.site_url + path


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
