"""The page of a record: read it, enter it, keep what is typed, and settle it when two people saved at once."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from crf import permissions, spec, trial
from crf.actions import drafts, enter
from crf.chart.elsewhere import answers_elsewhere, lacking
from crf.chart.examine import set_aside, understood_so_far, without_set_aside
from crf.chart.judgements import judgement_shown
from crf.chart.places import address
from crf.chart.serious import owed_for
from crf.chart.states import late_transcription
from crf.models import Query, Record
from crf.models.lookup import Lookup
from crf.papers.provenance import imported_rows
from crf.refusals import ChangedMeanwhile, ImpossibleValues, KeptElsewhere, ReasonWanted, Refusal
from crf.rules import disclosure, laboratory
from crf.rules.late import days_late
from crf.rules.rating import band, is_entered_late
from crf.shown import drug, entry
from crf.shown.cautions import Caution, cautions
from crf.shown.code_breaks import knows_the_arm
from crf.shown.hints import hints_for, offers_for
from crf.shown.struck import Struck
from crf.spec import Purpose
from crf.spec.kinds import Impossible, clean
from crf.views.desk import Desk, computed, examined
from crf.views.sent import Unreadable, sent, version_of
from crf.views.told import tell_what_follows
from crf.views.two_versions import conflict, conflict_with_draft


def record(request, number, visit, form, row=1):
    """Show the record, or save it."""
    desk = Desk(request, number, visit, form, row)
    if request.method != "POST":
        return _shown(desk)
    if not desk.may_enter:
        desk.refuse_entry()
    return _saved(desk)


@require_POST
def draft(request, number, visit, form, row=1):
    """Keep what was typed a moment ago, and say what is impossible or implausible in it."""
    desk = Desk(request, number, visit, form, row)
    permissions.require_entry(request.user, desk.form, desk.subject.site_id)
    try:
        typed_now = sent(request)
    except Unreadable as unreadable:
        return unreadable.answer
    kept = drafts.keep(
        form=desk.form,
        subject=desk.subject,
        visit=desk.visit,
        by=request.user,
        changes=typed_now.changes,
        row=row,
        base_version=typed_now.version,
    )
    if kept.is_locked:
        return JsonResponse({"locked": drafts.LOCKED}, status=423)
    is_correction = kept.base_version is not None and desk.record is not None
    typed = (entry.typed_of(desk.record) if is_correction else {}) | kept.answers
    # An answer that was hidden since is set aside; one that was typed just now is judged all the same.
    typed = without_set_aside(desk.form, desk.visit_code, typed) | typed_now.changes
    errors, warnings, fired = examined(desk, typed)
    drafts.note_fired(kept, fired, typed)
    kept_at = kept.kept_at.astimezone(desk.subject.site.zone)
    said = {
        "kept_at": f"{kept_at:%H:%M:%S} {kept_at.tzname()}",
        "errors": errors,
        "warnings": warnings,
        "read": entry.days_as_shown(desk.form, typed_now.changes),
    }
    if len(desk.form.asked) < len(desk.form.items):  # most forms compute nothing, and need no more to be read
        said["computed"] = computed(desk, _begun(desk) | kept.answers)
    return JsonResponse(said)


@require_POST
def discard(request, number, visit, form, row=1):
    """Throw the own draft away."""
    desk = Desk(request, number, visit, form, row)
    if found := drafts.find(form=desk.form, subject=desk.subject, visit=desk.visit, by=request.user, row=row):
        drafts.discard(found)
    messages.info(request, "The draft was discarded. The page shows what is stored.")
    return redirect(desk.address)


# -- showing -----------------------------------------------------------------------------------------------------------


def _shown(desk: Desk):
    """The record as stored, or the person's draft of it, or a new page with its preset header."""
    kept = None
    left_over = []
    if desk.is_held and desk.may_enter:
        desk.may_enter = False
    if not desk.may_enter and desk.enters:
        left_over = _typed_before(desk)
    if desk.may_enter:
        kept = drafts.find(form=desk.form, subject=desk.subject, visit=desk.visit, by=desk.user, row=desk.row)
    typed = _begun(desk)
    version = desk.record.version if desk.record else None
    errors, warnings = {}, {}
    beside = {}
    if kept:
        typed |= kept.answers
        beside = {
            "source": kept.answers.get("source"),
            "reason": (kept.answers.get("reason_choice", ""), kept.answers.get("reason_words", "")),
        }
        version = kept.base_version if desk.record is not None else None  # what was to be changed may be voided by now
        errors, warnings, _ = examined(desk, without_set_aside(desk.form, desk.visit_code, typed))
    elif desk.record is not None:
        _, warnings, _ = examined(desk, typed)
    return _page(
        desk, typed, version=version, draft=kept, errors=errors, warnings=warnings, left_over=left_over, **beside
    )


