"""The rounds: what is measured on one site, in the order in which people meet it.

A round signs, sends the letters, confirms and signs again with the same people, so that each step works on what
the one before left behind. The worker stands still meanwhile: its work is measured apart, and then in the whole.
"""

import asyncio
import time
from dataclasses import dataclass

from tests.bench.measuring import Measured, measure
from tests.bench.processes import Meter
from tests.bench.site import Site
from tests.bench.visitors import Person, Visitors

AT_ONCE_TO_THE_END = 64  # who waits for a letter does nothing meanwhile
REMEMBERED = 1.5  # seconds after which every process has read the count anew
COUNT_WITHIN = 30.0  # seconds after the last confirmation


@dataclass(frozen=True)
class Numbers:
    """How often each thing is done in one run."""

    read: int = 400
    paced: int = 4
    signed: int = 200
    whole: int = 200
    runs: int = 3


async def floor(visitors: Visitors, meter: Meter, numbers: Numbers) -> list[Measured]:
    """Bare Flask: a page and an INSERT."""
    found = []
    await measure("warm", visitors.people(60), visitors.bare_page, meter)
    for _ in range(numbers.runs):
        found.append(await measure("floor_page", visitors.people(numbers.read), visitors.bare_page, meter))
        found.append(await measure("floor_insert", visitors.people(numbers.signed), visitors.bare_insert, meter))
    return found


async def visits(site: Site, visitors: Visitors, numbers: Numbers) -> list[Measured]:
    """Everything that visitors do while the worker stands still, and the letters."""
    found: list[Measured] = []
    with site.serving() as web:
        meter = Meter([web], site.place.backends())
        await visitors.prepare()
        await measure("warm", visitors.people(60), visitors.sign_like_a_browser, meter)
        await _letters(site)
        for _ in range(numbers.runs):
            found += await _reading(visitors, numbers, meter)
            found += await _signing(site, visitors, numbers, meter)
        await _letters(site)
        found.append(await _letters(site, "news"))
    return found


async def whole_signatures(site: Site, visitors: Visitors, numbers: Numbers) -> list[Measured]:
    """From the form to the count, with the worker running; what it uses while it waits is in it."""
    found = []
    with site.serving() as web, site.working() as worker:
        meter = Meter([web, worker], site.place.backends())
        await visitors.prepare()
        await measure("warm", visitors.people(40), visitors.sign_to_the_end, meter, at_once=40)
        await asyncio.sleep(3)  # until they are counted
        for _ in range(numbers.runs):
            found.append(await _to_the_count(visitors, visitors.people(numbers.whole), meter))
    return found


async def _reading(visitors: Visitors, numbers: Numbers, meter: Meter) -> list[Measured]:
    people = visitors.people(numbers.read)
    return [
        await measure("page", people, visitors.page, meter),
        await measure("page_unchanged", people, visitors.page_unchanged, meter),
        await measure("count", people, visitors.counted, meter),
        await measure("home", people, visitors.home, meter),
        await measure("page_anew", people[: numbers.paced], visitors.page, meter, pause=1.1),
    ]


async def _signing(site: Site, visitors: Visitors, numbers: Numbers, meter: Meter) -> list[Measured]:
    people = visitors.people(numbers.signed)
    sign = await measure("sign", people, visitors.send_form, meter)
    letter = await _letters(site)
    confirm = await measure("confirm", people, visitors.press_confirm, meter)
    again = await measure("sign_again", people, visitors.send_form, meter)
    browser = await measure("sign_browser", visitors.people(numbers.signed), visitors.sign_like_a_browser, meter)
    return [sign, letter, confirm, again, browser]


async def _letters(site: Site, kind: str = "letters") -> Measured:
    """All letters that wait, sent by the worker's function in a process of its own; starting it is not counted."""
    told = await asyncio.to_thread(site.measure_alone, kind)
    letters = max(1, told["letters"])
    return Measured(
        "news" if kind == "news" else "letter",
        done=told["letters"],
        app_ms=1000 * told["cpu_s"] / letters,
        database_ms=1000 * told["db_cpu_s"] / letters,
        wall_s=told["wall_s"],
    )


async def _to_the_count(visitors: Visitors, people: list[Person], meter: Meter) -> Measured:
    """The run ends when the last of them is counted. The visitors who then watch the counter are in it too."""
    await asyncio.sleep(REMEMBERED)
    before = await visitors.counted()

    async def all_counted() -> None:
        end = time.monotonic() + COUNT_WITHIN
        while await visitors.counted() < before + len(people) and time.monotonic() < end:
            await asyncio.sleep(0.2)

    found = await measure(
        "whole", people, visitors.sign_to_the_end, meter, at_once=AT_ONCE_TO_THE_END, finish=all_counted
    )
    await asyncio.sleep(REMEMBERED)
    counted = await visitors.counted() - before
    found.notes = {"confirmed": found.done, "counted": counted, "per_second": round(found.done / found.wall_s, 1)}
    return found
