"""Keep what is being typed: a draft of that person, until the form is saved or the draft is discarded."""

import json
from collections.abc import Mapping
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from crf import spec, trial
from crf.chart.examine import questions_put
from crf.models import CheckFiring, Draft, DraftSettled, Record, Subject, User, Visit
from crf.models.lookup import Lookup
from crf.permissions import may_enter_form, require, require_entry, role_for
from crf.refusals import AlreadySettled, KeptElsewhere, Refusal
from crf.spec.kinds import shows_something

from .act import act

#: One statement, so that it is kept in a few milliseconds and two requests at once lose nothing of each other.
_KEEP = """
    INSERT INTO crf_draft AS draft (user_id, subject_id, site_id, visit_id, form, row_number, base_version, answers,
                                    fired, begun_at, kept_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '{}', %s, %s)
    ON CONFLICT ON CONSTRAINT draft_one_per_person_and_form
    DO UPDATE SET answers = draft.answers || EXCLUDED.answers, kept_at = EXCLUDED.kept_at
    RETURNING *, EXISTS (SELECT FROM crf_casebooklock WHERE subject_id = draft.subject_id AND lifted_at IS NULL)
              OR EXISTS (SELECT FROM crf_studylock WHERE lifted_at IS NULL)
              OR EXISTS (SELECT FROM crf_hold AS hold WHERE lifted_at IS NULL AND level <> 'item'
                            AND (hold.subject_id = draft.subject_id
                                 OR hold.subject_id IS NULL AND coalesce(hold.site_id, draft.site_id) = draft.site_id)
                            AND CASE level WHEN 'form' THEN hold.form = draft.form
                                                AND hold.visit_id IS NOT DISTINCT FROM draft.visit_id
                                                AND coalesce(hold.row_number, draft.row_number) = draft.row_number
                                           WHEN 'visit' THEN hold.visit_id = draft.visit_id ELSE true END) AS is_locked
"""
#: What an open page is told once what it shows was frozen or locked.
LOCKED = (
    "This was frozen or locked while the page was open, so nothing can be saved here. What you typed stays on "
    "this page and is kept beside the record; ask the data manager if a correction is needed."
)
#: What is typed on the page beside the items: it is kept too, and no form has items of these names.
BESIDE = ("source", "reason_choice", "reason_words")
_LONGEST = 50_000  # characters of one answer in a draft; longer ones are refused on saving anyway


def keep(
    *,
    form: type[spec.Form],
    subject: Subject,
    visit: Visit | None,
    by: User,
    changes: Mapping[str, str],
    row: int = 1,
    base_version: int | None = None,
) -> Draft:
    """Add the changed answers (as typed; also NAME__missing and NAME__why) to the person's draft."""
    require_entry(by, form, subject.site_id)
    known = {key: str(text)[:_LONGEST] for key, text in changes.items() if _is_known(form, key)}
    return add(form=form, subject=subject, visit=visit, by=by, known=known, row=row, base_version=base_version)


def add(
    *,
    form: type[spec.Form],
    subject: Subject,
    visit: Visit | None,
    by: User,
    known: Mapping[str, str],
    row: int,
    base_version: int | None = None,
) -> Draft:
    """Add these answers to the person's draft, whatever their names; the caller knows who may and what is known."""
    now = timezone.now()
    kept = json.dumps({key: storable(text) for key, text in known.items()})
    return Draft.objects.raw(
        _KEEP,
        [by.pk, subject.pk, subject.site_id, visit.pk if visit else None, form.code, row, base_version, kept, now, now],
    )[0]


def storable(text: str) -> str:
    """The text without NUL, and with a mark for half a surrogate pair: neither can be kept."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def note_fired(draft: Draft, fired: Mapping[str, tuple[tuple[str, ...], str]], typed: Mapping[str, str]) -> None:
    """Remember the first answers at which each check fired: check code -> (items, sentence), and what stands typed.

    All the items that the check looks at: whichever of them is corrected, its first answer is known.
    """
    new = {
        code: {
            "sentence": sentence[:300],
            "first": {item: (typed.get(item) or "")[:300] for item in items},
            "at": timezone.now().isoformat(),
        }
        for code, (items, sentence) in fired.items()
        if code not in draft.fired
    }
    if new:
        draft.fired = draft.fired | new
        draft.save(update_fields=["fired"])


def find(*, form: type[spec.Form], subject: Subject, visit: Visit | None, by: User, row: int = 1) -> Draft | None:
    """The person's draft of the form, if there is one."""
    return _OWN.first(by.pk, subject.pk, visit.pk if visit else None, form.code, row)


_OWN = Lookup(
    lambda by, subject, visit, form, row: Draft.objects.filter(
        user_id=by, subject_id=subject, visit_id=visit, form=form, row_number=row
    ).select_related("handed_on_from")[:1]
)


def of_items(form: type[spec.Form], answers: Mapping[str, str]) -> dict[str, str]:
    """What a draft keeps of the items, without what is typed beside them."""
    return {key: text for key, text in answers.items() if key.partition("__")[0] in form.items}


def discard(draft: Draft) -> None:
    """Throw the draft away; the record stays as it is."""
    draft.delete()


# -- what somebody left behind ---------------------------------------------------------------------------------------


