"""The course of one subject at a look: totals, prescribed dose and adverse events by study day.

Not for anybody who rates at the site: a rater sees no earlier rating, no dose and no event (PROTOCOL 6).
"""

from django.http import HttpResponse
from django.shortcuts import render

from crf.chart.others import Others
from crf.refusals import NotAllowed
from crf.shown.course import Course, course_of
from crf.shown.course_figure import drawn
from crf.views.subject_page import Page


def course(request, number):
    """The drawing with the numbers below it."""
    page, found = _course(request, number)
    return render(request, "crf/course.html", page.context("Course", course=found, words=list(found.scales)))


def course_figure(request, number):
    """The drawing as an SVG file."""
    _, found = _course(request, number)
    return HttpResponse(
        drawn(found) if not found.is_empty else b"", content_type="image/svg+xml", status=404 if found.is_empty else 200
    )


def _course(request, number) -> tuple[Page, Course]:
    page = Page.of(request.user, number)
    page.require("see course")
    if page.may("rate"):
        raise NotAllowed("Who rates at this site sees no earlier ratings, doses or adverse events together.")
    today = page.subject.site.today()
    return page, course_of(page.standing, Others(page.subject.pk), today=today)
