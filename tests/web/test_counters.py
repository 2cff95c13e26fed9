import pytest

from campaign.web.counters import SWEEP, Counters


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def counters(clock):
    return Counters("counters://", clock=clock)


def test_a_window_that_moves_never_holds_more_than_its_limit(counters, clock):
    took = []
    for _ in range(600):  # ten a second for a minute
        took.append(counters.acquire_entry("net", 30, 60))
        clock.now += 0.1
    assert took == [True] * 30 + [False] * 570
    clock.now += 0.1
    assert counters.acquire_entry("net", 30, 60)


def test_what_is_told_about_the_wait_is_true_to_the_instant(counters, clock):
    for _ in range(3):
        counters.acquire_entry("net", 3, 60)
        clock.now += 7
    oldest, held = counters.get_moving_window("net", 3, 60)
    assert held == 3
    clock.now = oldest + 60 - 0.01
    assert not counters.acquire_entry("net", 3, 60)
    clock.now = oldest + 60
    assert counters.acquire_entry("net", 3, 60)


def test_a_window_of_fixed_length_counts_and_begins_anew(counters, clock):
    assert [counters.incr("petition", 60) for _ in range(3)] == [1, 2, 3]
    assert counters.get_expiry("petition") == clock.now + 60
    clock.now += 60
    assert counters.get("petition") == 0
    assert counters.incr("petition", 60) == 1


def test_keys_are_told_apart_and_can_be_cleared(counters):
    assert counters.acquire_entry("one", 1, 60)
    assert counters.acquire_entry("other", 1, 60)
    assert not counters.acquire_entry("one", 1, 60)
    counters.clear("one")
    assert counters.acquire_entry("one", 1, 60)


def test_a_crowd_leaves_nothing_behind(counters, clock):
    for n in range(1000):
        counters.acquire_entry(f"net {n}", 30, 60)
        counters.incr(f"number {n}", 60)
    clock.now += 60 + SWEEP
    counters.incr("last", 60)
    assert counters.reset() == 1
