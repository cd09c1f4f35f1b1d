"""What the pages about one subject have in common: they fetch it or answer 404, and show its header."""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from crf import permissions, spec
from crf.actions.enrol import refuse_annulled
from crf.chart import places
from crf.chart.standing import Standing
from crf.models import Subject, User, Visit
from crf.models.lookup import Lookup
from crf.rules.withdrawal import may_begin
from crf.shown.header import Header
from crf.spec.kinds import DeclarationError


@dataclass
class Page:
    """A subject as this person may see it. Its standing is read when something first asks for it."""

    user: User
    subject: Subject
    readable: list[type[spec.Form]]

    @classmethod
    def of(cls, user: User, number: str) -> "Page":
        """404 to whoever may not see the subject, as for an unknown one."""
        subject = permissions.subject_for(user, number)
        return cls(user, subject, permissions.readable_forms(user, subject.site_id))

    @cached_property
    def standing(self) -> Standing:
        return Standing.of(self.subject)

    @property
    def enterable(self) -> set[type[spec.Form]]:
        """The forms that this person enters here; none of a subject that was entered in error."""
        if self.subject.is_annulled:
            return set()
        held = self.user.roles_at(self.subject.site_id)
        return {
            form
            for form in self.readable
            if held & set(permissions.may_enter_form(form)) and may_begin(form, self.subject.consent_withdrawn_on)
        }

    def may(self, deed: str) -> bool:
        is_open = not self.subject.is_annulled or deed in permissions.READING
        return is_open and permissions.may(self.user, deed, self.subject.site_id)

    def roles_besides_rater(self) -> bool:
        """Whether the person is more than a rater here: raters see no totals (PROTOCOL 6)."""
        return bool(self.user.roles_at(self.subject.site_id) - {"rater"})

    def require(self, deed: str) -> str:
        """The role in which the person does the deed; a subject that was entered in error is only read."""
        role = permissions.require(self.user, deed, self.subject.site_id)
        if deed not in permissions.READING:
            refuse_annulled(self.subject)
        return role

    def visit(self, place: str) -> Visit:
        """The visit that an address names; 404 where there is none."""
        try:
            named = places.code_and_number(place)
        except DeclarationError:
            named = None
        visit = _VISIT.first(self.subject.pk, *named) if named else None
        if visit is None:
            raise Http404("There is no such visit.")
        return visit

    def context(self, word: str = "", *, alerts: int | None = None, **more) -> dict:
        """What the template needs for header and breadcrumbs; `word` names a page below the casebook."""
        crumbs = [{"word": "Subjects", "href": "/subjects/"}]
        crumbs.append({"word": self.subject.number, "href": self.subject.get_absolute_url() if word else ""})
        if word:
            crumbs.append({"word": word})
        header = Header.of(self.standing, self.readable, alerts=alerts)
        return {"header": header, "subject": self.subject, "crumbs": crumbs, **more}


_VISIT = Lookup(lambda subject, code, number: Visit.objects.filter(subject_id=subject, code=code, number=number)[:1])
