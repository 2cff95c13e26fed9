"""A communication from draft to built: what the record gives, what staff write, what stands in the way of the seal."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import collaborators, now, phrases
from campaign.database import after_commit, db
from campaign.domain import journalling
from campaign.domain.cases import grounds
from campaign.domain.communications import (
    annexing,
    blocks,
    channels,
    choosing,
    communicating,
    dossier,
    filing,
    restating,
)
from campaign.domain.errors import Refused
from campaign.domain.packets.packing import OPEN_STATES, NotChecked, NotReady
from campaign.gateways.copier import Copier
from campaign.models.addressee import Addressee
from campaign.models.campaign import State
from campaign.models.communication import Annex, Channel, Communication
from campaign.models.packet import Packet, PacketState
from campaign.models.petition import Petition
from campaign.models.prisoner import Prisoner
from campaign.web.accounts.guards import account, signed_in
from campaign.web.staff import bp, record
from campaign.web.staff.communication_forms import AnnexForm, FilingForm, NewCommunicationForm, WordsForm
from campaign.web.staff.mending import mended_in
from campaign.web.staff.packets import has_another_member, packet_or_404


@bp.before_app_request
def _leave_room_for_an_annex() -> None:
    """Other forms are a few lines (app.py). Only somebody who is signed in may send more, and only here."""
    if request.endpoint == "staff.attach" and signed_in() is not None:
        request.max_content_length = annexing.MOST_BYTES + 64 * 1024


@bp.get("/communications/new")
def new_communication() -> str:
    return _new(_offered(NewCommunicationForm(request.args)))


@bp.post("/communications/new")
def draft_communication() -> ResponseReturnValue:
    form = _offered(NewCommunicationForm())
    if not form.validate():
        return _new(form), 422
    try:
        words = communicating.draft(
            db.session.scalars(select(Prisoner).where(Prisoner.slug == form.prisoner.data)).one(),
            db.session.scalars(select(Petition).where(Petition.slug == form.petition.data)).one(),
            Channel(form.channel.data),
            lang=form.language.data or "en",
            by=account().printed_name,
            at=now(),
        )
    except communicating.NotThisPerson as fault:
        form.petition.errors = [_(fault.sentence)]
        return _new(form), 422
    reference = words.packet.reference
    record("packet drafted", "packet", reference, channel=words.channel.value, prisoner=words.prisoner.slug)
    return redirect(url_for("staff.words", reference=reference), 303)


@bp.get("/communications/<reference>")
def communication(reference: str) -> str:
    words = communication_or_404(reference)
    if words.packet.state in OPEN_STATES:
        return _before_the_seal(words)
    return sealed_page(words)


@bp.route("/communications/<reference>/words", methods=["GET", "POST"])
def words(reference: str) -> ResponseReturnValue:
    """Everything that staff write. A change asks for a second person again."""
    found = communication_or_404(reference)
    if found.packet.state not in OPEN_STATES:
        return redirect(url_for("staff.communication", reference=reference), 303)
    form = WordsForm() if request.method == "POST" else WordsForm.of(found)
    _offer_offices(form, found)
    if request.method == "POST" and form.validate():
        communicating.write(found, form.written())
        record("communication written", "packet", reference, words=channels.count_words(found.summary))
        return redirect(url_for("staff.communication", reference=reference), 303)
    page = render_template(
        "staff/communication_words.html",
        words=found,
        packet=found.packet,
        form=form,
        proposals={p.office.id: p for p in choosing.propose(found.prisoner, found.channel)},
        offices=_offices(found.channel),
        dossier=dossier,
        grounds=grounds,
        summary_words=channels.count_words(form.summary.data or ""),
    )
    return page, 422 if form.errors else 200


@bp.route("/communications/<reference>/translation", methods=["GET", "POST"])
def translation(reference: str) -> ResponseReturnValue:
    """What the record says, in the language of the communication."""
    found = communication_or_404(reference)
    if found.packet.state not in OPEN_STATES or found.lang == restating.KEPT_IN:
        return redirect(url_for("staff.communication", reference=reference), 303)
    if request.method == "POST":
        sent = {key: text[:4000] for key, text in request.form.items() if key != "csrf_token"}
        number = restating.write(found, sent)
        record("communication translated", "packet", reference, texts=number)
        return redirect(url_for("staff.communication", reference=reference), 303)
    pieces = restating.pieces(found)
    return render_template(
        "staff/communication_translation.html", words=found, packet=found.packet, pieces=pieces, dossier=dossier
    )


@bp.post("/communications/<reference>/annexes")
def attach(reference: str) -> ResponseReturnValue:
    """One copy, cleaned of what it says of its maker."""
    found, form = communication_or_404(reference), AnnexForm()
    upload = form.file.data.read() if form.file.data else b""
    if form.validate():
        try:
            annex = annexing.attach(found, form.title.data or "", upload, copier=Copier(), store=collaborators().store)
        except Refused as fault:
            form.file.errors = [_(fault.sentence)]
        else:
            record("annex attached", "packet", reference, number=annex.position, sha256=annex.sha256[:16])
            return redirect(url_for("staff.communication", reference=reference, _anchor="annexes"), 303)
    return _before_the_seal(found, annex_form=form), 422


@bp.post("/communications/<reference>/annexes/<int:id>/remove")
def detach(reference: str, id: int) -> ResponseReturnValue:
    found = communication_or_404(reference)
    annex: Annex = next((a for a in found.annexes if a.id == id), None) or abort(404)
    annexing.remove(found, annex, collaborators().store)
    record("annex removed", "packet", reference, number=annex.position)
    return redirect(url_for("staff.communication", reference=reference, _anchor="annexes"), 303)


@bp.post("/communications/<reference>/seal")
def seal_communication(reference: str) -> ResponseReturnValue:
    """Seal, and let a worker build. Refused with the list of what must be mended first."""
    found = communication_or_404(reference)
    if found.packet.state is PacketState.DRAFT:
        raise NotChecked
    tools = collaborators()
    try:
        communicating.seal(found, tools.desk(), phrases(found.lang), tools.store, by=account().printed_name, at=now())
    except NotReady:
        db.session.rollback()
        flash(_("It cannot be sealed yet. The list says what must be mended first."), "error")
        return _before_the_seal(communication_or_404(reference)), 409
    record("packet sealed", "packet", reference, counted=(found.packet.frozen or {})["totals"]["counted"])
    after_commit("packets")
    return redirect(url_for("staff.communication", reference=reference), 303)


@bp.get("/communications/<reference>/blocks")
def communication_blocks(reference: str) -> str:
    """Each field of the portal's form, to be copied; of what was sealed, or of the draft as it stands."""
    found, tools = communication_or_404(reference), collaborators()
    made = found.packet.contents or communicating.gathered(found, tools.desk().sender, at=now())
    return render_template(
        "staff/communication_blocks.html",
        words=found,
        packet=found.packet,
        blocks=blocks.of(made, phrases(found.lang)),
        rule=channels.RULES[found.channel],
    )


