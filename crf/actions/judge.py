"""The investigator judges each abnormal value of a panel clinically significant or not, and signs it."""

from collections.abc import Mapping

from crf.chart.judgements import abnormal
from crf.chart.signed_content import content_of
from crf.models import Signature, Subject, User, Visit
from crf.permissions import require
from crf.refusals import ChangedMeanwhile, NotYet, Refusal
from crf.rules.laboratory import FORM

from .act import act
from .follow import follow
from .sign import sign

MEANING = "I judged each abnormal value of this laboratory report clinically significant or not."


def judge(*, subject: Subject, visit: Visit, judgements: Mapping[int, str], shown_sha256: str, by: User) -> Signature:
    """Record the judgement of every abnormal value (record id -> Y or N) and sign the panel with it.

    `shown_sha256`: of the panel as the page showed it, before the judgements. Raises ChangedMeanwhile where a value is
    another by now, Refusal where one of them is not judged.
    """
    role = require(by, "sign", subject.site_id)
    with act(by=by, role=role, reason="Judged by the investigator"):
        records = list(abnormal(subject, visit).select_for_update(of=("self",)).select_related("visit"))
        if not records:
            raise NotYet("No value of this report lies outside the limits of normal.")
        if content_of(subject, visit=visit, form=FORM).sha256 != shown_sha256:
            raise ChangedMeanwhile(
                "A value of this report was changed since you opened the page, so nothing was "
                "signed. Read it again as it is now, and judge then."
            )
        if any(judgements.get(record.pk) not in ("Y", "N") for record in records):
            raise Refusal("Judge every abnormal value, significant or not.")
        for record in records:
            if record.significant != judgements[record.pk]:
                record.significant = judgements[record.pk]
                record.save(update_fields=["significant"])
        follow(subject=subject, by=by, because=f"The laboratory report at {visit.label.lower()} was judged")
        shown = content_of(subject, visit=visit, form=FORM).sha256
        return sign(
            subject=subject,
            scope=Signature.Scope.LABORATORY,
            meaning=MEANING,
            shown_sha256=shown,
            by=by,
            visit=visit,
            form=FORM,
        )
