"""Mail domains that were probably meant otherwise: asked about once, never corrected for somebody.

A letter to gmial.com reaches nobody, or a stranger. A domain is asked about if it is one slip of the finger away
from a provider that very many use and is not itself one that people use.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Providers that very many use: what a slip is measured against, and whose many forms an hour are no burst.
PROVIDERS = _words(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com proton.me protonmail.com
    aol.com gmx.de gmx.net web.de t-online.de posteo.de mailbox.org orange.fr wanadoo.fr laposte.net free.fr
    hotmail.fr yahoo.fr outlook.fr hotmail.co.uk yahoo.co.uk btinternet.com hotmail.es yahoo.es hotmail.it yahoo.it
    libero.it seznam.cz onet.pl interia.pl mail.ru yandex.ru rambler.ru ukr.net comcast.net naver.com hanmail.net
    163.com 126.com qq.com
    """
)

# Real ones that look like a slip of one of those.
_ALSO_REAL = _words(
    """
    mail.com email.com ymail.com fmail.com gmx.com gmx.at gmx.ch gmx.fr aol.de aol.fr aol.it aim.com me.com mac.com
    hotmail.de hotmail.be hotmail.ch hotmail.nl hotmail.se hotmail.no hotmail.dk hotmail.ca hotmail.com.br
    yahoo.de yahoo.ca yahoo.in yahoo.co.in yahoo.com.br yahoo.co.jp yahoo.se yahoo.no yahoo.gr yahoo.ro yahoo.pl
    outlook.de outlook.es outlook.it outlook.be outlook.pt outlook.in outlook.at live.fr live.de live.it live.nl
    live.be live.ca live.co.uk yandex.com yandex.by yandex.kz yandex.ua yandex.uz ya.ru inbox.ru list.ru bk.ru
    pm.me proton.com gmail.ru libero.com liberi.it rambler.ua web.com web.dk onet.eu orange.pl orange.be
    """
)

# Further away than one slip, and common.
_KNOWN_SLIPS = {
    "gmail.fr": "gmail.com",
    "gmail.de": "gmail.com",
    "gmail.it": "gmail.com",
    "gmail.co.uk": "gmail.com",
    "gmai.co": "gmail.com",
    "gmal.con": "gmail.com",
    "hotmai.fr": "hotmail.fr",
    "hotmal.co": "hotmail.com",
    "outlock.de": "outlook.de",
    "icoud.com": "icloud.com",
}
_SHORTEST = 6  # shorter domains are one slip away from too much


def meant(domain: str) -> str | None:
    """The domain that somebody who wrote `domain` probably meant, or None. `domain` as `mailboxes.domain_of` says."""
    if domain in PROVIDERS or domain in _ALSO_REAL:
        return None
    if domain in _KNOWN_SLIPS:
        return _KNOWN_SLIPS[domain]
    near = sorted(p for p in PROVIDERS if len(p) >= _SHORTEST and is_one_slip(domain, p))
    return near[0] if near else None


def is_one_slip(typed: str, right: str) -> bool:
    """Whether one letter was added, left out, replaced or swapped with its neighbour."""
    if typed == right or abs(len(typed) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(right)) and typed[start] == right[start]:
        start += 1
    one, other = typed[start:], right[start:]
    if len(one) == len(other):
        swapped = len(one) > 1 and one[0] == other[1] and one[1] == other[0] and one[2:] == other[2:]
        return swapped or one[1:] == other[1:]
    return one[1:] == other if len(one) > len(other) else one == other[1:]
