"""The dashboard of a person: the pictures of their roles, in the order in which one looks."""

from collections.abc import Callable

from crf import permissions
from crf.models import User
from crf.refusals import NotAllowed
from crf.shown.dashboard import (
    alerts,
    code_breaks,
    courses,
    enrolment,
    forms,
    queries,
    ratings,
    sign_ins,
    signatures,
    stock,
    visits,
)
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing.picture import Picture

#: Each says itself whether it is this person's: by the deed that its numbers belong to, at the sites of that role.
PICTURES: tuple[Callable[[Viewer], Picture | None], ...] = (
    enrolment.enrolment,
    visits.visits,
    forms.forms,
    queries.ageing,
    signatures.signatures,
    courses.courses,
    alerts.alerts,
    code_breaks.breaks,
    ratings.minutes,
    stock.stock,
    sign_ins.sign_ins,
)


def pictures_of(user: User) -> list[Picture]:
    """What the person may look at. Raises NotAllowed where there is nothing for their roles."""
    if not has_pictures(user):
        raise NotAllowed("Your role has no dashboard. What it has to do stands in the menu.")
    viewer = Viewer(user)
    return [shown for draw in PICTURES if (shown := draw(viewer)) is not None]


#: The deeds whose numbers the pictures draw: who may do none of them anywhere has no dashboard.
DRAWN = ("see enrolment", "see subjects", "read code breaks", "read access")


def has_pictures(user: User) -> bool:
    """Whether the menu names the page; costs nothing beyond the roles."""
    return any(permissions.may_anywhere(user, deed) for deed in DRAWN)
