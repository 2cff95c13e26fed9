"""The refusals of the house. A docstring here is the sentence its visitor reads."""


class Refused(Exception):
    """This cannot be done."""

    @property
    def sentence(self) -> str:
        return " ".join((type(self).__doc__ or "").split())


class PetitionClosed(Refused):
    """This petition is not open for signature at the moment. Nothing was recorded."""


class CaseEnded(PetitionClosed):
    """What this letter asks for was overtaken by events, so it was closed and its count stands still. Nothing was
    recorded."""


class Resting(Refused):
    """What stood here is paused at present. Nothing is lost; please come back another day."""


class LinkUnknown(Refused):
    """This link is not complete or was changed on the way, or what it led to was deleted when its time was over. Open
    it again from the letter, or ask for your links."""


class LinkExpired(Refused):
    """This link was valid for seven days and has expired. Sign again, and we send a new letter."""


class SignatureEnded(Refused):
    """This signature was withdrawn, and what we kept of it was deleted. You are free to sign again."""


class SignatureRemoved(Refused):
    """This signature was taken out of the count when staff looked through it. What we keep of it is sealed, and is
    deleted thirty days later. If that is wrong, write to those who run this site before then."""


class NameNeeded(Refused):
    """To show more than before, type your name again: we cannot read it, so we cannot know that it is you."""


class SureNeeded(Refused):
    """To sign visibly can be dangerous where you live. Tick the second box if you want it all the same."""


class StaysCounted(Refused):
    """This was signed by somebody under 16, so it is counted and never shown. Once you are 16, withdraw it and sign
    again as you wish."""


class SealBroken(Refused):
    """A sealed box does not belong to this row, or was sealed to a key that is not here."""


class PlanOver(Refused):
    """This monthly gift is over already. Nothing more is taken from your card."""


class TextFrozen(Refused):
    """People have signed these words. A change becomes a new, dated version."""


class ReadingOnly(Refused):
    """You may read this, and not change it. Ask the owner of the team to make you an editor."""


class OwnerOnly(Refused):
    """Who is in a team, and what for, is said by its owner alone."""
