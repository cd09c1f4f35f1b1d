"""Keep what is being typed: a draft of that person, until the form is saved or the draft is discarded."""

import json
from collections.abc import Mapping

from django.db import connection
from django.utils import timezone

from crf import spec
from crf.models import CheckFiring, Draft, Record, Subject, User, Visit
from crf.permissions import require_entry

#: One statement, so that it is kept in a few milliseconds and two requests at once lose nothing of each other.
_KEEP = """
    INSERT INTO crf_draft AS draft (user_id, subject_id, site_id, visit_id, form, row_number, base_version, answers,
                                    fired, begun_at, kept_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '{}', %s, %s)
    ON CONFLICT ON CONSTRAINT draft_one_per_person_and_form
    DO UPDATE SET answers = draft.answers || EXCLUDED.answers, kept_at = EXCLUDED.kept_at
    RETURNING *
"""
#: What is typed on the page beside the items: it is kept too, and no form has items of these names.
BESIDE = ("source", "reason_choice", "reason_words")
_LONGEST = 5000  # characters of one answer in a draft; longer ones are refused on saving anyway


def keep(*, form: type[spec.Form], subject: Subject, visit: Visit | None, by: User, changes: Mapping[str, str],
         row: int = 1, base_version: int | None = None) -> Draft:
    """Add the changed answers (as typed; also NAME__missing and NAME__why) to the person's draft."""
    require_entry(by, form, subject.site_id)
    known = {key: _storable(str(text))[:_LONGEST] for key, text in changes.items() if _is_known(form, key)}
    now = timezone.now()
    return Draft.objects.raw(_KEEP, [
        by.pk, subject.pk, subject.site_id, visit.pk if visit else None, form.code, row, base_version,
        json.dumps(known), now, now,
    ])[0]  # fmt: skip


def _storable(text: str) -> str:
    """The text without NUL, and with a mark for half a surrogate pair: neither can be kept."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def note_fired(draft: Draft, fired: Mapping[str, tuple[str, str]], typed: Mapping[str, str]) -> None:
    """Remember the first answer at which each check fired: check code -> (item, sentence), and what stands typed."""
    new = {
        code: {"item": item, "sentence": sentence[:300], "first": (typed.get(item) or "")[:300],
               "at": timezone.now().isoformat()}
        for code, (item, sentence) in fired.items() if code not in draft.fired
    }  # fmt: skip
    if new:
        draft.fired = draft.fired | new
        draft.save(update_fields=["fired"])


def find(*, form: type[spec.Form], subject: Subject, visit: Visit | None, by: User, row: int = 1) -> Draft | None:
    """The person's draft of the form, if there is one."""
    return Draft.objects.filter(user=by, subject=subject, visit=visit, form=form.code, row_number=row).first()


def discard(draft: Draft) -> None:
    """Throw the draft away; the record stays as it is."""
    draft.delete()


def keep_firings(form, subject: Subject, visit: Visit | None, row: int, record: Record, by: User) -> None:
    """On saving: what a check made the person correct goes on record, and the draft goes."""
    with connection.cursor() as cursor:  # one statement: the draft goes, and says what fired
        cursor.execute(
            "DELETE FROM crf_draft WHERE user_id = %s AND subject_id = %s AND visit_id IS NOT DISTINCT FROM %s"
            " AND form = %s AND row_number = %s RETURNING fired",
            [by.pk, subject.pk, visit.pk if visit else None, form.code, row],
        )
        taken = cursor.fetchone()
    if taken is None:
        return
    all_fired = json.loads(taken[0]) if isinstance(taken[0], str) else taken[0]
    firings = []
    for code, fired in all_fired.items():
        item = form.items.get(fired["item"])
        saved = item.kind.raw(getattr(record, item.name)) if item else ""
        if item is not None and saved != fired["first"]:
            firings.append(CheckFiring(
                subject=subject, site_id=subject.site_id, form=form.code, record=record.pk, item=item.name,
                check_code=code, sentence=fired["sentence"], first_answer=fired["first"], saved_answer=saved[:300],
                fired_at=fired["at"],
            ))  # fmt: skip
    if firings:
        CheckFiring.objects.bulk_create(firings)


def _is_known(form, key: str) -> bool:
    name, _, part = key.partition("__")
    return key in BESIDE or (name in form.asked and part in ("", "missing", "why"))
