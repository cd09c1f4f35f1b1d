"""Queries: the list, one query with its answer, and asking a new one."""

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from crf import permissions, trial
from crf.actions import queries as deeds
from crf.chart import states
from crf.chart.check_version import version_of
from crf.chart.places import address, address_of_query
from crf.chart.query_thread import threads
from crf.models import RECORDS, Query
from crf.refusals import Refusal
from crf.shown.readable_queries import readable_queries
from crf.spec.kinds import Impossible, Text
from crf.views.asking import asked, posted
from crf.views.once import Once
from crf.views.subject_page import Page

STATES_LISTED = ("open", "answered", "closed", "cancelled")


def queries(request):
    """Queries by state, the oldest first; open and answered ones unless another state is asked for."""
    permissions.require_anywhere(request.user, "see subjects")
    state = request.GET.get("state", "")
    found = readable_queries(request.user).select_related("subject", "visit", "opened_by")
    found = found.filter(state__in=[state] if state in STATES_LISTED else STATES_LISTED[:2])
    if number := trial.subject_number_typed(request.GET.get("subject", "").replace("\x00", "")[:30]):
        found = found.filter(subject__number=number)
    page = Paginator(found.order_by("opened_at", "pk"), 50).get_page(request.GET.get("page"))
    rows = [
        {"query": query, "state": states.QUERY_STATES[query.state], "form": trial.form(query.form)} for query in page
    ]
    return render(
        request,
        "crf/queries.html",
        {
            "rows": rows,
            "page": page,
            "asked": {"state": state, "subject": number},
            "choices": Query.State.choices,
            "may_review_ratings": permissions.may_anywhere(request.user, "review ratings")
            and not permissions.may_anywhere(request.user, "rate"),
        },
    )


class Answer(entry.Form):
    """The site's answer."""

    text = entry.CharField(
        max_length=500,
        label="Answer",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="What was found, and whether the value was corrected. An answer changes no value.",
    )


class Question(entry.Form):
    """A new query about an item, or about the whole form."""

    item = entry.ChoiceField(required=False, label="About")
    text = entry.CharField(
        max_length=500,
        label="What do you ask?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="Ask; do not suggest a value.",
    )

    def __init__(self, *args, form, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "The whole form")] + [
            (name, item.label) for name, item in form.items.items() if not item.retired
        ]


#: What the button says, and the deed that it calls.
SETTLING = {"close": deeds.close, "reopen": deeds.reopen, "cancel": deeds.cancel}


def query(request, pk):
    """One query: the value it asks about is one click away; who may, answers or settles it here."""
    people = ("opened_by", "answered_by", "settled_by")
    found = get_object_or_404(readable_queries(request.user).select_related("subject__site", "visit", *people), pk=pk)
    page = Page.of(request.user, found.subject.number)
    may_answer = found.state == Query.State.OPEN and page.may("answer query")
    form = Answer(posted(request) if request.POST.get("deed") == "answer" else None)
    act = request.POST.get("deed")

    def deed(answers):
        if act == "answer":
            deeds.answer(query=found, text=answers["text"], by=request.user)
        elif act in SETTLING:
            SETTLING[act](query=found, by=request.user, text=_remark(request))
        else:
            raise Http404("There is no such deed.")
        messages.success(request, f"The query is {type(found).objects.get(pk=pk).get_state_display().lower()}.")
        return redirect("crf:query", pk=pk)

    form_declared = trial.form(found.form)
    check = next((check for check in form_declared.checks if check.code == found.check_code), None)
    is_changed = bool(found.check_version) and (check is None or version_of(check) != found.check_version)
    context = page.context(
        f"Query {found.pk}",
        query=found,
        check_is_changed=is_changed,
        state=states.QUERY_STATES[found.state],
        declared=form_declared,
        item=form_declared.items.get(found.item),
        href=address_of_query(found),
        may_answer=may_answer,
        settling=_settling(found) if page.may("close query") else [],
        answer=form,
        thread=threads([found.pk])[found.pk],
    )
    return asked(request, "crf/query.html", context, form if act == "answer" else None, deed)


def _remark(request) -> str:
    """The remark beside the deed. Raises Refusal where it cannot be kept."""
    try:
        return Text(500).parse(request.POST.get("text", ""))
    except Impossible as impossible:
        raise Refusal(str(impossible)) from impossible


def _settling(query: Query) -> list[tuple[str, str]]:
    """What whoever asks may do with the query in its state: the deed and the button's word."""
    match query.state:
        case Query.State.OPEN:
            return [("close", "Close"), ("cancel", "Cancel as a mistake")]
        case Query.State.ANSWERED:
            return [
                ("close", "Close: the answer suffices"),
                ("reopen", "Reopen: it does not"),
                ("cancel", "Cancel as a mistake"),
            ]
        case Query.State.CLOSED:
            return [("reopen", "Reopen")]
    return []


def ask(request, form, record):
    """Ask about a record that one may read."""
    if not trial.is_declared(form):
        raise Http404("There is no such form.")
    about = get_object_or_404(RECORDS[form].objects.standing().select_related("subject", "visit"), pk=record)
    page = Page.of(request.user, about.subject.number)
    if trial.form(form) not in page.readable:
        raise Http404("There is no such record.")
    page.require("open query")
    question = Question(posted(request), form=trial.form(form))

    def deed(answers):
        found = deeds.ask(record=about, by=request.user, **answers)
        messages.success(request, "The query is open.")
        return redirect("crf:query", pk=found.pk)

    href = address(about.subject, about.visit, form, about.row_number)
    context = page.context("New query", declared=trial.form(form), record=about, href=href)
    return asked(request, "crf/ask_query.html", context, question, deed, once=Once(request))
