"""Who may do what: roles by deed, at the object's own site. Deny by default.

A page asks `subject_for(user, number)` and gets the object or a 404; it asks `require(user, deed, site_id)` and gets
the role the deed is done in or a refusal. Both fail closed.
"""

from django.http import Http404

from crf import spec, trial
from crf.models import RoleHeld, Subject, User
from crf.models.lookup import Lookup
from crf.refusals import NotAllowed
from crf.spec import people

R = RoleHeld.Role

#: Those who may see subjects of their sites at all. A rater sees the subject's number and the own ratings only.
SUBJECT_READERS = {
    R.INVESTIGATOR,
    R.COORDINATOR,
    R.RATER,
    R.PHARMACIST,
    R.MONITOR,
    R.DATA_MANAGER,
    R.MEDICAL_MONITOR,
    R.AUDITOR,
}

#: deed -> the roles that may do it, in the order in which a person with several acts.
DEEDS: dict[str, tuple[str, ...]] = {
    "see subjects": tuple(SUBJECT_READERS),
    # How many were randomised, against the plan; pooled. Not the rater: it would tell who of the screened came in.
    "see enrolment": (
        *(R.INVESTIGATOR, R.COORDINATOR, R.PHARMACIST, R.MONITOR, R.DATA_MANAGER, R.MEDICAL_MONITOR, R.AUDITOR),
        *(R.STATISTICIAN, R.SUPPLY_MANAGER, R.RANDOMISATION_STATISTICIAN, R.UNBLINDED_STATISTICIAN),
    ),
    # How far forms, verification and signatures are.
    "see progress": (
        *(R.INVESTIGATOR, R.COORDINATOR, R.MONITOR, R.DATA_MANAGER, R.MEDICAL_MONITOR, R.AUDITOR, R.STATISTICIAN),
    ),
    "enrol": (R.INVESTIGATOR, R.COORDINATOR),
    "attest eligibility": (R.INVESTIGATOR,),
    "fail screening": (R.INVESTIGATOR,),
    "randomise": (R.INVESTIGATOR,),
    "settle visit": (R.INVESTIGATOR, R.COORDINATOR),
    "void": (R.INVESTIGATOR, R.COORDINATOR),
    "annul": (R.INVESTIGATOR,),
    "open query": (R.MONITOR, R.DATA_MANAGER),
    "answer query": (R.INVESTIGATOR, R.COORDINATOR, R.RATER, R.PHARMACIST),
    "close query": (R.MONITOR, R.DATA_MANAGER),
    "acknowledge alert": (R.INVESTIGATOR, R.MEDICAL_MONITOR),
    "break code": (R.INVESTIGATOR,),
    "approve code break": (R.MEDICAL_MONITOR,),
    # Told at once that a code was broken, without the arm; each acknowledges it.
    "acknowledge code break": (R.MEDICAL_MONITOR, R.SAFETY_OFFICER, R.DATA_MANAGER),
    "assess impact": (R.INVESTIGATOR, R.MEDICAL_MONITOR),
    "record lost blind": (
        *(R.INVESTIGATOR, R.COORDINATOR, R.RATER, R.PHARMACIST),
        *(R.MONITOR, R.DATA_MANAGER, R.MEDICAL_MONITOR),
    ),
    "read code breaks": (*(R.INVESTIGATOR, R.MONITOR, R.DATA_MANAGER, R.MEDICAL_MONITOR, R.SAFETY_OFFICER, R.AUDITOR),),
    # One subject's arm for the report of a suspected unexpected serious adverse reaction to an authority (BLI-13).
    "open arm for a report": (R.SAFETY_OFFICER,),
    "read audit trail": (R.INVESTIGATOR, R.MONITOR, R.DATA_MANAGER, R.AUDITOR),
    "verify": (R.MONITOR,),
    "sign": (R.INVESTIGATOR,),
    "lock casebook": (R.DATA_MANAGER,),
    # Items, forms, visits, subjects, sites, the study; reversible, each in its own name (LCK-01).
    "freeze and lock": (R.DATA_MANAGER,),
    # The site asks for a correction of what it may not change itself; data management says what becomes of it (INV-06).
    "ask correction": (R.INVESTIGATOR, R.COORDINATOR, R.RATER, R.PHARMACIST),
    "decide correction": (R.DATA_MANAGER,),
    "lock study": (R.DATA_MANAGER,),
    # The second person of a study lock or of its lifting; whoever asked is not counted.
    "confirm study lock": (R.DATA_MANAGER, R.STATISTICIAN, R.MEDICAL_MONITOR),
    "see study lock": (R.DATA_MANAGER, R.STATISTICIAN, R.MEDICAL_MONITOR, R.INVESTIGATOR),
    # Who locks does not enter (ACC-04), and the sponsor's side changes no value of the site (INV-05, QRY-03): results
    # are imported by the site, limits of normal (no value of a subject) by the data manager.
    "import results": (R.COORDINATOR, R.INVESTIGATOR),
    "read imports": (R.INVESTIGATOR, R.COORDINATOR, R.MONITOR, R.DATA_MANAGER, R.AUDITOR),
    "keep limits": (R.DATA_MANAGER,),
    "drug levels": (R.SAFETY_OFFICER,),
    # One of two messages after a drug level: who may read it, and who takes note. Not raters: it is about the dose.
    "read level messages": (*(R.INVESTIGATOR, R.COORDINATOR, R.MONITOR, R.DATA_MANAGER, R.MEDICAL_MONITOR, R.AUDITOR),),
    "take note of a level message": (R.INVESTIGATOR,),
    "approve opening": (R.STATISTICIAN, R.DATA_MANAGER, R.MEDICAL_MONITOR),
    "blinded report": (R.STATISTICIAN, R.DATA_MANAGER, R.MEDICAL_MONITOR),
    # How the trial is conducted at the sites of the role. Not for who rates there: it tells of earlier ratings.
    "conduct report": (R.DATA_MANAGER, R.MONITOR, R.INVESTIGATOR, R.COORDINATOR),
    "unblinded report": (R.STATISTICIAN,),
    # After the opening, of the own subjects (BLI-14).
    "learn treatments": (R.INVESTIGATOR,),
    "run the pharmacy": (R.PHARMACIST,),
    # Stock, shipments and envelopes of the site. The supply manager knows what each kit holds, and sends; the site is
    # told numbers alone.
    "read stock": (R.PHARMACIST, R.MONITOR, R.AUDITOR),
    "send supplies": (R.SUPPLY_MANAGER,),
    "settle quarantine": (R.SUPPLY_MANAGER,),
    "take packing list": (R.SUPPLY_MANAGER,),
    "watch the list": (R.RANDOMISATION_STATISTICIAN,),
    "monitoring report": (R.UNBLINDED_STATISTICIAN,),
    "administer": (R.ADMINISTRATOR,),
    "read access": (R.ADMINISTRATOR, R.AUDITOR),
    "review ratings": (R.MONITOR, R.DATA_MANAGER),
    "see old drafts": (R.COORDINATOR, R.DATA_MANAGER),
    "settle drafts": (R.COORDINATOR, R.DATA_MANAGER),
    "read exports": (R.DATA_MANAGER, R.AUDITOR),
    # The whole trail: who locked, opened, loaded, and accounts, roles, sites, exports, sign-ins.
    "read whole trail": (R.AUDITOR,),
    "export trail": (R.AUDITOR, R.DATA_MANAGER),
    # What was entered, and what is derived of it, as files. The investigator takes the own site's (INV-01).
    "export data": (R.STATISTICIAN, R.DATA_MANAGER, R.MEDICAL_MONITOR, R.AUDITOR, R.INVESTIGATOR),
    "read verification": (R.DATA_MANAGER, R.AUDITOR),
    "review trail": (R.DATA_MANAGER, R.MONITOR),
    "read trail reviews": (R.DATA_MANAGER, R.MONITOR, R.AUDITOR),
    # Personal data that was entered by mistake: one asks, another carries it out (AUD-12).
    "ask redaction": (R.INVESTIGATOR, R.COORDINATOR, R.DATA_MANAGER),
    "carry out redaction": (R.DATA_MANAGER, R.INVESTIGATOR),
    # The site's own copies: taken by the investigator alone, without anybody's leave (INV-01).
    "take copy": (R.INVESTIGATOR,),
    "read copies": (R.INVESTIGATOR, R.DATA_MANAGER, R.AUDITOR),
    "read blank forms": tuple(R),
    # Not the rater: the casebook holds the earlier ratings (PROTOCOL 6).
    "print casebook": (
        R.INVESTIGATOR,
        R.COORDINATOR,
        R.PHARMACIST,
        R.MONITOR,
        R.DATA_MANAGER,
        R.MEDICAL_MONITOR,
        R.AUDITOR,
    ),
    "see course": (R.INVESTIGATOR, R.COORDINATOR, R.MONITOR, R.DATA_MANAGER, R.MEDICAL_MONITOR, R.AUDITOR),
    "rate": (R.RATER,),
    "recheck": (R.DATA_MANAGER,),
}


