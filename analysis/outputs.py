"""The outputs of the analysis: the data as files, and the reports (crf/actions/output_kinds.py)."""

import json
from datetime import UTC, datetime
from functools import cache

from django.conf import settings

from analysis.collect import datasets, oversight
from analysis.extract import archive, of_analysis, take_out
from analysis.extract.archive import Wanted
from analysis.extract.sets import Shape
from analysis.papers import files
from analysis.papers.pdf import as_data
from analysis.reports import blinded as blinded_report
from analysis.reports import conducted, masking
from analysis.reports import final as final_report
from analysis.reports.document import Report
from analysis.second import programme
from crf import permissions
from crf.actions.output_kinds import Kind, Tell, register
from crf.actions.verify_record import require_clean
from crf.models import RecordCheck, Site, User
from crf.refusals import NotAllowed
from trialsite.database.wall import seeing_only

REHEARSAL_SEED = 20_260_101  # any number: the dummy arms must only be the same on every page of one rehearsal
PAGE = "page.json"


@register
class Data(Kind):
    """All data as files (analysis/extract)."""

    name = "data"
    reads_replica = True
    deed = take_out.DEED
    asked = ("formats", "past")

    def question(self, user, *, formats=(), past=None):
        wanted = take_out.wanted_by(user, formats=formats, past=datetime.fromisoformat(past) if past else None)
        return {
            "sites": list(wanted.sites),
            "forms": list(wanted.forms),
            "formats": list(wanted.formats),
            "with_scores": wanted.with_scores,
            "with_derived": wanted.with_derived,
            "past": wanted.past.astimezone(UTC).isoformat() if wanted.past else None,
        }

    def title(self, question):
        many = len(question["formats"]) == len(archive.FORMATS)
        formats = "every format" if many else ", ".join(archive.FORMATS[one] for one in question["formats"])
        past = f", as of {question['past'][:16].replace('T', ' ')} UTC" if question["past"] else ""
        return f"Data, {formats}{past}"

    def make(self, output, folder, tell):
        question = output.question
        wanted = Wanted(
            tuple(question["sites"]),
            tuple(question["forms"]),
            question["with_scores"],
            question["with_derived"],
            tuple(question["formats"]),
            datetime.fromisoformat(question["past"]) if question["past"] else None,
        )
        part = folder / "data.part"
        made = archive.write(part, wanted, is_synthetic=settings.DEMO, tell=tell)
        return [part.rename(folder / take_out.file_name(wanted, made))]


