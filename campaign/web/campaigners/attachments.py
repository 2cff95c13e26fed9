"""The images and files of a draft: sent with their words, seen by its team alone, taken out again."""

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.cases import enclosing, proposal
from campaign.domain.cases.enclosing import Desk, FileRefused, Upload
from campaign.domain.cases.picturing import PictureRefused
from campaign.domain.cases.proposal import Step
from campaign.domain.drafts import attaching
from campaign.domain.drafts.drafting import SavedElsewhere
from campaign.gateways.darkroom import Pillow
from campaign.gateways.sieve import PdfSieve
from campaign.web import media, proposals
from campaign.web.accounts.guards import account
from campaign.web.campaigners import bp, drafts, previews


@bp.post("/drafts/<int:id>/files")
def save_files(id: int) -> ResponseReturnValue:
    """The words, and one more file if one is chosen. In the background only the words come."""
    found = drafts.own_or_404(id)
    content = proposals.merged(Step.FILES, proposal.read(found.content), request.form)
    faults = [fault for fault in proposal.wrong(content) if fault.step is Step.FILES]
    if faults:
        return drafts.refused(found, Step.FILES, content, faults)
    upload, version = _upload(), request.form.get("version", 0, int)
    try:
        attaching.save(found, content, upload, version=version, by=account(), at=now(), desk=desk())
    except SavedElsewhere as fault:
        return drafts.saved_elsewhere(found, Step.FILES, content, _(fault.sentence))
    except (FileRefused, PictureRefused) as fault:
        db.session.rollback()
        return drafts.refused(drafts.own_or_404(id), Step.FILES, content, [], refused_file=_(fault.sentence))
    return drafts.saved(found, Step.FILES)


@bp.get("/drafts/<int:id>/files/<name>/<end>")
def draft_file(id: int, name: str, end: str) -> Response:
    found = previews.visible_or_404(id)
    if not attaching.holds(found, name):
        abort(404)
    return media.answer(enclosing.of(name), end)


@bp.post("/drafts/<int:id>/discard")
def discard(id: int) -> ResponseReturnValue:
    found = drafts.own_or_404(id)
    if request.form.get("sure") != "y":
        db.session.rollback()
        return drafts.send_page(drafts.own_or_404(id), unsure=True), 422
    attaching.discard(found, by=account(), at=now(), desk=desk())
    return redirect(url_for("campaigners.start"), 303)


def desk() -> Desk:
    return Desk(Pillow(), PdfSieve(), collaborators().store)


def _upload() -> Upload | None:
    """The file that was chosen; what the web server kept of it aside is given back at once."""
    sent = request.files.get("upload")
    if sent is None or not sent.filename:
        return None
    with sent.stream as stream:
        return Upload(stream.read(enclosing.MOST_BYTES + 1), sent.filename)
