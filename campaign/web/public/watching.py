"""What is known of how a form came in, for the domain to judge: looked at here, stored as hashes and words at most."""

from datetime import datetime

from campaign.collaborators import collaborators
from campaign.domain import mailboxes, typos
from campaign.domain.signatures.signing import OpenPetition, Vigil
from campaign.domain.signatures.suspecting import Arrival
from campaign.web import networks, rules, throttle


def vigil(petition: OpenPetition, *, email: str, trap: str, proof: str, at: datetime) -> Vigil:
    """`trap` is what stands in the field that people do not see, `proof` what the script of the page found."""
    domain = mailboxes.domain_of(email)
    is_usual = domain in typos.PROVIDERS
    prover = collaborators().prover
    return Vigil(
        arrival=Arrival(
            address=networks.address(),
            network=networks.network_hash(),
            fills_trap=bool(trap.strip()),
            is_network_burst=throttle.is_network_burst(petition.id),
            is_domain_burst=not is_usual and throttle.is_domain_burst(petition.id, domain),
        ),
        proof=prover.read(proof, petition.id, at=at) if petition.asks_for_proof else None,
        lists=rules.listed(),
        limits=rules.limit(),
    )
