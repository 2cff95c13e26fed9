"""A joint letter from draft to seal: its words, the organisations that are asked, and where each of them stands.

An address is typed here once and shown nowhere again.
"""

from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import after_commit, db
from campaign.domain import journalling
from campaign.domain.cases import enclosing, organisations
from campaign.domain.cases.enclosing import FileRefused, Upload
from campaign.domain.cases.picturing import PictureRefused
from campaign.domain.joint_letters import composing, cosigning
from campaign.domain.packets import standing
from campaign.domain.packets.packing import OPEN_STATES, NotChecked, NotReady
from campaign.gateways.darkroom import Pillow
from campaign.gateways.sieve import PdfSieve
from campaign.models.addressee import Addressee
from campaign.models.campaign import State
from campaign.models.joint_letter import Invitation, JointLetter
from campaign.models.packet import PacketState
from campaign.models.petition import Petition, PetitionAddressee
from campaign.web.accounts.guards import account, signed_in
from campaign.web.staff import bp, record
from campaign.web.staff.joint_forms import DeadlineForm, InvitationForm, JointWordsForm, LogoForm, NewJointLetterForm
from campaign.web.staff.mending import mended_beside
from campaign.web.staff.packets import has_another_member, packet_or_404

NOT_FOR_LETTERS = {State.REJECTED, State.TAKEN_DOWN}


@bp.before_app_request
def _leave_room_for_a_logo() -> None:
    """Other forms are a few lines (app.py). Only somebody who is signed in may send more, and only here."""
    if request.endpoint == "staff.put_logo" and signed_in() is not None:
        request.max_content_length = enclosing.MOST_BYTES + 64 * 1024


@bp.get("/joint-letters/new")
def new_joint_letter() -> str:
    return render_template("staff/joint_new.html", form=_offered(NewJointLetterForm(request.args)))


@bp.post("/joint-letters/new")
def draft_joint_letter() -> ResponseReturnValue:
    form = _offered(NewJointLetterForm())
    if not form.validate():
        return render_template("staff/joint_new.html", form=form), 422
    petition = db.session.scalars(select(Petition).where(Petition.slug == form.petition.data)).one()
    to = db.session.get_one(Addressee, form.addressee.data)
    letter = composing.draft(petition, to, by=account().printed_name, at=now())
    record("packet drafted", "packet", letter.packet.reference, addressee=to.id)
    return _back(letter)


@bp.get("/joint-letters/<reference>")
def joint_letter(reference: str) -> str:
    return _page(letter_or_404(reference))


@bp.route("/joint-letters/<reference>/words", methods=["GET", "POST"])
def joint_words(reference: str) -> ResponseReturnValue:
    """The words, and whom they name. What organisations have approved stays as it was until they are asked anew."""
    letter = letter_or_404(reference)
    if letter.packet.state not in OPEN_STATES:
        return _back(letter)
    people = letter.packet.petition.campaign.prisoners
    form = JointWordsForm() if request.method == "POST" else JointWordsForm.of(letter)
    form.people.offered = [str(p.id) for p in people]
    if request.method == "POST":
        form.people.process_formdata(request.form.getlist("people"))
        if form.validate():
            composing.write(letter, form.written(), [int(id) for id in form.people.data])
            record("joint letter written", "packet", reference)
            return _back(letter)
    page = render_template("staff/joint_words.html", letter=letter, packet=letter.packet, form=form, people=people)
    return page, 422 if form.errors else 200


@bp.post("/joint-letters/<reference>/invitations")
def invite_organisation(reference: str) -> ResponseReturnValue:
    letter, form = letter_or_404(reference), _organisations(InvitationForm())
    if not form.validate():
        return _page(letter, invitation=form), 422
    organisation = organisations.found_or_new(form.organisation.data, form.name.data or "", form.website.data or "")
    try:
        cosigning.invite(letter, organisation, form.email.address, by=account(), at=now(), seal=collaborators().seal)
    except cosigning.AlreadyInvited as fault:
        form.organisation.errors = [_(fault.sentence)]
        return _page(letter, invitation=form), 422
    return _back(letter, "organisations")


@bp.post("/joint-letters/<reference>/ask")
def ask_organisations(reference: str) -> ResponseReturnValue:
    """Freeze the text as it is now and put it before them, until the end of that day."""
    letter, form = letter_or_404(reference), DeadlineForm()
    if not form.validate():
        return _page(letter, deadline=form), 422
    try:
        is_new = cosigning.ask(letter, form.moment, by=account(), at=now())
    except (cosigning.DeadlineGone, cosigning.NobodyInvited) as fault:
        form.on.errors = [_(fault.sentence)]
        return _page(letter, deadline=form), 422
    flash(_("They are asked.") if is_new else _("The text is what they have already; only the deadline is new."))
    return _back(letter, "organisations")


@bp.post("/joint-letters/<reference>/invitations/<int:id>/again")
def ask_organisation_again(reference: str, id: int) -> ResponseReturnValue:
    row = _invitation(reference, id)
    cosigning.ask_again(row, by=account(), at=now())
    return _back(row.letter, "organisations")


@bp.post("/joint-letters/<reference>/invitations/<int:id>/up")
def move_organisation(reference: str, id: int) -> ResponseReturnValue:
    row = _invitation(reference, id)
    cosigning.move_up(row)
    record("order of organisations changed", "packet", reference)
    return _back(row.letter, "organisations")


