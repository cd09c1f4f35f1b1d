"""Drafts that nobody saved for more than a day: listed without values, so that no data stay hidden in them."""

from dataclasses import dataclass

from django.utils import timezone

from crf import permissions, spec, trial
from crf.chart.places import address
from crf.models import Draft, RoleHeld, User
from crf.models.lookup import Lookup
from crf.rules.access import DRAFTS_ARE_OLD_AFTER


@dataclass(frozen=True)
class OldDraft:
    """A draft without what was typed in it."""

    draft: Draft
    form: type[spec.Form]
    href: str
    is_left_behind: bool = False

    @property
    def called(self) -> str:
        """The row of a repeating form; by its number, because the list shows no values."""
        return self.form.row_called(self.draft.row_number, {})

    @property
    def what(self) -> str:
        """The form, its visit, and whose draft it is."""
        place = f"{self.draft.visit.label}: " if self.draft.visit else ""
        return f"{place}{self.form.title}, typed by {self.draft.handed_on_from or self.draft.user}"


def old_drafts(user: User) -> list[OldDraft]:
    """The old drafts at the person's sites, of forms that the person may read, the oldest first. Two statements."""
    found = _OLD.of(user.sites_as(*permissions.DEEDS["see old drafts"]), timezone.now() - DRAFTS_ARE_OLD_AFTER)
    held = _held_by({draft.user_id for draft in found}) if found else set()
    return [_old(draft, held) for draft in found if draft.form in _readable(user, draft.site_id)]


def draft_to_settle(user: User, pk: int) -> OldDraft | None:
    """The draft, old or not, if the person may settle drafts at its site and read its form; None otherwise."""
    draft = _at(user.sites_as(*permissions.DEEDS["settle drafts"])).filter(pk=pk).first()
    if draft is None or draft.form not in _readable(user, draft.site_id):
        return None
    return _old(draft, _held_by({draft.user_id}))


def heirs_of(draft: Draft) -> list[User]:
    """Who else enters the form at the site today, by name."""
    roles = permissions.may_enter_form(trial.form(draft.form))
    held = RoleHeld.objects.current().filter(site_id=draft.site_id, role__in=roles).exclude(user=draft.user_id)
    return sorted({one.user for one in held.select_related("user")}, key=str)


def drafts_handed_to(user: User) -> list[OldDraft]:
    """The drafts that colleagues left and that were handed to this person. One statement."""
    return [_old(draft, set()) for draft in _HANDED_ON.of(user.pk)]


def _at(sites):
    """Drafts at the sites; what was typed in them is not even fetched."""
    return (
        Draft.objects.filter(site_id__in=sites)
        .defer("answers", "fired")
        .select_related("subject__site", "visit", "user", "handed_on_from")
        .order_by("kept_at")
    )


_OLD = Lookup(lambda sites, before: _at(sites).filter(kept_at__lt=before))
_HANDED_ON = Lookup(
    lambda person: (
        Draft.objects.filter(user_id=person, handed_on_from__isnull=False)
        .defer("answers", "fired")
        .select_related("subject__site", "visit", "handed_on_from")
    )
)


def _readable(user: User, site: int) -> set[str]:
    return {form.code for form in permissions.readable_forms(user, site)}


def _held_by(writers: set[int]) -> set[tuple[int, int, str]]:
    """Who of the writers holds which role where today: (person, site, role)."""
    held = RoleHeld.objects.current().filter(user_id__in=writers)
    return set(held.values_list("user_id", "site_id", "role"))


def _old(draft: Draft, held: set[tuple[int, int, str]]) -> OldDraft:
    roles = permissions.may_enter_form(trial.form(draft.form))
    is_left_behind = not any((draft.user_id, draft.site_id, role) in held for role in roles)
    return OldDraft(
        draft, trial.form(draft.form), address(draft.subject, draft.visit, draft.form, draft.row_number), is_left_behind
    )
