"""The outputs of the record: casebooks, certified copies of a site, looks at the whole record (output_kinds.py)."""

import json
import zipfile
from datetime import timedelta

from django.conf import settings
from django.http import Http404
from django.utils import timezone

from crf import permissions, trial
from crf.actions import copies, verify_record
from crf.actions.output_kinds import ENDED, Kind, data_mark, register
from crf.chart.standing import Standing
from crf.exchange.trail.export import one_moment, put
from crf.models import RecordCheck, Site, Subject, User
from crf.papers import printed_casebook, typeset
from crf.refusals import NotAllowed, NotYet
from crf.rules import disclosure
from crf.spec import dates


def site_as(user: User, deed: str, code: str) -> Site:
    """The site at which the person may do the deed. Raises NotAllowed, also where there is no such site."""
    found = Site.objects.filter(pk__in=user.sites_as(*permissions.DEEDS[deed]), code=code).first()
    if found is None:
        raise NotAllowed(f"Your role at this site does not include: {deed}. Ask the administrator if it should.")
    return found


def _kind_of(question: dict, mark: str = ", ") -> str:
    """What its title and its file say of a casebook with the names of the standard beside the items."""
    return f"{mark}annotated" if question["annotated"] else ""


@register
class Casebook(Kind):
    """The casebook of a subject as PDF: the records that the person may read."""

    name = "casebook"
    deed = "print casebook"
    reads_replica = True
    asked = ("number", "annotated")

    def question(self, user, *, number, annotated=False):
        try:
            subject = permissions.subject_for(user, number)
        except Http404 as unknown:
            raise NotAllowed(ENDED) from unknown
        permissions.require(user, self.deed, subject.site_id)
        return {"sites": [subject.site_id], "number": number, "annotated": annotated} | _read_by(user, subject.site_id)

    def title(self, question):
        return f"Casebook of {question['number']}{_kind_of(question)}"

    def make(self, output, folder, tell):
        question = output.question
        subject = Subject.everything.select_related("site").get(number=question["number"])
        tell(10, "reading the record")
        file = folder / f"casebook-{subject.number}{_kind_of(question, '-')}.pdf"
        with one_moment():
            data = _printed(subject, question)
        tell(40, "setting the pages")
        file.write_bytes(typeset.pdf(data))
        return [file]

    def logged_as(self, output):
        return f"casebook {output.question['number']}{_kind_of(output.question)}"


@register
class Casebooks(Kind):
    """The casebooks of all subjects of a site, each as PDF, in one archive."""

    name = "casebooks"
    deed = "print casebook"
    reads_replica = True
    asked = ("site", "annotated")

    def question(self, user, *, site, annotated=False):
        found = site_as(user, self.deed, site)
        return {"sites": [found.pk], "site": site, "annotated": annotated} | _read_by(user, found.pk)

    def title(self, question):
        return f"Casebooks of {question['site']}{_kind_of(question)}"

    def make(self, output, folder, tell):
        question = output.question
        file = folder / f"casebooks-{question['site']}{_kind_of(question, '-')}.zip"
        with one_moment():
            subjects = list(Subject.everything.filter(site__code=question["site"]).select_related("site"))
            if not subjects:
                raise NotYet("The site has no subject yet, so there is no casebook.")
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for at, subject in enumerate(subjects):
                    tell(2 + 95 * at // len(subjects), f"setting casebook {at + 1} of {len(subjects)}")
                    put(archive, f"casebook-{subject.number}.pdf", typeset.pdf(_printed(subject, question)))
        return [file]

    def logged_as(self, output):
        return f"casebooks of {output.question['site']}"


@register
class CertifiedCopy(Kind):
    """The copy that an investigator takes of the own site, or of one subject (crf/actions/copies.py)."""

    name = "certified copy"
    deed = "take copy"
    is_personal = wants_fresh_sign_in = True
    asked = ("site", "number")

    def question(self, user, *, site, number=""):
        found = site_as(user, self.deed, site)
        if number and not Subject.everything.filter(number=number, site=found).exists():
            raise NotYet(f"There is no subject {number} at {found}.")
        return {"sites": [found.pk], "site": site, "number": number}

    def title(self, question):
        return f"Certified copy of {question['number'] or question['site']}"

    def make(self, output, folder, tell):
        question, user = output.question, output.asked_by
        site = Site.objects.get(code=question["site"])
        subject = Subject.everything.select_related("site").filter(number=question["number"]).first()
        file = folder / "copy.zip"
        copy = copies.write(
            file,
            site=site,
            by=user,
            purpose=output.purpose,
            subject=subject,
            tell=lambda done, of: tell(2 + 95 * done // of, f"setting casebook {done + 1} of {of}"),
        )
        output.copy_written = copy  # kept by `made`, in the transaction that keeps the file
        return [file.rename(folder / f"copy-{subject or site.code}-{copy.made_at:%Y%m%dT%H%M%SZ}.zip")]

    def made(self, output):
        copies.keep(output.copy_written, by=output.asked_by)

    def mark(self):
        return data_mark(whole_trail=True)

    def logged_as(self, output):
        return f"{copies.WHAT}, {output.question['number'] or output.question['site']}"


@register
class LookAtTheRecord(Kind):
    """The whole record held against its trail, asked for by hand; what it found stands on record as of each night."""

    name = "record check"
    deed = "read verification"

    def question(self, user):
        permissions.require_anywhere(user, self.deed)
        return {"sites": sorted(user.sites_as(*permissions.DEEDS[self.deed]))}

    def title(self, question):
        return "Look at the whole record"

    def make(self, output, folder, tell):
        steps = iter(range(5, 100, 18))
        check = verify_record.verify(
            cause=RecordCheck.Cause.BY_HAND, by=output.asked_by, tell=lambda doing: tell(next(steps, 95), doing.lower())
        )
        told = {
            "study": trial.STUDY_ID,
            "ended_at": dates.moment(check.ended_at),
            "events": check.events,
            "cells": check.cells,
            "differences": check.count,
            "findings": check.findings,
            "is_synthetic": settings.DEMO,
        }
        file = folder / "record-check.json"
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        return [file]

    def mark(self):
        """A look is answered from an earlier one for a minute, so that two presses make one, and never later: what it
        is for leaves no mark in the trail."""
        before = timezone.now() - timedelta(minutes=1)
        return [RecordCheck.objects.filter(cause=RecordCheck.Cause.BY_HAND, ended_at__lt=before).count()]


def _read_by(user: User, site_id: int) -> dict:
    """What of a casebook the person reads."""
    return {
        "forms": sorted(form.code for form in permissions.readable_forms(user, site_id)),
        "sees_scores": disclosure.sees_totals(user.roles_at(site_id)),
    }


def _printed(subject: Subject, question: dict) -> dict:
    return printed_casebook.filled(
        Standing.of(subject),
        [form for form in trial.FORMS if form.code in question["forms"]],
        annotated=question["annotated"],
        is_synthetic=settings.DEMO,
        sees_scores=question["sees_scores"],
    )