def hand_on(*, draft: Draft, to: User, by: User, reason: str) -> DraftSettled:
    """Give the draft of somebody who left to a colleague who enters the form: they see, save or discard it.

    `by` sees no value. Raises Refusal while the writer can still settle it, where `to` does not enter the form at the
    site, and where `to` has a draft of the same form already.
    """
    form = trial.form(draft.form)
    if role_for(to, may_enter_form(form), draft.site_id) is None or not to.is_active:
        raise Refusal(f"{to} does not enter the form “{form.title}” at this site. Choose somebody who does.")
    with _settled(draft, by, reason, outcome=DraftSettled.Outcome.HANDED_ON, handed_to=to) as (held, settled):
        if Draft.objects.filter(
            user=to, subject=held.subject_id, visit=held.visit_id, form=held.form, row_number=held.row_number
        ).exists():
            raise Refusal(f"{to} has begun this form too. Ask them to save or discard their own draft first.")
        Draft.objects.filter(pk=held.pk).update(user=to, handed_on_from=held.user, kept_at=timezone.now())
    return settled


def discard_left(*, draft: Draft, by: User, reason: str) -> DraftSettled:
    """Throw away the draft of somebody who left. That there was one, whose and why it went stays in the audit trail."""
    with _settled(draft, by, reason, outcome=DraftSettled.Outcome.DISCARDED) as (held, settled):
        held.delete()
    return settled


@contextmanager
def _settled(draft: Draft, by: User, reason: str, **outcome):
    """(the draft, held, without its answers; what goes on record about it)."""
    role = require(by, "settle drafts", draft.site_id)
    if not shows_something(reason):
        raise Refusal("Say why: the reason stays in the audit trail.")
    with act(by=by, role=role, reason=reason):
        found = Draft.objects.defer("answers", "fired").select_for_update(of=("self",)).select_related("user")
        held = found.filter(pk=draft.pk).first()
        if held is None:
            raise AlreadySettled("This draft is no longer there: it was saved or discarded in the meantime.")
        if not has_left(held):
            raise Refusal(f"{held.user} still enters this form here. Ask them to save or discard the draft.")
        settled = settlement(held, by=by, reason=reason, **outcome)
        settled.save(force_insert=True)
        yield held, settled


def settlement(draft: Draft, *, by: User, reason: str, **outcome) -> DraftSettled:
    """What stays of a draft that goes: whose it was, of which form, when it was begun and how much it held. Unsaved."""
    return DraftSettled(
        subject_id=draft.subject_id,
        site_id=draft.site_id,
        visit_id=draft.visit_id,
        form=draft.form,
        row_number=draft.row_number,
        typed_by=draft.user,
        begun_at=draft.begun_at,
        kept_at=draft.kept_at,
        answers_kept=_how_many(draft),
        reason=reason.strip(),
        settled_at=timezone.now(),
        settled_by=by,
        **outcome,
    )


def has_left(draft: Draft) -> bool:
    """Whether the writer can no longer save or discard it: the role has ended or the account is closed."""
    return role_for(draft.user, may_enter_form(trial.form(draft.form)), draft.site_id) is None


def _how_many(draft: Draft) -> int:
    """How many answers are in the draft; they stay in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM crf_draft, jsonb_each_text(answers) WHERE id = %s AND value <> ''", [draft.pk]
        )
        return cursor.fetchone()[0]


# -- on saving ---------------------------------------------------------------------------------------------------------


def keep_firings(
    form,
    subject: Subject,
    visit: Visit | None,
    row: int,
    record: Record,
    by: User,
    *,
    page: Mapping[str, str] | None = None,
) -> None:
    """On saving: what a check made the person correct goes on record, and the draft goes.

    Raises KeptElsewhere where the draft has answers that the `page` does not show: another page of the same person.
    """
    with connection.cursor() as cursor:  # one statement: the draft goes, and says what fired
        cursor.execute(
            "DELETE FROM crf_draft WHERE user_id = %s AND subject_id = %s AND visit_id IS NOT DISTINCT FROM %s"
            " AND form = %s AND row_number = %s RETURNING fired, answers",
            [by.pk, subject.pk, visit.pk if visit else None, form.code, row],
        )
        taken = cursor.fetchone()
    if taken is None:
        return
    all_fired, kept = (json.loads(part) if isinstance(part, str) else part for part in taken)
    if page is not None and (more := _not_shown(form, visit.code if visit else None, page, kept)):
        raise KeptElsewhere(more)
    firings = []
    for code, fired in all_fired.items():
        for name, first in fired["first"].items():
            item = form.items.get(name)
            saved = item.kind.raw(getattr(record, name)) if item else ""
            if item is not None and saved != _as_stored(item, first):
                firings.append(
                    CheckFiring(
                        subject=subject,
                        site_id=subject.site_id,
                        form=form.code,
                        record=record.pk,
                        item=name,
                        check_code=code,
                        sentence=fired["sentence"],
                        first_answer=first,
                        saved_answer=saved[:300],
                        fired_at=fired["at"],
                    )
                )
    if firings:
        CheckFiring.objects.bulk_create(firings)


def _as_stored(item, typed: str) -> str:
    """What was typed, as a stored answer of the same value is typed: one day can be typed in many ways."""
    try:
        return item.kind.raw(item.kind.parse(typed)) if typed.strip() else ""
    except spec.Impossible:
        return typed


def _not_shown(form, visit_code: str | None, page: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """The kept answers that differ from the page's; what the page's own answers rule out is not missed."""
    applies, _ = questions_put(form, visit_code, page)
    found = {}
    for key, text in kept.items():
        name, _, part = key.partition("__")
        if name in applies:
            pair = [text.strip(), page.get(key, "").strip()]
            one, other = pair if part else (_as_stored(form.items[name], typed) for typed in pair)
            if one != other:
                found[key] = text
    return found


def _is_known(form, key: str) -> bool:
    name, _, part = key.partition("__")
    return key in BESIDE or (name in form.asked and part in ("", "missing", "why"))
