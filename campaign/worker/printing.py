"""What is printed and bound: packets, their addenda, and the encrypted copies of large ones."""

import secrets
import socket

import structlog

from campaign.collaborators import collaborators, now
from campaign.database import unit_of_work
from campaign.domain.packets import building, striking
from campaign.gateways import addenda, copies
from campaign.gateways.bindery import Bindery, TakenOver, seal_what_waits

log = structlog.get_logger()


def build_packets() -> int:
    """Build what is sealed, one packet after the other; how many are finished. A fault stops no other packet."""
    tools, holder, finished = collaborators(), f"{socket.gethostname()[:24]}-{secrets.token_hex(4)}", 0
    seal_what_waits(tools.desk(), now=now)
    with unit_of_work():
        due = building.due(at=now(), with_names=tools.desk().opener is not None)
    for reference in due:
        bindery = Bindery(reference, tools.desk(), tools.store, holder=holder, now=now)
        try:
            finished += bindery.build()
        except TakenOver:
            log.info("packet is built elsewhere", packet=reference)
        except Exception as fault:  # recorded on the packet, whose page says what to do
            log.error("packet not built", packet=reference, fault=type(fault).__name__)
    return finished


def build_addenda() -> int:
    """Print the addenda that wait; how many. A fault is recorded on the addendum and stops no other."""
    tools, finished = collaborators(), 0
    with unit_of_work():
        due = striking.due()
    for reference in due:
        try:
            desk = tools.desk()
            addenda.build(reference, desk.printer, tools.store, signer=desk.signer, now=now)
            finished += 1
        except Exception as fault:
            log.error("addendum not built", addendum=reference, fault=type(fault).__name__)
    return finished


def prepare_copies() -> int:
    """Encrypt the copies of large packets that were asked for, and delete those nobody may fetch; how many are made."""
    return copies.prepare_all(collaborators().store, now=now)