def _typed_before(desk: Desk) -> list[tuple[str, str]]:
    """What the person typed and had not saved when it was locked, voided or called missed: label and answer."""
    kept = drafts.find(form=desk.form, subject=desk.subject, visit=desk.visit, by=desk.user, row=desk.row)
    lines = entry.lines_of(desk.form, desk.visit_code, kept.answers) if kept else []
    return [(line.item.label, line.said) for line in lines if line.text and not line.is_skipped]


def _begun(desk: Desk) -> dict[str, str]:
    """What stands on the page before anything is typed: the stored answers, or a preset header."""
    if desk.record is not None:
        return entry.typed_of(desk.record)
    if not desk.may_enter:
        return {}
    now = timezone.now().astimezone(desk.subject.site.zone)
    known = desk.subject.screened_on if desk.visit_code == trial.SCREENING else None
    return entry.preset(desk.form, user=desk.user, now=now, visit=desk.visit, known=known, language=_language(desk))


def _language(desk: Desk) -> str | None:
    """Of a rating: the language in which the subject consented, where the consent says and the rating knows it."""
    consent = trial.serving(Purpose.CONSENT)
    if not desk.form.rating or "consent_language" not in consent.items:
        return None
    language = desk.others.value(consent.code, "consent_language", visit=trial.SCREENING)
    return language if language in {code for code, _ in desk.form.languages.codes} else None


def _page(
    desk: Desk,
    typed,
    *,
    version,
    errors=None,
    warnings=None,
    draft=None,
    refusal=None,
    reason=("", ""),
    source=None,
    cautioned="",
    left_over=(),
    status=200,
):
    record = desk.record
    hints = {}
    if refusal is not None:
        typed = _set_aside(desk, typed) | typed
    if desk.may_enter:
        hints = hints_for(desk.form, desk.visit_code, desk.others)
        typed = dict(typed) | {name: found["code"] for name, found in computed(desk, typed).items()}
    offers = offers_for(desk.form, desk.others)
    may_void = record is not None and record.voided_at is None and not desk.is_held and desk.page.may("void")
    lines = entry.lines_of(
        desk.form,
        desk.visit_code,
        typed,
        errors=errors,
        warnings=warnings,
        hints=hints,
        offers=offers,
        elsewhere=answers_elsewhere(desk.form, desk.others),
        held=desk.held_items,
    )
    context = desk.page.context(
        desk.form.title,
        form=desk.form,
        entry=entry.EntryPage(desk.form, lines),
        lines=lines,
        desk=desk,
        record=record,
        visit=desk.visit,
        version=version,
        draft=draft,
        refusal=refusal,
        errors=errors or {},
        cautioned=cautioned,
        left_over=left_over,
        reason_choice=reason[0],
        reason_words=reason[1],
        reasons=entry.REASONS,
        sources=Record.Source.choices,
        source=source or (record.source if record else Record.Source.ESOURCE),
        queries=_standing_queries(desk),
        imported=imported_rows(record),
        scores=_scores(desk),
        **drug.beside(desk),
        is_late=_is_late(record),
        transcribed=_transcribed(record),
        knows_the_arm=desk.form.rating and desk.may_enter and knows_the_arm(desk.user, desk.subject),
        threshold=disclosure.entry_threshold(desk.form, desk.visit_code),
        thresholds_of=_threshold_in_words(desk.form),
        owed=_owed(desk),
        today_typed=spec.Date().raw(desk.subject.site.today()),
        report_title=_title_serving(Purpose.SERIOUS_REPORTS),
        sae_hours=trial.SETTINGS.sae_hours,
        judgement=judgement_shown(record),
        panel_address=_panel_address(desk),
        may_read_trail=desk.page.may("read audit trail"),
        may_ask=desk.page.may("open query"),
        may_hold=desk.page.may("freeze and lock"),
        may_ask_correction=record is not None
        and desk.page.may("ask correction")
        and (not desk.may_enter or bool(desk.held_items)),
        may_void=may_void,
        may_move=may_void and len(trial.visits_of(desk.form.code)) > 1,
        struck=[Struck.of(one) for one in desk.voided] if desk.page.roles_besides_rater() else [],
        **desk.facts(),
    )
    return render(desk.request, "crf/record.html", context, status=status)