@bp.post("/joint-letters/<reference>/invitations/<int:id>/remove")
def uninvite_organisation(reference: str, id: int) -> ResponseReturnValue:
    row = _invitation(reference, id)
    letter = row.letter
    cosigning.uninvite(row, by=account(), at=now())
    return _back(letter, "organisations")


@bp.post("/joint-letters/<reference>/invitations/<int:id>/logo")
def put_logo(reference: str, id: int) -> ResponseReturnValue:
    """An approval that was given without it, or with another, is asked for anew."""
    row, form = _invitation(reference, id), LogoForm()
    file = form.file.data
    upload = Upload(file.read() if file else b"", "logo")
    desk = enclosing.Desk(darkroom=Pillow(), sieve=PdfSieve(), store=collaborators().store)
    try:
        if not form.validate():
            abort(400)
        cosigning.put_logo(row, upload, by=account(), at=now(), desk=desk)
    except (FileRefused, PictureRefused) as fault:
        return _page(row.letter, logo_error=(row.id, _(fault.sentence))), 422
    return _back(row.letter, "organisations")


@bp.get("/joint-letters/<reference>/invitations/<int:id>/logo.jpg")
def logo_file(reference: str, id: int) -> Response:
    row, store = _invitation(reference, id), collaborators().store
    path = enclosing.path(row.logo.name, composing.LOGO) if row.logo else ""
    if not path or not store.holds(path):
        abort(404)
    return Response(store.read(path), mimetype="image/jpeg")


@bp.get("/joint-letters/<reference>/preview.pdf")
def joint_preview(reference: str) -> Response:
    """The pages as they would be, with a seal of noughts; they say specimen, so nobody takes them for it."""
    letter, tools = letter_or_404(reference), collaborators()
    if letter.packet.state not in OPEN_STATES:
        abort(404)
    pdf = composing.preview(letter, tools.desk(), tools.store, at=now())
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": "inline"})


@bp.post("/joint-letters/<reference>/seal")
def seal_joint_letter(reference: str) -> ResponseReturnValue:
    """Seal, and let a worker build. Refused with the list of what must be mended first."""
    letter, tools = letter_or_404(reference), collaborators()
    if letter.packet.state is PacketState.DRAFT:
        raise NotChecked
    try:
        composing.seal(letter, tools.desk(), tools.store, by=account().printed_name, at=now())
    except NotReady:
        db.session.rollback()
        flash(_("It cannot be sealed yet. The list says what must be mended first."), "error")
        return _page(letter_or_404(reference)), 409
    record("packet sealed", "packet", reference, organisations=len(standing.approvals(letter)))
    after_commit("packets")
    return redirect(url_for("staff.packet", reference=reference), 303)


def letter_or_404(reference: str) -> JointLetter:
    found: Any = composing.of(packet_or_404(reference)) or abort(404)
    return found


def _invitation(reference: str, id: int) -> Invitation:
    rows = letter_or_404(reference).invitations
    return next((row for row in rows if row.id == id), None) or abort(404)


def _back(letter: JointLetter, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("staff.joint_letter", reference=letter.packet.reference, _anchor=anchor), 303)


def _page(
    letter: JointLetter,
    *,
    invitation: InvitationForm | None = None,
    deadline: DeadlineForm | None = None,
    logo_error: tuple[int, str] = (0, ""),
) -> str:
    at, packet = now(), letter.packet
    is_open = packet.state in OPEN_STATES
    findings = composing.look_over(letter, collaborators().desk(), at=at) if is_open else []
    drafter = journalling.who_did("packet drafted", "packet", packet.reference)
    if deadline is None:
        deadline = DeadlineForm(formdata=None)
        deadline.on.data = (letter.deadline - timedelta(days=1) if letter.deadline else at + timedelta(days=14)).date()
    return render_template(
        "staff/joint_letter.html",
        letter=letter,
        packet=packet,
        is_open=is_open,
        findings=[(finding, mended_beside(finding, letter)) for finding in findings],
        blocking=sum(finding.blocks for finding in findings),
        approved=standing.approvals(letter),
        waiting=standing.undecided(letter, at=at),
        shown=letter.text.contents if letter.text else composing.gathered(letter, at=at),
        invitation=invitation or _organisations(InvitationForm(formdata=None)),
        deadline=deadline,
        logo_error=logo_error,
        drafted_here=drafter == account().id,
        has_others=has_another_member(drafter),
        at=at,
    )


def _organisations(form: InvitationForm) -> InvitationForm:
    form.organisation.offered = [("", _("A new one, named below")), *organisations.offered()]
    return form


def _offered(form: NewJointLetterForm) -> NewJointLetterForm:
    petitions = db.session.scalars(select(Petition).order_by(Petition.reference))
    form.petition.offered = [
        (p.slug, f"{p.reference} · {p.text.title}") for p in petitions if p.state not in NOT_FOR_LETTERS
    ]
    spoken_to = Addressee.id.in_(select(PetitionAddressee.addressee_id))
    addressees = db.session.scalars(select(Addressee).order_by(spoken_to.desc(), Addressee.title, Addressee.id))
    form.addressee.offered = [(a.id, a.title) for a in addressees]
    return form
