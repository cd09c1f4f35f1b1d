"""Drug levels: the safety officer's own list and entry page. To everybody else none of it exists (BLI-08)."""

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crf import permissions, trial
from crf.actions import drafts, enter
from crf.actions import void_level as voiding
from crf.chart import blood_states
from crf.chart.others import Others
from crf.models import RECORDS, LevelGround, LevelMessage, Record, Subject
from crf.papers.provenance import imported_rows
from crf.refusals import ChangedMeanwhile, ImpossibleValues, KeptElsewhere, Refusal
from crf.shown import entry
from crf.shown.struck import Struck
from crf.spec.kinds import Impossible, Text
from crf.spec.purposes import Purpose
from crf.views.asking import Reason, asked, posted
from crf.views.desk import Desk, examined
from crf.views.sent import Unreadable, sent, version_of

#: The form for drug levels and its records; a trial without one has no such pages (crf/urls.py).
FORM = trial.serving(Purpose.DRUG_LEVEL)
LEVELS = RECORDS[FORM.code] if FORM else None
CRUMB = {"word": "Drug levels", "href": "/levels/"}


def _sites(user) -> list[int]:
    """The sites at which the person is the safety officer; 404 where there is none."""
    sites = user.sites_as(*permissions.DEEDS["drug levels"])
    if not sites:
        raise Http404("There is no such page.")
    return sites


class LevelDesk(Desk):
    """One sample of one subject, as the safety officer has it before them: no casebook, no header, no visit."""

    visit = visit_code = None
    place = "LOG"
    form = FORM

    def __init__(self, request, number: str, row: int):
        self.request, self.user, self.row = request, request.user, row
        found = Subject.objects.select_related("site").filter(site_id__in=_sites(request.user), number=number)
        self.subject = found.first()
        if self.subject is None:
            raise Http404("There is no such subject at your sites.")
        samples = LEVELS.objects.filter(subject=self.subject).select_related(
            "site", "created_by", "changed_by", "voided_by"
        )
        self.record = samples.filter(row_number=row).first()
        if self.record is None and row != (samples.aggregate(last=Max("row_number"))["last"] or 0) + 1:
            raise Http404("There is no such sample.")
        self.others = Others(self.subject.pk)
        self.may_enter = self.record is None or self.record.voided_at is None

    @property
    def address(self) -> str:
        return f"/levels/{self.subject}/{self.row}/"


class Wanted(django_forms.Form):
    """Of which subject a level is wanted."""

    number = django_forms.CharField(max_length=20, label="Subject")


