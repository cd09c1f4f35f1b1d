"""Sites, arms and how subjects are allocated to them. Who is in which arm is known to the sealed room alone."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crf.spec.kinds import DeclarationError


def subject_number(site_code: str, place: int) -> str:
    """The number of the site's subject that was screened as the place-th: ABC-001, and ABC-1000 after ABC-999."""
    return f"{site_code}-{place:03d}"


def subject_number_typed(text: str) -> str:
    """A subject number as the record has it, from one as people type and paste it: abc – 1 is ABC-001.

    Any dash will do, or none; blanks, small letters and wide digits too. What is no such number stays as it is, in
    capitals.
    """
    text = with_plain_dashes(text).upper()
    found = re.fullmatch(r"([A-Z]{2,10})[- ]*([0-9]{1,9})", text)
    return subject_number(found[1], int(found[2])) if found else text


def with_plain_dashes(text: str) -> str:
    """The text with every dash a hyphen without blanks around it, wide letters and digits plain, nothing invisible."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(
        "-" if unicodedata.category(one) == "Pd" or one == "\u2212" else one
        for one in plain
        if unicodedata.category(one) != "Cf"
    )
    return re.sub(r" *-+ *", "-", " ".join(plain.split()))


@dataclass(frozen=True)
class Site:
    """A place that enrols; `code` begins its subject numbers. `planned`: how many it is to randomise."""

    code: str
    name: str
    planned: int
    timezone: str = "UTC"
    country: str = ""

    def number_of(self, place: int) -> str:
        """The number of the subject that was screened here as the place-th."""
        return subject_number(self.code, place)


@dataclass(frozen=True)
class Arm:
    """A group of the design. `share`: its part of each block (2:1:1). One arm is the `reference`.

    `short`: what tables and sentences of reports call it, where the label is too long for a column.
    """

    code: str
    label: str
    share: int = 1
    reference: bool = False
    short: str = ""

    @property
    def active(self) -> bool:
        """Compared with the reference."""
        return not self.reference

    @property
    def called(self) -> str:
        """Its name in a column of a report."""
        return self.short or self.label


@dataclass(frozen=True)
class Factor:
    """What strata are made of beside the site: an item or score of a form before randomisation, as one of `levels`.

    `level(value)` gives the code of the level for an answer; None refuses to randomise while it is not known.
    """

    code: str
    label: str
    form: str
    item: str
    visit: str
    levels: tuple[tuple[str, str], ...]
    level: Callable[[Any], str | None]


@dataclass(frozen=True)
class Allocation:
    """How places in the list are made: strata of the sites (or none), by factors; blocks fixed or drawn.

    `method`: blocks; whoever wants another one is told so. `block_sizes`: one size is fixed, several are drawn from.
    `places`: made in each stratum, more than is ever used.
    """

    by_site: bool = True
    method: str = "blocks"
    factors: tuple[Factor, ...] = ()
    block_sizes: tuple[int, ...] = (4,)
    places: int = 240

    def strata(self, sites: Sequence[Site]) -> tuple[str, ...]:
        """The codes of all strata: sites by factors, in the order declared; "ALL" where there is no stratum."""
        codes = [site.code for site in sites] if self.by_site else ["ALL"]
        for factor in self.factors:
            codes = [f"{code}/{level}" for code in codes for level, _ in factor.levels]
        return tuple(codes)

    def stratum_of(self, site_code: str, levels: Sequence[str]) -> str:
        """The stratum of a subject of the site with these levels of the factors, in the order declared."""
        return "/".join([site_code if self.by_site else "ALL", *levels])


def police_arms(arms: Sequence[Arm], allocation: Allocation) -> None:
    """Refuse arms and blocks that cannot be allocated. Raises DeclarationError with a sentence."""
    if len(arms) < 2:
        raise DeclarationError("A randomised trial has two arms or more.")
    if sum(arm.reference for arm in arms) != 1:
        raise DeclarationError("Exactly one arm is the reference that the others are compared with.")
    if any(arm.share < 1 for arm in arms):
        raise DeclarationError("Every arm has a share of 1 or more in each block.")
    if allocation.method != "blocks":
        raise DeclarationError(
            f"Allocation by {allocation.method} is not made here: a list of permuted blocks is drawn and committed to "
            "before the first subject, so that anybody can check afterwards that it was followed. Stratify by factors."
        )
    whole = sum(arm.share for arm in arms)
    if not allocation.block_sizes or (bad := [size for size in allocation.block_sizes if size < whole or size % whole]):
        raise DeclarationError(
            f"Blocks of {bad[0] if allocation.block_sizes else 'no size'} cannot hold the shares "
            f"{':'.join(str(arm.share) for arm in arms)}; take multiples of {whole}."
        )
    for factor in allocation.factors:
        codes = [code for code, _ in factor.levels]
        if len(codes) < 2 or len(set(codes)) != len(codes):
            raise DeclarationError(f"The factor {factor.code} needs two distinct levels or more.")
        if any("/" in code for code in codes):
            raise DeclarationError(f"A level of the factor {factor.code} has a slash in its code.")
