from datetime import timedelta

from campaign.database import db
from campaign.domain.signatures import clustering
from campaign.domain.signatures.clustering import Cluster, Span
from campaign.domain.signatures.forgetting import forget_networks
from campaign.models.signature import Visibility
from tests.make import NOON
from tests.suspects import arrived

WEEK = NOON - timedelta(days=7)


def largest(make, petition, kind, **about):
    return clustering.largest(petition, kind, since=WEEK, seal=make.seal, **about)


def test_many_forms_of_one_domain_are_seen_together_without_saying_which_it_is(make):
    petition = make.open_petition()
    for letter in "abc":
        arrived(make, petition, make.signer(email=f"{letter}@robots.example"), trap=letter == "a")
    make.pending_signature(petition, make.signer(email="d@robots.example"))
    arrived(make, petition, make.signer(email="x@elsewhere.example"))
    (cluster,) = largest(make, petition, "domain")
    key = make.seal.domain_key(petition.hash_secret, "robots.example").hex()
    assert cluster == Cluster(key, "", forms=4, confirmed=2, held=1, removed=0)
    assert cluster.others == 1
    assert clustering.different(petition, "domain", since=WEEK) == 2


def test_a_provider_that_very_many_use_is_named(make):
    petition = make.open_petition()
    for letter in "ab":
        arrived(make, petition, make.signer(email=f"{letter}@gmail.com"))
    assert [c.label for c in largest(make, petition, "domain")] == ["gmail.com"]


def test_one_name_under_many_addresses_is_seen_and_no_name_is_no_name(make):
    petition = make.open_petition()
    for n in range(3):
        arrived(make, petition, make.signer("Leïla Benhaddou", f"leila{n}@post.example"))
        arrived(make, petition, make.signer("", f"nobody{n}@post.example", visibility=Visibility.COUNTED))
    assert [c.forms for c in largest(make, petition, "name")] == [3]
    assert clustering.different(petition, "name", since=WEEK) == 1


def test_forms_of_one_network_are_seen_for_two_days(make):
    petition = make.open_petition()
    for _ in range(2):
        arrived(make, petition, network=b"library")
    arrived(make, petition, network=b"home")
    assert [c.forms for c in largest(make, petition, "network")] == [2]
    forget_networks(at=NOON + timedelta(hours=49))
    db.session.expire_all()
    assert largest(make, petition, "network") == []


def test_clusters_of_one_petition_say_nothing_of_another(make):
    petition, other = make.open_petition(), make.open_petition()
    for each in (petition, petition, other, other):
        arrived(make, each, make.signer(email=f"{make.signer().email.partition('@')[0]}@robots.example"))
    (here,), (there,) = largest(make, petition, "domain"), largest(make, other, "domain")
    assert (here.forms, there.forms) == (2, 2)
    assert here.key != there.key


def test_only_so_many_groups_are_told_the_largest_first_and_none_from_before(make):
    petition = make.open_petition()
    for domain, n in (("one.example", 2), ("two.example", 4), ("three.example", 3)):
        for i in range(n):
            arrived(make, petition, make.signer(email=f"r{i}@{domain}"))
    assert [c.forms for c in largest(make, petition, "domain", top=2)] == [4, 3]
    assert clustering.largest(petition, "domain", since=NOON + timedelta(hours=1), seal=make.seal) == []


def test_forms_and_confirmations_are_told_per_day_and_per_hour(make):
    petition = make.open_petition()
    make.confirmed_signature(petition, at=NOON)
    make.pending_signature(petition, at=NOON + timedelta(minutes=59))
    make.pending_signature(petition, at=NOON - timedelta(days=1))
    at = NOON + timedelta(hours=3)
    today, before = NOON.date().isoformat(), (NOON - timedelta(days=1)).date().isoformat()
    assert clustering.by_day(petition, since=WEEK) == [Span(before, 1, 0), Span(today, 2, 1)]
    hours = clustering.by_hour(petition, at=at)
    assert len(hours) == 48
    assert (hours[0].start, hours[-1].start) == (f"{(at - timedelta(days=2)).date()}T16", f"{today}T15")
    assert [h for h in hours if h.forms] == [Span(f"{before}T12", 1, 0), Span(f"{today}T12", 2, 1)]
