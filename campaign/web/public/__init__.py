"""Anyone: no account, no cookie, cacheable."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from campaign.web import origins


class Slug(BaseConverter):
    """Small letters, digits and single hyphens: anything else is no address of ours and asks no database."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


class Tag(BaseConverter):
    """The code of a language in small letters, `fa` or `zh-hant`; no other page of a petition has so short a name."""

    regex = "[a-z]{2,3}(?:-[a-z]{2,8}){0,2}"


bp = Blueprint("public", __name__)
origins.guard(bp)


@bp.record
def _know_slugs(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["slug"] = Slug
    state.app.url_map.converters["tag"] = Tag


from campaign.web.public import (  # noqa: E402, F401 - they hang routes on `bp`
    asking,
    attachments,
    campaigns,
    corrections,
    giving,
    machines,
    names,
    news,
    packets,
    pages,
    petitions,
    pictures,
    proposing,
    reporting,
    tombstones,
)
