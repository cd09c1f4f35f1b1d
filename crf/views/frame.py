"""What the frame of every page shows: the study, who is signed in, where they may go."""

from django.conf import settings
from django.urls import reverse

from crf import permissions, trial
from crf.rules.result_files import SPECIFICATIONS
from crf.shown.dashboard.page import has_pictures
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


def frame(request) -> dict:
    """Context processor. Costs nothing beyond the roles, which are read once per request."""
    shown = {"study_id": trial.STUDY_ID, "protocol_version": trial.PROTOCOL_VERSION, "demo": settings.DEMO}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        menu = list(_menu(user, request.path))
        shown |= {
            "user": user,
            "roles": _roles_in_words(user),
            "menu": menu,
            "has_more": "" if len(menu) <= ALWAYS else "narrow" if len(menu) <= WIDE else "always",
            "idle_seconds": int(settings.SESSION_IDLE.total_seconds()),
            "may_search": permissions.may_anywhere(user, "see subjects"),
        }
    return {"frame": shown}


def _roles_in_words(user) -> str:
    """ "Investigator, Jerusalem", or the role alone where it is held at every site."""
    sites = {}
    for held in user.current_roles:
        sites.setdefault(held.get_role_display(), []).append(held.site.name)
    if not sites:
        return "No role today"
    return "; ".join(
        role if len(names) == len(trial.SITES) > 1 else f"{role}, {', '.join(sorted(names))}"
        for role, names in sites.items()
    )


def _menu(user, path: str):
    """The places of the main menu that the person may enter, in order."""
    places = []
    if permissions.may_anywhere(user, "see subjects"):
        places += [
            ("Work list", reverse("crf:home")),
            ("Subjects", reverse("crf:subjects")),
            ("Visits", reverse("crf:matrix")),
            ("Queries", reverse("crf:queries")),
        ]
    dashboard = ("Dashboard", reverse("crf:dashboard"))
    if has_pictures(user) and places:
        places.append(dashboard)
    if user.sites_as(*permissions.READ_ALL_OPEN):
        places.append(("Alerts", reverse("crf:alerts")))
    if permissions.may_anywhere(user, "open arm for a report"):
        places.append(("Safety", reverse("crf:safety")))
    if trial.serving(Purpose.DRUG_LEVEL) and permissions.may_anywhere(user, "drug levels"):
        places.append(("Drug levels", reverse("crf:levels")))
    if SPECIFICATIONS and permissions.may_anywhere(user, "read imports"):
        places.append(("Imports", reverse("crf:imports")))
    if permissions.may_anywhere(user, "run the pharmacy"):
        places.append(("Pharmacy", reverse("crf:pharmacy")))
    if trial.KITS and permissions.may_anywhere(user, "read stock"):
        places.append(("Stock", reverse("crf:stock")))
    if trial.KITS and permissions.may_anywhere(user, "send supplies"):
        places.append(("Supplies", reverse("crf:supply")))
    if permissions.may_anywhere(user, "watch the list"):
        places.append(("Allocation list", reverse("crf:allocation_list")))
    if permissions.may_anywhere(user, "read code breaks"):
        places.append(("Code breaks", reverse("crf:code_breaks")))
    if any(permissions.may_anywhere(user, deed) for deed in REPORTS):
        places.append(("Reports", "/reports/"))
    if permissions.may_anywhere(user, "read whole trail"):
        places.append(("Trail", reverse("crf:trail")))
    if permissions.may_anywhere(user, "read verification"):  # the review of the trail is reached from there
        places.append(("Record check", reverse("crf:record_check")))
    elif permissions.may_anywhere(user, "read trail reviews"):
        places.append(("Trail review", reverse("crf:review_trail")))
    if permissions.may_anywhere(user, "take copy"):  # others reach the copies from the exports
        places.append(("Copies", reverse("crf:copies")))
    elif permissions.may_anywhere(user, "print casebook"):  # others reach theirs from the reports, or from the copies
        places.append(("Outputs", reverse("crf:outputs")))
    if permissions.may_anywhere(user, "confirm study lock"):
        places.append(("Study lock", reverse("crf:lock")))
    if permissions.may_anywhere(user, "freeze and lock"):
        places.append(("Freezes and locks", reverse("crf:hold_study")))
    if permissions.may_anywhere(user, "recheck"):
        places.append(("Checks", reverse("crf:checks")))
    if permissions.may_anywhere(user, "read exports"):
        places.append(("Exports", reverse("crf:exports")))
    if permissions.may_anywhere(user, "administer"):
        places += [("Accounts", reverse("crf:accounts")), ("Sites", reverse("crf:sites"))]
        places.append(("Service", reverse("service:service")))
    elif permissions.may_anywhere(user, "read access"):
        places.append(("Access", reverse("crf:roles_on")))
    if has_pictures(user) and dashboard not in places:
        places.append(dashboard)
    for nth, (word, href) in enumerate(places, start=1):
        room = "" if nth <= ALWAYS else "wide" if nth <= WIDE else "more"
        is_here = path == href if href == "/" else path.startswith(href)
        yield {"word": word, "href": href, "is_here": is_here, "room": room}
