"""Who may hold which roles, what a site needs before it begins, when accounts are looked over (ACC-04 to ACC-10)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crf import trial

ENTERING = frozenset({"investigator", "coordinator", "rater", "pharmacist", "safety_officer"})
LOCKING = frozenset({"data_manager"})
#: The supply manager is sent which kit holds what, which is the list in another order.
HOLDING_THE_LIST = frozenset({"randomisation_statistician", "unblinded_statistician", "supply_manager"})
ADMINISTERING = frozenset({"administrator"})
SIGNING = frozenset({"investigator"})
JUDGING_BLINDED = frozenset({"statistician", "data_manager", "monitor", "medical_monitor"})
READING_LEVELS = frozenset({"safety_officer"})
#: What these know of the arms, they still know when the role has ended.
KNOWING_THE_ARMS = HOLDING_THE_LIST | READING_LEVELS


@dataclass(frozen=True)
class Separation:
    """Two kinds of duty that one account never has at the same time, at whatever site.

    `lasts`: nor the second after the first, where the first is to know the arms.
    """

    one: frozenset[str]
    does_one: str
    other: frozenset[str]
    does_other: str
    lasts: bool = False

    def parts(self, role: str, held: str) -> bool:
        """Whether the two roles fall on its two sides."""
        return (role in self.one and held in self.other) or (role in self.other and held in self.one)

    @property
    def sentence(self) -> str:
        return f"One account cannot both {self.does_one} and {self.does_other}."


#: The database refuses the same pairs by a trigger (migrations/sql/access.sql); a test holds the two together.
SEPARATIONS = (
    Separation(ENTERING, "enter data", LOCKING, "lock the study"),
    Separation(ENTERING, "enter data", HOLDING_THE_LIST, "hold the randomisation list", lasts=True),
    Separation(ADMINISTERING, "administer accounts", SIGNING, "sign"),
    # Our assumption: whoever knows the arms does not judge blinded data either.
    Separation(HOLDING_THE_LIST, "hold the randomisation list", JUDGING_BLINDED, "judge blinded data", lasts=True),
    Separation(
        READING_LEVELS,
        "read drug levels, which tell the arm,",
        JUDGING_BLINDED | (ENTERING - READING_LEVELS),
        "work with blinded data",
        lasts=True,
    ),
)


@dataclass(frozen=True)
class Held:
    """A role from its first to its last day; `until` None: no end is set."""

    role: str
    since: date
    until: date | None = None

    def overlaps(self, other: "Held", *, knowledge_lasts: bool = False) -> bool:
        """Whether the two come together; with `knowledge_lasts`, what one knows of the arms has no last day."""
        mine, theirs = (
            None if knowledge_lasts and held.role in KNOWING_THE_ARMS else held.until for held in (self, other)
        )
        return (mine is None or other.since <= mine) and (theirs is None or self.since <= theirs)


def separation_against(wanted: Held, held: Iterable[Held]) -> tuple[Separation, Held] | None:
    """The first separation that the wanted role would break, with the role that stands against it."""
    for standing in held:
        for separation in SEPARATIONS:
            if separation.parts(wanted.role, standing.role) and wanted.overlaps(
                standing, knowledge_lasts=separation.lasts
            ):
                return separation, standing
    return None


#: What must be on record before a site is activated (our assumption; ICH E6(R3) 4.3.5 says "all approvals").
APPROVALS = {
    "ETHICS": "Approval of the ethics committee",
    "AUTHORITY": "Approval of the competent authority",
    "CONTRACT": "Contract with the site",
    "INITIATION": "Initiation visit, staff trained",
}


def words_of(name: str) -> list[str]:
    """The words of a name in small letters."""
    return [word for word in re.split(r"[^a-z]+", name.lower()) if word]


#: Words that name no person: an account called so is a shared one (ACC-05).
GENERIC = frozenset(
    """
admin administrator root test tester user guest demo default shared office reception nurse doctor physician staff team
study trial site clinic hospital ward rater raters monitor coordinator investigator pharmacist pharmacy statistician
auditor manager data account sponsor cro lab laboratory temp
""".split()
    + [word for site in trial.SITES for word in words_of(site.name)]
)


def is_generic(name: str) -> bool:
    """Whether every word of the name is a role, a place or a placeholder: “site.admin1”, but not “dana.levi”."""
    words = words_of(name)
    return not words or all(word in GENERIC for word in words)


REVIEW_EVERY = timedelta(days=92)  # our assumption: accounts are looked over every quarter
DRAFTS_ARE_OLD_AFTER = timedelta(hours=trial.SETTINGS.draft_hours)
#: That time as pages say it.
OLD_DRAFTS = "a day" if trial.SETTINGS.draft_hours == 24 else f"{trial.SETTINGS.draft_hours} hours"


def review_due_on(last: date | None, first_account: date) -> date:
    """When the accounts are to be looked over next."""
    return (last or first_account) + REVIEW_EVERY
