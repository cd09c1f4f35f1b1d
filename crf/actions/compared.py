"""A stored hash beside the one of what is stored now: read again wherever it is shown or relied on (AUD-18)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from crf.actions.content import content_at, content_hash
from crf.chart.facts import Signed
from crf.chart.held import Place
from crf.chart.signed_content import content_covered, content_under
from crf.chart.standing import Standing
from crf.models import CasebookLock, Hold, Signature, StudyLock
from crf.spec import dates


@dataclass(frozen=True)
class Compared:
    """What was hashed then, and what the same content gives now."""

    what: str
    stored: str
    found: str

    @property
    def agrees(self) -> bool:
        return self.stored == self.found

    @property
    def sentence(self) -> str:
        """What a person reads beside the hash."""
        if self.agrees:
            return f"{self.what}: compared with what is stored now; it is the same."
        return (
            f"{self.what}: what is stored now differs from what was hashed then. Nobody should rely on it; the data "
            "manager and the auditor find out what was changed."
        )


def study_lock(lock: StudyLock) -> Compared:
    """The whole record against the hash of its standing lock. The caller sees all sites."""
    return Compared("Study lock", lock.content_hash, _found(lock.content_hash, content_hash))


def casebook_lock(lock: CasebookLock) -> Compared:
    """One subject's rows against the hash of the standing lock of its casebook."""
    found = _found(lock.content_hash, partial(content_hash, lock.subject))
    return Compared(f"Lock of {lock.subject}", lock.content_hash, found)


def lock_at(place: Place, lock: Hold) -> Compared:
    """What a lock of this place holds against its hash. The caller sees the site."""
    of = f" of {place.subject}" if place.subject else ""
    return Compared(
        f"Lock of {place.called}{of}", lock.content_hash, _found(lock.content_hash, partial(content_at, place))
    )


def _found(stored: str, hashed: Callable[..., str]) -> str:
    """The hash of now; of a lock that was set before salts were hashed, the one without."""
    found = hashed()
    return stored if found != stored == hashed(salted=False) else found


def standing_signature(subject) -> Compared | None:
    """The newest standing signature of the subject's casebook, compared; None where there is none."""
    found = Signature.objects.standing().filter(subject=subject, scope=Signature.Scope.CASEBOOK)
    signed = found.select_related("subject").order_by("-signed_at").first()
    return signature(signed) if signed else None


def signature_shown(signed: Signed, standing: Standing) -> Compared:
    """A standing signature beside the rows that it covers: one statement."""
    found = content_covered(standing.subject, signed.covers, list(standing.visits)).sha256
    return Compared(f"Signature of {signed.by}, {dates.moment(signed.at)}", signed.content_sha256, found)


def signature(signed: Signature) -> Compared:
    """The rows under a standing signature against the hash that the signer saw."""
    what = f"Signature of {signed.printed_name}, {dates.moment(signed.signed_at)}, {signed.subject}"
    return Compared(what, signed.content_sha256, content_under(signed).sha256)
