"""The words to declare a trial with. Plain Python: knows no Django and no database.

A form is declared once, as a class; its table, entry page, range limits, checks, completeness, rights, dictionary,
export columns and demo data follow from it. A trial (crf/spec/trial.py) names sites, arms, visits, forms, dosing and
outcomes. A declaration polices itself: what cannot be right is a `DeclarationError` with a sentence when the module
is imported, never a check that silently does not run.
"""

from crf.spec.checks import Check, Values
from crf.spec.conditions import AtVisit, Both, Condition, Elsewhere, NotAtVisit, OneOf, at_visit, not_at_visit
from crf.spec.disclosure import IDENTIFIES, OPEN, UNBLINDS, Discloses
from crf.spec.forms import RATING_HEADER, Form
from crf.spec.items import Either, Item, Score
from crf.spec.kinds import (
    MISSING,
    PARTIAL_DATE,
    YES_NO,
    Coded,
    Date,
    Decimal,
    DeclarationError,
    Impossible,
    Integer,
    Kind,
    PartialDate,
    Text,
    Time,
    choice,
    clean,
    joined,
    scale,
    shows_something,
)
from crf.spec.level_messages import LevelMessages
from crf.spec.purposes import Purpose
from crf.spec.results import Limited, Result

__all__ = [
    "IDENTIFIES",
    "MISSING",
    "OPEN",
    "PARTIAL_DATE",
    "RATING_HEADER",
    "UNBLINDS",
    "YES_NO",
    "AtVisit",
    "Both",
    "Check",
    "Coded",
    "Condition",
    "Date",
    "Decimal",
    "DeclarationError",
    "Discloses",
    "Either",
    "Elsewhere",
    "Form",
    "Impossible",
    "Integer",
    "Item",
    "LevelMessages",
    "Limited",
    "Kind",
    "NotAtVisit",
    "OneOf",
    "PartialDate",
    "Purpose",
    "Result",
    "Score",
    "Text",
    "Time",
    "Values",
    "at_visit",
    "choice",
    "clean",
    "joined",
    "not_at_visit",
    "scale",
    "shows_something",
]