def _set_aside(desk: Desk, typed) -> dict[str, str]:
    """What the person's draft keeps under questions that the page hides, and so does not send."""
    kept = drafts.find(form=desk.form, subject=desk.subject, visit=desk.visit, by=desk.user, row=desk.row)
    return set_aside(desk.form, desk.visit_code, kept.answers | typed) if kept else {}


def _title_serving(purpose: Purpose) -> str:
    form = trial.serving(purpose)
    return form.title if form else ""


def _panel_address(desk: Desk) -> str:
    """Of the laboratory: where the whole report is entered on one page."""
    if desk.form is not laboratory.FORM or not desk.may_enter:
        return ""
    return address(desk.subject, desk.visit, desk.form.code, 0)


def _owed(desk: Desk):
    """Of a serious event: the report that is owed to the sponsor."""
    record = desk.record
    if record is None or not trial.serves(desk.form, Purpose.ADVERSE_EVENTS) or record.serious != "Y":
        return None
    return owed_for(record)


def _threshold_in_words(form) -> str:
    """What the threshold of the form is a threshold of, in the words of the analysis."""
    named = [one.label for one in trial.ANALYSIS.outcomes if one.form == form.code and one.score == form.threshold_of]
    return named[0] if named else form.scores[form.threshold_of].label if form.threshold_of else form.title


def _standing_queries(desk: Desk):
    if desk.record is None:
        return []
    return _STANDING_QUERIES.of(desk.form.code, desk.record.pk)


_STANDING_QUERIES = Lookup(
    lambda form, record: Query.objects.filter(form=form, record=record, state__in=["open", "answered"]).select_related(
        "opened_by"
    )
)


def _scores(desk: Desk) -> list[tuple[str, int | None, str | None]]:
    """Totals of the stored record with their bands, for those who may see them."""
    if desk.record is None or not desk.sees_scores():
        return []
    sees_bands = disclosure.sees_bands(desk.user.roles_at(desk.subject.site_id))
    totals = {name: getattr(desk.record, name) for name in desk.form.scores}
    bands = {name: band(desk.form, name, total) for name, total in totals.items()}
    return [
        (score.label, totals[name], bands[name] if sees_bands else None) for name, score in desk.form.scores.items()
    ]


def _transcribed(record):
    """That the record is a late transcription by a person, as a state; None otherwise."""
    if record is None or record.form.dated is None or _is_by_the_system(record):
        return None
    told_of = getattr(record, record.form.dated)
    days = days_late(told_of, entered_at=record.created_at, zone=record.site.zone)
    return late_transcription(days) if days else None


def _is_by_the_system(record) -> bool:
    return trial.serves(record.form, Purpose.DEVIATIONS) and record.opened_by == "SYSTEM"