@bp.get("/communications/<reference>/preview.pdf")
def preview(reference: str) -> Response:
    """The pages as they would be, with a seal of noughts. They say specimen or draft, so nobody takes them for it."""
    found, tools = communication_or_404(reference), collaborators()
    if found.packet.state not in OPEN_STATES:
        abort(404)
    pdf = communicating.preview(found, tools.desk(), at=now())
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": "inline"})


def sealed_page(found: Communication, form: FilingForm | None = None) -> str:
    packet = found.packet
    row = filing.of_packet(packet.id)
    return render_template(
        "staff/communication_sealed.html",
        words=found,
        packet=packet,
        mandates=communicating.mandates(found),
        filing=row,
        form=form or (FilingForm.of(row) if row else _first_filing(found)),
        against=filing.against(found.prisoner, found.channel, but=row),
        entries=journalling.of("packet", packet.reference),
        has_files=collaborators().store.holds(f"packets/{packet.reference}/manifest.json"),
        dossier=dossier,
    )


def _first_filing(found: Communication) -> FilingForm:
    form = FilingForm(formdata=None)
    form.channel.data, form.filed_on.data = found.channel.value, now().date().isoformat()
    form.body.data = "; ".join(office.title for office in communicating.mandates(found))[:300]
    form.filed_by.data = collaborators().settings.operator[:200]
    return form


def _before_the_seal(found: Communication, annex_form: AnnexForm | None = None) -> str:
    tools, at, packet = collaborators(), now(), found.packet
    survey = communicating.look_over(found, tools.desk(), phrases(found.lang), tools.store, at=at)
    drafter = journalling.who_did("packet drafted", "packet", packet.reference)
    return render_template(
        "staff/communication_draft.html",
        words=found,
        packet=packet,
        mandates=communicating.mandates(found),
        findings=[(finding, mended_in(finding, found)) for finding in survey.findings],
        blocking=sum(finding.blocks for finding in survey.findings),
        length=survey.length,
        meters=channels.meters(survey.length.pages, survey.length.words),
        drafted_here=drafter == account().id,
        has_others=has_another_member(drafter),
        annex_form=annex_form or AnnexForm(formdata=None),
        dossier=dossier,
        at=at,
    )


def _new(form: NewCommunicationForm) -> str:
    return render_template("staff/communication_new.html", form=form, dossier=dossier)


def _offered(form: NewCommunicationForm) -> NewCommunicationForm:
    people = sorted(db.session.scalars(select(Prisoner)), key=lambda p: p.name)
    form.prisoner.offered = [(p.slug, p.name) for p in people]
    petitions = db.session.scalars(select(Petition).order_by(Petition.reference))
    shown = [p for p in petitions if p.state.is_public or p.state is State.PAUSED]
    form.petition.offered = [(p.slug, f"{p.reference} · {p.text.title}") for p in shown]
    return form


def _offices(channel: Channel) -> list[Addressee]:
    rows = db.session.scalars(select(Addressee).order_by(Addressee.kind.desc(), Addressee.title))
    return [office for office in rows if channel.value in office.channels]


def _offer_offices(form: WordsForm, found: Communication) -> None:
    form.mandates.offered = [office.id for office in _offices(found.channel)]
    form.approach.offered = [(a.value, a.value) for a in channels.RULES[found.channel].approaches]
    if request.method == "POST":
        form.mandates.process_formdata(request.form.getlist("mandates"))


def communication_or_404(reference: str) -> Communication:
    packet: Packet = packet_or_404(reference)
    found: Any = communicating.of(packet) or abort(404)
    return found