#: Who reads what is open to everybody of the site and the sponsor's blinded side.
READ_ALL_OPEN = people.READERS


#: What is still done with a subject that was entered in error: it is read.
READING = frozenset({"see subjects", "read audit trail", "export trail", "print casebook", "see course"})


def rated_by_raters(form: type[spec.Form]) -> bool:
    """Whether raters make the ratings of the form."""
    return people.RATER in form.entered_by


def may_read_form(form: type[spec.Form]) -> tuple[str, ...]:
    """The roles that may read records of the form: it says so itself."""
    return form.read_by


def may_enter_form(form: type[spec.Form]) -> tuple[str, ...]:
    """The roles that may enter records of the form, in the order in which a person with several acts."""
    return form.entered_by


def role_for(user: User, roles, site_id: int) -> str | None:
    """The first of these roles that the person holds at the site today."""
    held = user.roles_at(site_id)
    return next((role for role in roles if role in held), None)


def may(user: User, deed: str, site_id: int) -> bool:
    """Whether the person may do the deed at the site today. KeyError for a deed that nobody declared."""
    return role_for(user, DEEDS[deed], site_id) is not None


def may_anywhere(user: User, deed: str) -> bool:
    """Whether the person may do the deed at any site: for pages of the study as a whole."""
    return bool(user.sites_as(*DEEDS[deed]))


