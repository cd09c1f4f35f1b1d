"""What the frame of every page shows: the study, who is signed in, where they may go."""

import functools

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from crf import permissions, trial
from crf.models import RoleHeld
from crf.rules.result_files import SPECIFICATIONS
from crf.shown.dashboard.page import DRAWN
from crf.spec.purposes import Purpose

#: How many places stand in the bar on every screen and on a wide one; the others are below “More”.
ALWAYS, WIDE = 4, 6
REPORTS = (
    "blinded report",
    "conduct report",
    "unblinded report",
    "monitoring report",
    "learn treatments",
    "export data",
)
ROLES = dict(RoleHeld.Role.choices)


def frame(request) -> dict:
    """Context processor. Costs nothing beyond the roles, which are read once per request."""
    shown = {"study_id": trial.STUDY_ID, "protocol_version": trial.PROTOCOL_VERSION, "demo": settings.DEMO}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        held = frozenset(one.role for one in user.current_roles)
        here = tuple(href for _, href in places(held) if _is_here(href, request.path))
        shown |= {
            "user": user,
            "roles": _roles_in_words(user),
            "menu": _menu(held, here),
            "idle_seconds": int(settings.SESSION_IDLE.total_seconds()),
            "may_search": permissions.may_anywhere(user, "see subjects"),
        }
    return {"frame": shown}


def _roles_in_words(user) -> str:
    """ "Investigator, Jerusalem", or the role alone where it is held at every site."""
    sites = {}
    for held in user.current_roles:
        sites.setdefault(ROLES[held.role], []).append(held.site.name)
    if not sites:
        return "No role today"
    return "; ".join(
        role if len(names) == len(trial.SITES) > 1 else f"{role}, {', '.join(sorted(names))}"
        for role, names in sites.items()
    )


def _is_here(href: str, path: str) -> bool:
    return path == href if href == "/" else path.startswith(href)


@functools.lru_cache(maxsize=512)
def _menu(held: frozenset[str], here: tuple[str, ...]) -> str:
    """The main menu as it is shown: the same for all who hold the same roles and are at the same place."""
    menu = [
        {
            "word": word,
            "href": href,
            "is_here": href in here,
            "room": "" if nth <= ALWAYS else "wide" if nth <= WIDE else "more",
        }
        for nth, (word, href) in enumerate(places(held), start=1)
    ]
    more = "" if len(menu) <= ALWAYS else "narrow" if len(menu) <= WIDE else "always"
    return render_to_string("parts/menu.html", {"menu": menu, "has_more": more})


@functools.lru_cache(maxsize=256)
def places(held: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The places of the main menu, in order, which who holds these roles may enter: words and address."""

    def may(*deeds: str) -> bool:
        return any(not held.isdisjoint(permissions.DEEDS[deed]) for deed in deeds)

    found = []
    if may("see subjects"):
        found += [
            ("Work list", reverse("crf:home")),
            ("Subjects", reverse("crf:subjects")),
            ("Visits", reverse("crf:matrix")),
            ("Queries", reverse("crf:queries")),
        ]
    dashboard = ("Dashboard", reverse("crf:dashboard"))
    if may(*DRAWN) and found:
        found.append(dashboard)
    if not held.isdisjoint(permissions.READ_ALL_OPEN):
        found.append(("Alerts", reverse("crf:alerts")))
    if may("open arm for a report"):
        found.append(("Safety", reverse("crf:safety")))
    if trial.serving(Purpose.DRUG_LEVEL) and may("drug levels"):
        found.append(("Drug levels", reverse("crf:levels")))
    if SPECIFICATIONS and may("read imports"):
        found.append(("Imports", reverse("crf:imports")))
    if may("run the pharmacy"):
        found.append(("Pharmacy", reverse("crf:pharmacy")))
    if trial.KITS and may("read stock"):
        found.append(("Stock", reverse("crf:stock")))
    if trial.KITS and may("send supplies"):
        found.append(("Supplies", reverse("crf:supply")))
    if may("watch the list"):
        found.append(("Allocation list", reverse("crf:allocation_list")))
    if may("read code breaks"):
        found.append(("Code breaks", reverse("crf:code_breaks")))
    if may(*REPORTS):
        found.append(("Reports", "/reports/"))
    if may("read whole trail"):
        found.append(("Trail", reverse("crf:trail")))
    if may("read verification"):  # the review of the trail is reached from there
        found.append(("Record check", reverse("crf:record_check")))
    elif may("read trail reviews"):
        found.append(("Trail review", reverse("crf:review_trail")))
    if may("take copy"):  # others reach the copies from the exports
        found.append(("Copies", reverse("crf:copies")))
    elif may("print casebook"):  # others reach theirs from the reports, or from the copies
        found.append(("Outputs", reverse("crf:outputs")))
    if may("confirm study lock"):
        found.append(("Study lock", reverse("crf:lock")))
    if may("freeze and lock"):
        found.append(("Freezes and locks", reverse("crf:hold_study")))
    if may("recheck"):
        found.append(("Checks", reverse("crf:checks")))
    if may("read exports"):
        found.append(("Exports", reverse("crf:exports")))
    if may("administer"):
        found += [("Accounts", reverse("crf:accounts")), ("Sites", reverse("crf:sites"))]
        found.append(("Service", reverse("service:service")))
    elif may("read access"):
        found.append(("Access", reverse("crf:roles_on")))
    if may(*DRAWN) and dashboard not in found:
        found.append(dashboard)
    return tuple(found)
