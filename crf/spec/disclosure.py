"""What a form or item gives away. Every form says it; there is no default."""

import enum


class Discloses(enum.Enum):
    """What a form or item gives away. There is no default: every form says it."""

    OPEN = "open"
    IDENTIFIES = "identifies"
    UNBLINDS = "unblinds"


OPEN, IDENTIFIES, UNBLINDS = Discloses.OPEN, Discloses.IDENTIFIES, Discloses.UNBLINDS
