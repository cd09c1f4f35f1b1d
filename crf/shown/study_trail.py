"""The trail of the whole study in words: what was done beside the forms, and to which subject, for the auditor."""

from collections.abc import Iterable
from dataclasses import dataclass

from crf.models import AuditEntry, Site, Subject, User
from crf.shown.trail import BLANK, FORMS, NOT_SHOWN, OTHER_TABLES, TABLE_OF, Change, Line, days_late_of, role_of
from crf.spec import UNBLINDS
from crf.trial import FORMS as ALL

#: kind -> word, tables. What would unblind is in none of them.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "locks": (
        "Freezes and locks",
        ("crf_studylock", "crf_lockrequest", "crf_lockconsent", "crf_casebooklock", "crf_hold"),
    ),
    "list": ("Allocation list and its opening", ("sealed.list", "sealed.opening")),
    "code-breaks": ("Code breaks", ("sealed.code_break", "crf_codebreak", "crf_armknown", "crf_codebreakanswer")),
    "accounts": ("Accounts and second factors", ("crf_user", "account_emailaddress", "mfa_authenticator")),
    "roles": ("Roles", ("crf_roleheld", "crf_accessreview")),
    "sites": ("Sites and limits of normal", ("crf_site", "crf_siteapproval", "crf_sitelimits")),
    "exports": ("Exports and copies", ("crf_exportlog", "crf_sitecopy")),
    "checks": ("Checks and reviews of the record", ("crf_recordcheck", "crf_trailreview")),
    "imports": ("Imports", ("crf_importfile", "crf_importedrow")),
    "data": (
        "Subjects and forms",
        (
            *(TABLE_OF[form.code] for form in ALL if form.discloses is not UNBLINDS),
            "crf_subject",
            "crf_visit",
            "crf_takenback",
            "crf_query",
            "crf_correction",
            "crf_levelmessage",
            "crf_alert",
            "crf_verification",
            "crf_signature",
            "crf_redaction",
        ),
    ),
}
SIGN_INS = "sign-ins"
WORDS = {
    "crf_studylock": "Study lock",
    "crf_lockrequest": "Request about the study lock",
    "crf_lockconsent": "Consent to a request",
    "sealed.list": "Allocation list loaded",
    "sealed.opening": "Opening of the list approved",
    "sealed.code_break": "Code break",
    "crf_user": "Account",
    "account_emailaddress": "E-mail address",
    "mfa_authenticator": "Second factor",
    "crf_roleheld": "Role",
    "crf_accessreview": "Review of access",
    "crf_site": "Site",
    "crf_siteapproval": "Approval of a site",
    "crf_sitelimits": "Limits of normal",
    "crf_exportlog": "Export",
    "crf_sitecopy": "Certified copy",
    "crf_recordcheck": "Check of the record",
    "crf_trailreview": "Review of the trail",
    "crf_importfile": "Imported file",
    "crf_importedrow": "Imported row",
} | OTHER_TABLES


@dataclass(frozen=True)
class StudyLine(Line):
    """A line, with the subject that it is about ("" for none)."""

    subject: str


def lines(entries: Iterable[AuditEntry]) -> list[StudyLine]:
    """Three statements: the names of people, subjects and sites."""
    entries = list(entries)
    subjects = dict(
        Subject.everything.values_list("pk", "number").filter(pk__in={one.told.get("subject") for one in entries})
    )
    people = {user.pk: user.username for user in User.objects.filter(pk__in=set(_named(entries, "user_id", "_by_id")))}
    places = {site.pk: site for site in Site.objects.all()}
    sites = {pk: site.code for pk, site in places.items()}
    return [
        StudyLine(
            entry,
            role_of(entry),
            _what(entry.told),
            list(_changes(entry.told, people, sites)),
            days_late_of(entry, places[entry.site_id].zone if entry.site_id in places else None),
            subjects.get(entry.told.get("subject"), ""),
        )
        for entry in entries
    ]


def _what(told: dict) -> str:
    table = told.get("table", "")
    form = FORMS.get(table)
    return f"{form.title if form else WORDS.get(table, table)}, no. {told.get('record', '')}"


def _named(entries, *endings: str):
    for entry in entries:
        for name, values in entry.told.get("changes", {}).items():
            if name.endswith(endings):
                yield from (value for value in values if isinstance(value, int))


def _changes(told: dict, people: dict, sites: dict):
    items = FORMS[told["table"]].items if told.get("table") in FORMS else {}
    for name, (old, new) in sorted(told.get("changes", {}).items()):
        if name in NOT_SHOWN - {"site_id"} or (old in BLANK and new in BLANK):
            continue
        names = people if name.endswith(("user_id", "_by_id")) else sites if name == "site_id" else {}
        label = items[name].label if name in items else name.removesuffix("_id").replace("_", " ").capitalize()
        yield Change(label, *(_shown(value, names) for value in (old, new)))


def _shown(value, names: dict) -> str:
    if value in BLANK:
        return ""
    if isinstance(value, int) and value in names:
        return names[value]
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
