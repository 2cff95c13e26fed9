"""What is forgotten every hour, one list: the worker goes through it, the command `forget` does it by hand.

Each duty finds its work by reading rows and is safe to run twice. One done in batches is called again, a commit
after each, until nothing is left; whoever goes on after a stop begins where the last batch was committed. Emptying
a whole petition is not among them: it has steps of its own (domain/upkeep/purging.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from campaign.domain.accounts import joining
from campaign.domain.drafts import proposing, sponsoring
from campaign.domain.giving import attending, hearing
from campaign.domain.joint_letters import cosigning
from campaign.domain.news import asking, mailing, pacing
from campaign.domain.packets import galleys, receipting, releasing
from campaign.domain.paper import collecting
from campaign.domain.signatures import forgetting, proving, trending
from campaign.domain.supporters import bouncing
from campaign.domain.upkeep import emptying


@dataclass(frozen=True)
class Duty:
    """`did` says it in a sentence with its number; {would} is "would be " when only looked at."""

    name: str
    do: Callable[..., int]  # takes `at`, gives how many
    did: str
    in_batches: bool = False

    def told(self, number: int, *, would: bool) -> str:
        return self.did.format(n=number, would="would be " if would else "")

    def at_once(self, **how: Any) -> int:
        """All of it in one go, for a look that is rolled back."""
        total = step = self.do(**how)
        while self.in_batches and step:
            step = self.do(**how)
            total += step
        return total


HOURLY = (
    Duty("expired", forgetting.expire_pending, "{n} form(s) nobody confirmed within seven days {would}emptied"),
    Duty("removed", forgetting.empty_removed, "{n} signature(s) removed by staff thirty days ago {would}emptied"),
    Duty("networks", forgetting.forget_networks, "{n} hash(es) of networks older than two days {would}emptied"),
    Duty(
        "times_cut",
        forgetting.cut_times,
        "{n} exact time(s) of signing older than two days {would}cut to the day",
        in_batches=True,
    ),
    Duty(
        "letters_cut",
        forgetting.cut_letters,
        "{n} letter(s) older than two days {would}left with the day alone",
        in_batches=True,
    ),
    Duty("letters", forgetting.forget_letters, "{n} letter row(s) older than a month {would}deleted"),
    Duty("empty_rows", forgetting.forget_expired, "{n} empty row(s) of forms that came to nothing {would}deleted"),
    Duty("proofs", proving.forget_spent, "{n} spent proof(s) of work {would}deleted"),
    Duty("proposals", proposing.forget_unconfirmed, "{n} proposal(s) nobody confirmed {would}emptied"),
    Duty("cosponsors", sponsoring.forget, "{n} co-sponsor(s) of decided or unconfirmed support {would}deleted"),
    Duty("sign_ups", joining.forget, "{n} request(s) for an account nobody confirmed or approved {would}deleted"),
    Duty("galleys", galleys.forget, "{n} locked volume(s) of lines that wait for the press no more {would}deleted"),
    Duty("recipients", releasing.forget, "{n} sealed address(es) of recipients whose access is over {would}deleted"),
    Duty("signatories", cosigning.forget, "{n} sealed address(es) of signatories of joint letters {would}deleted"),
    Duty("donors", attending.forget_donors, "{n} donor(s) who gave nothing for three years {would}erased"),
    Duty("receipts", attending.forget_names, "{n} name(s) on receipts older than accounting needs {would}deleted"),
    Duty("gifts_cut", attending.cut_times, "{n} exact time(s) of gifts older than two days {would}cut to the day"),
    Duty("reports_done", hearing.forget, "{n} report(s) of payments older than forty days {would}deleted"),
    Duty("news_requests", asking.forget, "{n} request(s) for news made seven days ago {would}deleted"),
    Duty("update_letters", mailing.forget, "{n} row(s) of who got an update over a month ago {would}deleted"),
    Duty("mail_pace", pacing.forget, "{n} line(s) of mail domains nobody stood in for two days {would}deleted"),
    Duty("mail_trouble", bouncing.forget, "{n} report(s) of letters that came back long ago {would}deleted"),
    Duty("recent", trending.forget, "{n} hour(s) of what was signed lately {would}deleted"),
    Duty(
        "paper", collecting.forget_scans, "{n} scan(s) of paper sheets settled ninety days ago {would}made unreadable"
    ),
    Duty("receipt_scans", receipting.forget, "{n} scan(s) of receipts whose delivery is long over {would}ended"),
    Duty("authors", emptying.empty_authors, "{n} address(es) of visitors with a decided proposal {would}deleted"),
    Duty("drafts", emptying.empty_drafts, "{n} draft(s) that are over {would}emptied of their words"),
    Duty("reports", emptying.empty_reports, "{n} report(s) of visitors {would}emptied of their words"),
    Duty(
        "revisions",
        emptying.empty_revisions,
        "{n} old version(s) of records {would}emptied of their words",
        in_batches=True,
    ),
)
