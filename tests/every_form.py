"""For tests over all forms: where in the small world a form is entered next, by whom, and what cannot be an answer."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from crf import permissions, spec
from crf import trial as served
from crf.actions import enrol, randomise
from crf.chart.places import address
from crf.models import RECORDS, Record, Site, Subject, User, Visit
from crf.rehearsal.typical import typical
from tests import trial

AT_FIRST_SITE = {role: name for name, (role, sites) in reversed(trial.PEOPLE.items()) if trial.FIRST in sites}

#: Whoever enters these sees no page of a subject yet: the deed is asked, not the page.
WITHOUT_A_PAGE = tuple(form.code for form in served.FORMS if served.serves(form, spec.Purpose.DRUG_LEVEL))


@dataclass(frozen=True)
class Place:
    """A form that nobody has entered yet at this visit of this subject, and who may."""

    form: type[spec.Form]
    subject: Subject
    visit: Visit | None
    by: User

    @property
    def visit_code(self) -> str | None:
        return self.visit.code if self.visit else None

    @property
    def address(self) -> str:
        return address(self.subject, self.visit, self.form.code)

    @property
    def today(self) -> date:
        return self.subject.site.today()

    @property
    def record(self) -> Record | None:
        found = RECORDS[self.form.code].objects.filter(subject=self.subject, visit=self.visit, row_number=1)
        return found.select_related("site", "visit").first()

    def typical(self) -> dict[str, str]:
        """A full record, as typed."""
        given = {"kit": self.subject.kit} if served.serves(self.form, spec.Purpose.DISPENSING) else {}
        return typical(self.form, self.visit_code, self.today, **given)


def place_of(form: type[spec.Form]) -> Place:
    """What is asked before randomisation: of a new subject; what follows it: of READY; all else: of TREATED."""
    by = trial.person(AT_FIRST_SITE[permissions.may_enter_form(form)[0]])
    if form.log:
        return Place(form, trial.subject(trial.TREATED), None, by)
    code = served.visits_of(form.code)[0]
    if form.after_randomisation:
        subject = trial.subject(trial.READY)
        randomise.randomise(subject=subject, by=trial.person("ines"))
        subject = trial.subject(trial.READY)
    elif code in served.BEFORE_RANDOMISATION:
        site = Site.objects.get(code=trial.FIRST)
        subject = enrol.enrol(site=site, screened_on=site.today() - timedelta(days=1), by=trial.person("ines"))
        subject = trial.subject(subject.number)
    else:
        subject = trial.subject(trial.TREATED)
    return Place(form, subject, trial.visit_of(subject, code), by)


def impossible(kind: spec.Kind) -> list[str]:
    """Texts that cannot be an answer of this kind: beyond each bound, of the wrong sort, and what no record holds."""
    unstorable = ["\x00"]
    match kind:
        case spec.Coded():
            codes = {str(code) for code, _ in kind.codes}
            beyond = [str(number) for number in (-1, 10, 99) if str(number) not in codes]
            return ["zz", *beyond, *unstorable]
        case spec.Integer():
            return [str(kind.low - 1), str(kind.high + 1), "1.5", "zz", "9" * 400, *unstorable]
        case spec.Decimal():
            step = 10**-kind.places
            return [
                f"{float(kind.low) - step:.{kind.places}f}",
                f"{float(kind.high) + step:.{kind.places}f}",
                f"{kind.low}.{'1' * (kind.places + 1)}",
                "1e3",
                "NaN",
                "zz",
                *unstorable,
            ]
        case spec.Text():
            return ["x" * (kind.max_length + 1), *unstorable]
        case spec.Date():
            future = [] if kind.future else ["2099-01-01"]
            return ["2026-02-30", "2026-13-01", "09/03/2026", "0001-01-01", "zz", *future, *unstorable]
        case spec.PartialDate():
            return ["2024-13", "2024-02-30", "24", "2099", "2099-05", "zz", *unstorable]
        case spec.Time():
            return ["24:00", "12:60", "noon", *unstorable]
    raise AssertionError(f"Nothing impossible is known for {kind!r}.")


#: Words that only the program knows: an object shown as itself, a note to developers, a code in place of a word.
OF_THE_PROGRAM = re.compile(
    r"&lt;[A-Z]\w+( [\w:.]+)*&gt;|<(Item|Score|Kind|Form|class) |object at 0x|bound method|Set by the system"
    r"|leave empty\.|\{\{|\{%|QuerySet|datetime\.|Decimal\(|\b[A-Z]{3,}:[A-Z0-9]{2,}\b"
)


def words_of_the_program(page: str) -> list[str]:
    """What the page says that only who wrote the program understands; its attributes are not said."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[a-z!/][^>]*>", " ", page, flags=re.DOTALL)
    return [found[0] for found in OF_THE_PROGRAM.finditer(text)]


ALL = [form.code for form in served.FORMS]
