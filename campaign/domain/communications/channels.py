"""Channels: what each way into the United Nations takes, and how long a text may be.

The figures are read or heard, never promised: `certain` says whether they stood in a source. A communication shows
its pages and words against every channel, as a text written for one is often sent to another. Filing in two places
at once can close both, so what excludes what stands here too.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from campaign.models.communication import Approach, Channel, Filing

THREE = ("en", "fr", "es")
SIX = ("ar", "en", "es", "fr", "ru", "zh")
DRAFTED = (Channel.WGAD, Channel.SPECIAL_PROCEDURES, Channel.WGEID, Channel.HRC_COMPLAINT)
SUMMARY_WORDS = 200


@dataclass(frozen=True)
class Rule:
    """`languages` empty: any. Pages and words: None where there is no limit; `stop` blocks, `warn` only tells."""

    languages: tuple[str, ...] = THREE
    warn_pages: int | None = None
    stop_pages: int | None = None
    warn_words: int | None = None
    stop_words: int | None = None
    certain: bool = False
    address: str = ""
    approaches: tuple[Approach, ...] = (Approach.ALLEGATION, Approach.URGENT_APPEAL)
    excluded_by: tuple[Channel, ...] = ()  # a case that lies there may be refused here


_MANDATES = (Channel.WGAD, Channel.SPECIAL_PROCEDURES, Channel.WGEID)
RULES: dict[Channel, Rule] = {
    Channel.WGAD: Rule(
        warn_pages=20,
        address="hrc-wg-ad@un.org",
        approaches=(Approach.REGULAR, Approach.URGENT_APPEAL),
        excluded_by=(Channel.TREATY_BODY,),
    ),
    Channel.SPECIAL_PROCEDURES: Rule(address="https://spsubmission.ohchr.org/"),
    Channel.WGEID: Rule(
        address="hrc-wg-eid@un.org",
        approaches=(Approach.URGENT_APPEAL, Approach.REGULAR),
    ),
    Channel.HRC_COMPLAINT: Rule(
        languages=SIX,
        warn_pages=8,
        stop_pages=15,
        certain=True,
        approaches=(Approach.REGULAR,),
        excluded_by=(*_MANDATES, Channel.TREATY_BODY),
    ),
    Channel.TREATY_BODY: Rule(
        languages=("en", "fr", "ru", "es"),
        approaches=(Approach.REGULAR,),
        excluded_by=(*_MANDATES, Channel.HRC_COMPLAINT),
    ),
    Channel.UPR: Rule(warn_words=2815, stop_words=5630, approaches=(Approach.REGULAR,)),
    Channel.NGO_STATEMENT: Rule(warn_words=1500, stop_words=2000, certain=True, approaches=(Approach.REGULAR,)),
    Channel.PETITION: Rule(languages=(), approaches=(Approach.REGULAR,)),
}


class Fit(enum.StrEnum):
    GOOD = "good"
    LONG = "long"  # more than is advised
    TOO_LONG = "too_long"  # more than is taken


@dataclass(frozen=True)
class Meter:
    """How long this text is beside what one channel takes."""

    channel: Channel
    pages: int | None  # None: not printed yet
    words: int
    rule: Rule
    fit: Fit


def meters(pages: int | None, words: int) -> list[Meter]:
    """One for each channel that has a limit."""
    limited = [c for c, rule in RULES.items() if rule.warn_pages or rule.warn_words or rule.stop_pages]
    return [meter(channel, pages, words) for channel in limited]


def meter(channel: Channel, pages: int | None, words: int) -> Meter:
    rule = RULES[channel]
    if _over(pages, rule.stop_pages) or _over(words, rule.stop_words):
        fit = Fit.TOO_LONG
    elif _over(pages, rule.warn_pages) or _over(words, rule.warn_words):
        fit = Fit.LONG
    else:
        fit = Fit.GOOD
    return Meter(channel, pages, words, rule, fit)


def _over(number: int | None, limit: int | None) -> bool:
    return number is not None and limit is not None and number > limit


def count_words(text: str) -> int:
    """Words as a word processor counts them: runs between spaces that hold a letter or a digit."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def in_the_way(channel: Channel, filings: Iterable[Filing]) -> list[Filing]:
    """Filings that this channel may hold against a case: still open in the same one, or lying where it excludes."""
    excluded = RULES[channel].excluded_by
    return [f for f in filings if f.channel in excluded or (f.channel is channel and not f.is_over)]