def levels(request):
    """The samples at the person's sites, those that wait for a level first; and a further one."""
    sites = _sites(request.user)
    form = Wanted(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        subject = Subject.objects.filter(
            site_id__in=sites, number=trial.subject_number_typed(form.cleaned_data["number"])
        ).first()
        if subject is not None:
            last = LEVELS.objects.filter(subject=subject).aggregate(last=Max("row_number"))["last"] or 0
            return redirect("crf:level", subject.number, last + 1)
        form.add_error("number", "There is no such subject at your sites.")
    found = LEVELS.objects.filter(site_id__in=sites).select_related("subject__site", "voided_by")
    told = _told(sites) if trial.LEVEL_MESSAGES else set()
    rows = [
        {
            "record": record,
            "state": _state(record, told),
            "href": f"/levels/{record.subject.number}/{record.row_number}/",
            "may_tell": trial.LEVEL_MESSAGES
            and record.level is not None
            and record.subject.is_randomised
            and record.voided_at is None,
        }
        for record in sorted(found, key=_urgency)
    ]
    context = {"rows": rows, "form": form, "unblinded": True, "unit": FORM.items["level"].unit}
    return render(request, "crf/levels.html", context | {"counts": _counts(sites) if trial.LEVEL_MESSAGES else []})


def _counts(sites) -> list[dict]:
    """How often each message was sent, by what said so: the two shares should be alike, or messages tell of arms."""
    found = LevelGround.objects.filter(site_id__in=sites)
    acted = Count("pk", filter=Q(message__says=LevelMessage.Says.ACT))
    counted = {row["from_list"]: row for row in found.values("from_list").annotate(sent=Count("pk"), acted=acted)}
    none = {"sent": 0, "acted": 0}
    return [{"by": word, **(counted.get(said) or none)} for word, said in (("the level", False), ("the list", True))]


def _told(sites) -> set[tuple[int, int, int]]:
    """The samples, as they were entered, of which the sites are told."""
    return set(LevelMessage.objects.filter(site_id__in=sites).values_list("subject_id", "sample", "version"))


def _state(record: Record, told):
    if record.voided_at is not None:
        return blood_states.LEVEL_VOIDED
    if record.level is None:
        return blood_states.LEVEL_WANTED
    is_told = (record.subject_id, record.row_number, record.version) in told
    return blood_states.LEVEL_TOLD if is_told else blood_states.LEVEL_ENTERED


def _urgency(record) -> tuple:
    """What waits comes first, what was voided last."""
    return record.voided_at is not None, record.level is not None, record.subject.number, record.row_number


def level(request, number, row):
    """Enter or correct one sample."""
    desk = LevelDesk(request, number, row)
    kept = drafts.find(form=FORM, subject=desk.subject, visit=None, by=request.user, row=row)
    typed = entry.typed_of(desk.record) if desk.record else {}
    if request.method != "POST":
        return _page(desk, typed | (kept.answers if kept else {}), draft=kept)
    if not desk.may_enter:
        raise Refusal("This sample was voided; it cannot be changed.")
    post, typed = request.POST, desk.typed()
    answers, missing = entry.split(typed, FORM)
    choice, words = post.get("reason_choice", ""), post.get("reason_words", "")
    try:
        words = Text(200).parse(words)
        saved = enter.save(
            form=FORM,
            subject=desk.subject,
            visit=None,
            by=request.user,
            answers=answers,
            missing=missing,
            row=row,
            version=version_of(post),
            reason=words if choice in ("", "Other") else ": ".join(filter(None, (choice, words))),
            source=post.get("source") if post.get("source") in Record.Source.values else Record.Source.ESOURCE,
            page=typed,
        )
    except KeptElsewhere as elsewhere:
        return _page(desk, typed | elsewhere.answers, refusal=elsewhere)  # shown, to be looked at and saved
    except Impossible as impossible:
        return _page(desk, typed, refusal=Refusal(f"Why a saved answer is changed: {impossible}"))
    except ImpossibleValues as refused:
        return _page(desk, typed, errors=refused.errors, refusal=refused)
    except ChangedMeanwhile as refused:
        return _page(LevelDesk(request, number, row), typed, refusal=refused)  # on top of what is stored by now
    except Refusal as refused:
        return _page(desk, typed, refusal=refused)
    messages.success(request, f"The sample of {desk.subject} is saved.")
    for query in saved.queries:
        messages.warning(request, query.text)
    return redirect("crf:levels")


def _page(desk: LevelDesk, typed, *, errors=None, refusal=None, draft=None):
    found, warnings, _ = examined(desk, typed)
    errors = errors if errors is not None else found if draft else {}
    lines = entry.lines_of(FORM, None, typed, errors=errors, warnings=warnings)
    record = desk.record
    context = {
        "desk": desk,
        "subject": desk.subject,
        "record": record,
        "form": FORM,
        "refusal": refusal,
        "draft": draft,
        "entry": entry.EntryPage(FORM, lines),
        "version": record.version if record else "",
        "unblinded": True,
        "reasons": entry.REASONS,
        "struck": [] if desk.may_enter else [Struck.of(record)],
        "sources": Record.Source.choices,
        "imported": imported_rows(record),
        "source": record.source if record else Record.Source.ESOURCE,
        "crumbs": [CRUMB, {"word": f"{desk.subject}, sample {desk.row}"}],
    }
    return render(desk.request, "crf/level.html", context, status=refusal.status if refusal else 200)


def void(request, number, row):
    """Declare a sample wrong as a whole; it stays readable here, and here alone."""
    desk = LevelDesk(request, number, row)
    if desk.record is None:
        raise Http404("There is no such sample.")

    def deed(answers):
        voiding.void_level(record=desk.record, by=request.user, **answers)
        messages.success(request, f"The sample of {desk.subject} is voided. It stays on this list, struck through.")
        return redirect("crf:levels")

    context = {
        "desk": desk,
        "subject": desk.subject,
        "unblinded": True,
        "crumbs": [CRUMB, {"word": f"{desk.subject}, sample {row}", "href": desk.address}, {"word": "Void"}],
    }
    question = Reason(posted(request), label="Why is it wrong?", help_text="No names.", longest=200)
    return asked(request, "crf/void_level.html", context, question, deed)


@require_POST
def draft(request, number, row):
    """Keep what was typed a moment ago, and say what is impossible or implausible in it."""
    desk = LevelDesk(request, number, row)
    try:
        typed_now = sent(request)
    except Unreadable as unreadable:
        return unreadable.answer
    kept = drafts.keep(
        form=FORM,
        subject=desk.subject,
        visit=None,
        by=request.user,
        changes=typed_now.changes,
        row=row,
        base_version=typed_now.version,
    )
    if kept.is_locked:
        return JsonResponse({"locked": drafts.LOCKED}, status=423)
    typed = (entry.typed_of(desk.record) if desk.record else {}) | kept.answers
    errors, warnings, fired = examined(desk, typed)
    drafts.note_fired(kept, fired, typed)
    kept_at = kept.kept_at.astimezone(desk.subject.site.zone)
    return JsonResponse({"kept_at": f"{kept_at:%H:%M:%S} {kept_at.tzname()}", "errors": errors, "warnings": warnings})
