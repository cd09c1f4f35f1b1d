"""The investigator signs: a casebook, one record, or a judgement, bound to exactly what the page showed."""

from django.utils import timezone

from crf import spec, trial
from crf.chart.signed_content import content_of, signed_forms
from crf.models import Signature, Subject, User, Visit
from crf.permissions import require
from crf.refusals import ChangedMeanwhile, NotYet, Refusal
from crf.spec.kinds import shows_something

from .act import act

UNKNOWN_SIGNER = (
    "Nothing was signed: an administrator changed how your account signs in, and nobody else has confirmed since that "
    "it is you who uses it. Ask another administrator to confirm it."
)


def sign(
    *,
    subject: Subject,
    scope: str,
    meaning: str,
    shown_sha256: str,
    by: User,
    visit: Visit | None = None,
    form: type[spec.Form] | None = None,
    record: int | None = None,
) -> Signature:
    """Sign what `content_of(subject, visit=visit, form=form, record=record)` says now.

    `shown_sha256` is the SHA-256 of the content on the page on which the signer read it. Raises ChangedMeanwhile when
    the stored content differs (SIG-04), NotYet when there is nothing complete to sign. The page asks for fresh
    authentication; the database takes a signature only of who acts, and only of an investigator of the site (SIG-07).
    """
    role = require(by, "sign", subject.site_id)
    if not shows_something(meaning):
        raise Refusal("Say what the signature means.")
    if by.identity_doubted_at is not None:
        raise NotYet(UNKNOWN_SIGNER)
    if form is not None and form not in signed_forms():
        raise Refusal(f"The form “{form.title}” is not signed by the investigator.")
    part = {"visit": visit, "form": form, "record": record}
    with act(by=by, role=role):
        content = content_of(subject, **part)
        if not content.records:
            raise NotYet("There is no complete form to sign yet.")
        _refuse_another(content.sha256, shown_sha256)
        signature = Signature.objects.create(
            subject=subject,
            site_id=subject.site_id,
            scope=scope,
            visit=visit,
            form=form.code if form else "",
            record=record,
            meaning=meaning.strip(),
            content_sha256=content.sha256,
            covers=content.covers,
            signed_by=by,
            printed_name=str(by),
            role=role,
            signed_at=timezone.now(),
        )
        # The signature's audit row waited for every save of this subject under way; whoever saves now waits for it.
        _refuse_another(content_of(subject, **part).sha256, shown_sha256)
    return signature


def sign_casebook(*, subject: Subject, shown_sha256: str, by: User) -> Signature:
    """Sign everything in the casebook that is complete, in the words of the study."""
    return sign(
        subject=subject,
        scope=Signature.Scope.CASEBOOK,
        meaning=trial.CASEBOOK_STATEMENT,
        shown_sha256=shown_sha256,
        by=by,
    )


def _refuse_another(stored: str, shown: str) -> None:
    if stored != shown:
        raise ChangedMeanwhile(
            "What is stored differs from what you were shown, so nothing was signed. "
            "Read it again as it is now, and sign then."
        )
