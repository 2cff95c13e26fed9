"""Anyone: no account, no cookie, cacheable."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from campaign.web import origins


class Slug(BaseConverter):
    """Small letters, digits and single hyphens: anything else is no address of ours and asks no database."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


bp = Blueprint("public", __name__)
origins.guard(bp)


@bp.record
def _know_slugs(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["slug"] = Slug


from campaign.web.public import (  # noqa: E402, F401 - they hang routes on `bp`
    attachments,
    campaigns,
    corrections,
    machines,
    names,
    packets,
    pages,
    petitions,
    pictures,
    proposing,
    reporting,
    tombstones,
)
