"""The people of the demo trial: one account for each role, and the staff of the second site. Nobody real."""

import secrets
from dataclasses import dataclass

from crf import trial
from crf.spec.arms import Site

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
STAFF = ("investigator", "coordinator", "rater", "pharmacist")
STUDY_WIDE = (
    "monitor",
    "data_manager",
    "medical_monitor",
    "safety_officer",
    "statistician",
    "randomisation_statistician",
    "unblinded_statistician",
    "supply_manager",
    "auditor",
    "administrator",
)


@dataclass(frozen=True)
class Person:
    """An account: what it is called, in which role, at which sites."""

    username: str
    name: str
    role: str
    sites: tuple[str, ...]
    organisation: str


def people() -> tuple[Person, ...]:
    """Site staff for the first site, everybody else for all sites, then the staff of the other sites."""
    codes = tuple(site.code for site in trial.SITES)
    first, *others = trial.SITES
    found = [_staff(role, first, "") for role in STAFF]
    found += [
        Person(role.replace("_", "-"), f"Demo {role.replace('_', ' ')}", role, codes, "Demo sponsor")
        for role in STUDY_WIDE
    ]
    # What no administrator does alone wants a second one.
    found.append(Person("administrator-2", "Demo second administrator", "administrator", codes, "Demo sponsor"))
    found += [_staff(role, site, f"-{site.name.lower()}") for site in others for role in STAFF]
    return tuple(found)


def _staff(role: str, site: Site, suffix: str) -> Person:
    return Person(f"{role}{suffix}", f"Demo {role}", role, (site.code,), f"Demo site {site.name}")


def password() -> str:
    """Four groups of four random letters and figures: 79 bits, typed without mistakes."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
