"""Code breaks by kind: by how many of them somebody knows the arm. Without any arm, whoever looks."""

from crf import permissions
from crf.shown import code_breaks
from crf.shown.dashboard.who import Viewer
from crf.shown.drawing import bars
from crf.shown.drawing.picture import Part, Picture, picture

PARTS = (Part("The arm is known to somebody", "bad"), Part("Asked for, not shown", "none"))


def breaks(viewer: Viewer) -> Picture | None:
    """One statement."""
    if not permissions.may_anywhere(viewer.user, "read code breaks"):
        return None
    rows = [(kind, (known, asked - known)) for kind, asked, known in code_breaks.counts(viewer.user)]
    known = sum(counts[0] for _, counts in rows)
    return picture(
        "code-breaks",
        "Code breaks",
        f"The blind of a subject was broken or lost: {known} times." if rows else "No code was broken.",
        bars.lying(rows, PARTS) if rows else None,
        head=("Kind", *(part.word for part in PARTS)),
        rows=[(kind, *counts) for kind, counts in rows],
        legend=PARTS,
        link=("Register", "/code-breaks/"),
    )