def _is_late(record) -> bool:
    """A rating entered after the day it was made."""
    return (
        record is not None
        and record.form.rating
        and is_entered_late(record.rated_on, record.created_at, record.site.zone)
    )


# -- saving ------------------------------------------------------------------------------------------------------------


def _saved(desk: Desk):
    post, typed = desk.request.POST, desk.typed()
    version = version_of(post)
    source = post.get("source") if post.get("source") in Record.Source.values else Record.Source.ESOURCE
    choice, words = post.get("reason_choice", ""), post.get("reason_words", "").strip()
    try:
        words = clean(words)
    except Impossible as impossible:
        shown = {"version": version, "reason": (choice, ""), "source": source}
        return _page(desk, typed, errors={"reason": [str(impossible)]}, status=422, **shown)
    if post.get("accept") and desk.record is None and trial.serves(desk.form, Purpose.DOSING):
        try:
            typed |= drug.accepted(desk, post["accept"])
        except Refusal as refused:
            return _page(desk, typed, version=version, refusal=refused, status=refused.status)
    if desk.record is None and entry.is_untouched(desk.form, desk.visit_code, typed, _begun(desk)):
        return _nothing_saved(desk, stays=post.get("then") == "stay")
    reason = words if choice in ("", "Other") else ": ".join(filter(None, (choice, words)))
    page = None if post.get("settled") else dict(typed)
    _end_rating(desk, typed, source)
    shown = {"version": version, "reason": (choice, words), "source": source}
    found = Caution.of({"reason": words})
    if found and post.get("cautioned") != found.mark:
        return _page(desk, typed, errors=found.sentences, cautioned=found.mark, **shown)
    try:
        saved = _save_with_draft(desk, typed, page=page, source=source, version=version, reason=reason)
    except KeptElsewhere as elsewhere:
        return conflict_with_draft(desk, typed, elsewhere, version=version)
    except ImpossibleValues as refused:
        return _page(desk, typed, errors=refused.errors, refusal=refused, status=refused.status, **shown)
    except ChangedMeanwhile as refused:
        both = conflict(desk, typed, refused)
        return both or _page(desk, typed, refusal=refused, status=refused.status, **shown | {"version": None})
    except ReasonWanted as refused:
        errors = {"reason": [refused.sentence]}
        return _page(desk, typed, refusal=refused, status=refused.status, errors=errors, **shown)
    except Refusal as refused:
        return _page(desk, typed, refusal=refused, status=refused.status, **shown)
    _tell(desk, saved)
    return redirect(desk.after_saving() if post.get("then") != "stay" else desk.address)


def _nothing_saved(desk: Desk, *, stays: bool):
    """Nothing was answered: no record, no visit that begins, and on to the next form.

    What the person typed on another page of the form is kept, and shown.
    """
    left = drafts.find(form=desk.form, subject=desk.subject, visit=desk.visit, by=desk.user, row=desk.row)
    begun, kept = _begun(desk), drafts.of_items(desk.form, left.answers) if left else {}
    if not entry.is_untouched(desk.form, desk.visit_code, begun | kept, begun):
        messages.warning(
            desk.request, f"{desk.form.title}: nothing is saved yet. What you typed on another page is here."
        )
        return redirect(desk.address)
    if left:
        drafts.discard(left)
    messages.info(desk.request, f"{desk.form.title}: nothing was answered, so nothing was saved.")
    return redirect(desk.address if stays else desk.next_address())