class AReport(Kind):
    """A report with its page and its files."""

    deed = "blinded report"

    def question(self, user):
        permissions.require_anywhere(user, self.deed)
        return {"sites": sorted(user.sites_as(*permissions.DEEDS[self.deed]))}

    def title(self, question):
        return self.name[:1].upper() + self.name[1:]

    def make(self, output, folder, tell):
        tell(5, "reading the record")
        with archive.one_moment():
            report = self.build(tell)
        (folder / PAGE).write_text(json.dumps(as_data(report)), encoding="utf-8")
        tell(55, "drawing and writing")
        for at, file in enumerate(files.every(report), start=1):
            (folder / file.name).write_bytes(file.content)
            tell(55 + 40 * at // len(files.TYPES), f"wrote {files.WORDS[files.form_of(file.name)]}")
        return sorted(folder.iterdir())

    def handed_out_as(self, file):
        format = files.form_of(file["name"])
        return format, files.TYPES[format]

    def hidden(self):
        return (PAGE,)

    def build(self, tell: Tell) -> Report:
        raise NotImplementedError


@register
class Blinded(AReport):
    name = "blinded report"
    reads_replica = True

    def build(self, tell):
        collected = datasets.collected()
        tell(25, "estimating")
        return blinded_report.build(collected, datasets.circumstances())

    def address(self, output):
        return "/reports/blinded/"


@register
class Conduct(AReport):
    """The monitoring report, of the sites of the role."""

    name = "monitoring report"
    deed = "conduct report"
    reads_replica = True

    def question(self, user):
        question = super().question(user)
        if set(question["sites"]) & user.sites_as(*permissions.DEEDS["rate"]):
            raise NotAllowed("Who rates at a site sees no earlier ratings, and this report tells of them.")
        return question

    def build(self, tell):
        collected = datasets.collected()
        tell(25, "counting")
        return conducted.build(collected, oversight.oversight(), datasets.circumstances())

    def address(self, output):
        return "/reports/conduct/"


@register
class Rehearsal(AReport):
    name = "rehearsal"
    reads_replica = True
    deed = "unblinded report"

    def build(self, tell):
        collected = datasets.collected()
        tell(15, "estimating")
        arms = masking.dummy_arms(collected.randomised, seed=REHEARSAL_SEED)
        report = final_report.build(collected, datasets.circumstances(), arms, seed=REHEARSAL_SEED)
        return programme.with_program(report, collected, arms)

    def address(self, output):
        return "/reports/rehearsal/"


class Opened(Kind):
    """What tells the arms. Whoever asks, makes or hands out looks whether the list is open, and the role whole."""

    deed = "unblinded report"
    is_unblinded = wants_fresh_sign_in = True
    called = ""

    def of_all_sites(self, user: User) -> list[int]:
        """The sites of the role, which are all of them. Raises NotAllowed, and NotYet while the list is closed."""
        permissions.require_anywhere(user, self.deed)
        held = user.sites_as(*permissions.DEEDS[self.deed])
        if set(Site.objects.values_list("pk", flat=True)) - held:
            raise NotAllowed(
                f"The {self.called} is about all sites, and your role covers only some. Ask the administrator."
            )
        final_report.require_open()
        return sorted(held)

    def require_clean(self) -> None:
        """Raises NotYet where the record differs from its trail: looked at when it is asked for, and again by who
        makes it, since the record may have been changed past the guards meanwhile."""
        require_clean(RecordCheck.Cause.REPORT, f"The {self.called} is not made")


@register
class OpenedData(Opened):
    """All data as files, the arm of each subject joined to whatever is derived."""

    name = "unblinded data"
    called = "unblinded export"
    asked = ("formats",)

    def question(self, user, *, formats=()):
        sites = self.of_all_sites(user)
        wanted = take_out.wanted_by(user, formats=formats)
        return {"sites": sites, "forms": list(wanted.forms), "formats": list(wanted.formats)}

    def title(self, question):
        return "Data with the arms, unblinded"

    def make(self, output, folder, tell):
        question = output.question
        self.require_clean()
        arms = final_report.opened_arms()
        formats, forms = tuple(question["formats"]), tuple(question["forms"])
        wanted = Wanted(tuple(question["sites"]), forms, formats=formats, arms=arms)
        part = folder / "data.part"
        made = archive.write(part, wanted, is_synthetic=settings.DEMO, tell=tell)
        return [part.rename(folder / take_out.file_name(wanted, made))]


@register
class Final(Opened, AReport):
    """The unblinded report."""

    name = "final report"
    called = "unblinded report"

    def question(self, user):
        return {"sites": self.of_all_sites(user)}

    def make(self, output, folder, tell):
        self.require_clean()
        return super().make(output, folder, tell)

    def build(self, tell):
        allocation = final_report.opened_list()
        collected = datasets.collected()
        tell(15, "estimating")
        arms = final_report.opened_arms(allocation)
        verified = final_report.verified_list()
        about = datasets.circumstances()
        report = final_report.build(collected, about, arms, allocation=allocation, verified=verified)
        return programme.with_program(report, collected, arms)

    def address(self, output):
        return "/reports/final/"


def all_shapes(wanted: Wanted) -> list[Shape]:
    """The data sets that the person gets, without their rows: what the codebook tells."""
    return archive.shapes(wanted, _derived_shapes() if wanted.with_derived else ())


@cache
def _derived_shapes() -> tuple[Shape, ...]:
    """The declaration alone decides them, so they are derived from nobody's data, and once."""
    with seeing_only([]):
        return tuple(shape for shape, _ in of_analysis.derived(datasets.collected()))
