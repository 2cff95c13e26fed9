"""A packet from draft to built: choose, look what stands in the way, have it checked, seal it."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import after_commit, db
from campaign.domain import journalling
from campaign.domain.communications import communicating
from campaign.domain.joint_letters import composing
from campaign.domain.packets import delivering, packing, preflight, releasing, standing, striking, weeding
from campaign.domain.packets.packing import OPEN_STATES
from campaign.domain.upkeep import overseeing
from campaign.mending import mended_at
from campaign.models.account import Account
from campaign.models.addressee import Addressee
from campaign.models.campaign import State
from campaign.models.packet import Arranged, Level, Packet, PacketState, Paper, Turned
from campaign.models.petition import Petition, PetitionAddressee
from campaign.web.accounts.guards import account
from campaign.web.staff import bp, record
from campaign.web.staff.forms import NewPacketForm

QUICKLY = 20_000  # lines that a page may wait for; more are looked through when it is asked


@bp.get("/packets")
def packets() -> str:
    order, state = request.args.get("sort", "-made"), request.args.get("state", "")
    words = request.args.get("q", "")[:100]
    unreached = request.args.get("receipt") == "none"
    rows = overseeing.packets(order=order, state=state, words=words, reached=not unreached)
    return render_template(
        "staff/packets.html",
        rows=[(packet, overseeing.delivery(packet)) for packet in rows],
        order=order,
        state=state,
        words=words,
        unreached=unreached,
        states=list(PacketState),
    )


@bp.get("/packets/new")
def new() -> str:
    return render_template("staff/packet_new.html", form=_offered(NewPacketForm(request.args)))


@bp.post("/packets/new")
def draft() -> ResponseReturnValue:
    form = _offered(NewPacketForm())
    if not form.validate():
        return render_template("staff/packet_new.html", form=form), 422
    petition = db.session.scalars(select(Petition).where(Petition.slug == form.petition.data)).one()
    packet = packing.draft(
        petition,
        db.session.get_one(Addressee, form.addressee.data),
        Level(form.level.data),
        paper=Paper(form.paper.data) if form.paper.data else None,
        sheets=packing.Sheets(Arranged(form.arranged.data), Turned(form.turned.data)),
        by=account().printed_name,
        at=now(),
    )
    record(packing.DRAFTED, "packet", packet.reference, level=packet.level.value, addressee=packet.addressee_id)
    return redirect(url_for("staff.packet", reference=packet.reference), 303)


@bp.get("/packets/<reference>")
def packet(reference: str) -> ResponseReturnValue:
    found = packet_or_404(reference)
    if communicating.of(found) is not None:
        return redirect(url_for("staff.communication", reference=reference), 303)
    if found.state in OPEN_STATES:
        if composing.of(found) is not None:
            return redirect(url_for("staff.joint_letter", reference=reference), 303)
        return _before_the_seal(found)
    return render_template(
        "staff/packet_sealed.html",
        packet=found,
        joint=composing.of(found),
        at=now(),
        delivery=delivering.of(found),
        printed_at=delivering.when(found, delivering.PRINTED),
        shows_signers=releasing.shows_signers(found),
        addenda=striking.of(found),
        struck=striking.news(found) if found.state is PacketState.BUILT and not found.is_specimen else None,
        entries=journalling.of("packet", reference),
        weeded=weeding.count(found),
        has_files=collaborators().store.holds(f"packets/{reference}/manifest.json"),
    )


@bp.post("/packets/<reference>/check")
def check(reference: str) -> ResponseReturnValue:
    """A second person has read the draft. Who drafted it is told by the journal, as names can be changed."""
    found = packet_or_404(reference)
    packing.check_second(found, account(), at=now())
    weeding.check_not_own(found, by=account())
    packing.check(found, by=account().printed_name, at=now())
    record("packet checked", "packet", reference)
    return redirect(url_for("staff.packet", reference=reference), 303)


@bp.get("/packets/<reference>/seal")
def seal_page(reference: str) -> ResponseReturnValue:
    """What sealing will do, in numbers."""
    found = packet_or_404(reference)
    if found.state is not PacketState.CHECKED:
        return redirect(url_for("staff.packet", reference=reference), 303)
    return render_template("staff/packet_seal.html", packet=found, states=overseeing.states(found.petition))


@bp.post("/packets/<reference>/seal")
def seal(reference: str) -> ResponseReturnValue:
    """Seal, and let a worker build. Refused with the list of what must be mended first."""
    found = packet_or_404(reference)
    if found.state is PacketState.DRAFT:
        raise packing.NotChecked
    if found.petition.last_number > QUICKLY:
        packing.ask_to_seal(found, by=account(), at=now())
        record("seal asked", "packet", reference)
        after_commit("packets")
        return redirect(url_for("staff.packet", reference=reference), 303)
    try:
        packing.seal(found, collaborators().desk(), by=account().printed_name, at=now())
    except packing.NotReady:
        db.session.rollback()
        flash(_("It cannot be sealed yet. The list says what must be mended first."), "error")
        return _before_the_seal(packet_or_404(reference)), 409
    record("packet sealed", "packet", reference, counted=(found.frozen or {})["totals"]["counted"])
    after_commit("packets")
    return redirect(url_for("staff.packet", reference=reference), 303)


@bp.post("/packets/<reference>/agree")
def agree(reference: str) -> ResponseReturnValue:
    """Names that no font here can show are printed as number and country, with a line that says why."""
    found = packet_or_404(reference)
    packing.agree_to_script_gaps(found, by=account().printed_name)
    record("script gaps agreed", "packet", reference)
    return redirect(url_for("staff.packet", reference=reference), 303)


@bp.post("/packets/<reference>/build")
def build_again(reference: str) -> ResponseReturnValue:
    """After a fault was mended: let a worker go on where the last build stopped."""
    found = packet_or_404(reference)
    packing.try_again(found)
    record("build tried again", "packet", reference)
    after_commit("packets")
    return redirect(url_for("staff.packet", reference=reference), 303)


def _before_the_seal(found: Packet) -> str:
    at = now()
    looks_at_names = found.petition.last_number <= QUICKLY or "names" in request.args
    if looks_at_names:
        findings = packing.look_over(found, collaborators().desk(), at=at)
    else:
        findings = preflight.records(found, at=at) + standing.waiting_beside(found, at=at)
    authors = packing.authors(found)
    return render_template(
        "staff/packet_draft.html",
        packet=found,
        findings=[(finding, mended_at(finding, found)) for finding in findings],
        blocking=sum(finding.blocks for finding in findings),
        looks_at_names=looks_at_names,
        states=overseeing.states(found.petition),
        drafted_here=account().id in authors,
        has_others=has_another_member(authors),
        struck=[*weeding.of(found), *weeding.on_paper(found)],
        me=account().id,
        at=at,
    )


def has_another_member(authors: set[int]) -> bool:
    others = db.session.scalars(select(Account).where(Account.active, Account.id.not_in(authors)))
    return any(other.is_of_staff for other in others)


def _offered(form: NewPacketForm) -> NewPacketForm:
    """What a packet can be made of: petitions that are or were public, and every addressee.

    Those to whom a petition speaks come first: names that were given for them are printed for nobody else.
    """
    petitions = db.session.scalars(select(Petition).order_by(Petition.signature_count.desc()))
    form.petition.offered = [
        (p.slug, f"{p.reference} · {p.text.title}") for p in petitions if p.state.is_public or p.state is State.PAUSED
    ]
    spoken_to = Addressee.id.in_(select(PetitionAddressee.addressee_id))
    addressees = db.session.scalars(select(Addressee).order_by(spoken_to.desc(), Addressee.title))
    form.addressee.offered = [(a.id, a.title) for a in addressees]
    return form


def packet_or_404(reference: str) -> Packet:
    return db.session.scalar(select(Packet).where(Packet.reference == reference)) or abort(404)