def _save_with_draft(desk: Desk, typed: dict[str, str], *, page, version, **how) -> enter.Saved:
    """Save what this page shows, with what the person typed on another one and this page leaves blank.

    Where the two answer a question differently, this page is saved and the other answer stays a draft, so that it is
    compared when the form is opened next. Raises KeptElsewhere where the page does not say what it keeps: then a blank
    may be meant.
    """
    try:
        return _save(desk, typed, page=page, version=version, **how)
    except KeptElsewhere as elsewhere:
        blank_here = {key: text for key, text in elsewhere.answers.items() if text and not typed.get(key)}
        if blank_here and not desk.request.POST.get("kept"):  # set by its script: all of its own is in the draft
            raise
        is_all_kept, others = bool(desk.request.POST.get("kept")), elsewhere.answers
    typed |= blank_here
    saved = _save(desk, typed, page=None, version=version, **how)
    _tell_what_came_along(desk, blank_here)
    if is_all_kept and (differing := {key: text for key, text in others.items() if key not in blank_here}):
        place = {"form": desk.form, "subject": desk.subject, "visit": desk.visit, "row": desk.row}
        drafts.keep(**place, by=desk.user, changes=differing, base_version=version)
        messages.warning(
            desk.request,
            f"On another page you answered differently: {_labels(desk, differing)}. That is kept as a draft; open "
            f"{desk.form.title} to compare.",
        )
    return saved


def _save(desk: Desk, typed, *, page, **how) -> enter.Saved:
    answers, missing = entry.split(typed, desk.form)
    return enter.save(
        form=desk.form,
        subject=desk.subject,
        visit=desk.visit,
        by=desk.user,
        answers=answers,
        missing=missing,
        row=desk.row,
        page=page,
        **how,
    )


def _tell_what_came_along(desk: Desk, answers):
    """Answers that the person typed on another page of the same form, and that were saved with these."""
    if answers:
        messages.info(desk.request, f"Saved with what you typed on another page: {_labels(desk, answers)}.")


def _labels(desk: Desk, answers) -> str:
    names = {key.partition("__")[0] for key in answers}
    return ", ".join(f"“{item.label}”" for name, item in desk.form.items.items() if name in names)


def _end_rating(desk: Desk, typed, source):
    """A rating that is typed as it is made ends when it is saved, unless its end was typed."""
    if not desk.form.rating or source != Record.Source.ESOURCE or typed.get("ended") or desk.record is not None:
        return
    now = timezone.now().astimezone(desk.subject.site.zone)
    told = understood_so_far(desk.form, typed)
    if told["rated_on"] == now.date() and told["started"] and told["started"] <= now.time():
        typed["ended"] = f"{now:%H:%M}"


def _tell(desk: Desk, saved: enter.Saved):
    title, request = desk.form.title, desk.request
    if not saved.was_changed:
        messages.info(request, f"{title}: nothing was changed.")
        return
    open_items = lacking(desk.form, saved.record.values(), saved.record.missing, desk.visit_code, desk.others)
    if open_items:
        messages.warning(
            request,
            format_html(
                "{} is saved, and incomplete: {} missing: {}.",
                title,
                "1 answer is" if len(open_items) == 1 else f"{len(open_items)} answers are",
                format_html_join(
                    ", ",
                    '<a href="{}#item-{}">{}</a>',
                    ((desk.address, name, desk.form.items[name].label) for name in open_items),
                ),
            ),
        )
    else:
        messages.success(request, f"{title} is saved and complete.")
    for item, sentences in cautions(desk.form, desk.typed(), desk.subject).items():
        if item in desk.form.items:  # of the reason for a change one was warned before
            messages.warning(request, f"{desk.form.items[item].label}: {' '.join(sentences)}")
    tell_what_follows(request, saved)


@require_POST
def settle(request, number, visit, form, row=1):
    """The choice between two versions, made item by item, becomes an ordinary save on top of the stored one."""
    desk = Desk(request, number, visit, form, row)
    permissions.require_entry(request.user, desk.form, desk.subject.site_id)
    typed = {}
    for key, value in request.POST.items():
        side, _, rest = key.partition(".")
        name = rest.partition("__")[0]
        if side == "same" or (side in ("mine", "theirs") and request.POST.get(f"choose.{name}", "theirs") == side):
            typed[rest] = value
    request.POST = request.POST.copy()
    for key in list(request.POST):
        if "." in key:
            del request.POST[key]
    request.POST.update(typed)
    return _saved(desk)