def require(user: User, deed: str, site_id: int) -> str:
    """The role in which the person does the deed at the site. Raises NotAllowed with a sentence."""
    role = role_for(user, DEEDS[deed], site_id)
    if role is None:
        raise NotAllowed(f"Your role at this site does not include: {deed}. Ask the administrator if it should.")
    return role


def require_anywhere(user: User, deed: str) -> str:
    """The role in which the person does a deed of the study as a whole. Raises NotAllowed with a sentence."""
    held = {role.role for role in user.current_roles}
    role = next((role for role in DEEDS[deed] if role in held), None)
    if role is None:
        raise NotAllowed(f"Your role does not include: {deed}. Ask the administrator if it should.")
    return role


def require_entry(user: User, form: type[spec.Form], site_id: int) -> str:
    """The role in which the person enters the form at the site. Raises NotAllowed with a sentence."""
    role = role_for(user, may_enter_form(form), site_id)
    if role is None:
        raise NotAllowed(f"Your role at this site does not enter the form “{form.title}”.")
    return role


def readable_forms(user: User, site_id: int) -> list[type[spec.Form]]:
    """The forms the person may read at the site, in the order declared."""
    held = user.roles_at(site_id)
    return [form for form in trial.FORMS if held & set(may_read_form(form))]


def subject_for(user: User, number: str) -> Subject:
    """The subject with this number, if the person may see subjects of its site; else 404, as for an unknown one."""
    found = _NUMBERED.first(number, user.sites_as(*SUBJECT_READERS))
    if found is None:
        raise Http404("There is no such subject at your sites.")
    return found


_NUMBERED = Lookup(
    lambda number, sites: Subject.everything.select_related("site").filter(number=number, site_id__in=sites)
)
