"""The list of edit checks: code, form, items, sentence, what it does, and the version of its rule (CHK-03)."""

from dataclasses import dataclass

from crf import spec, trial
from crf.chart.check_version import version_of
from crf.papers import wording


@dataclass(frozen=True)
class Listed:
    """A check with the form it belongs to."""

    form: type[spec.Form]
    check: spec.Check

    @property
    def code(self) -> str:
        return self.check.code

    @property
    def items(self) -> tuple[str, ...]:
        return self.check.named_items(self.form)

    @property
    def labels(self) -> list[str]:
        """The questions it looks at, as their page words them."""
        return [self.form.items[name].label for name in self.items]

    @property
    def does(self) -> str:
        return "Refuses" if self.check.hard else "Asks"

    @property
    def looks(self) -> str:
        return "Other records too" if self.check.across else "This record"

    @property
    def version(self) -> str:
        return version_of(self.check)


def listed(among=trial.FORMS) -> list[Listed]:
    """Every check of the forms, in the order declared."""
    return [Listed(form, check) for form in among for check in form.checks]


def as_markdown() -> str:
    """The checks by form, with how many there are of each sort."""
    found = listed()
    hard = sum(one.check.hard for one in found)
    lines = [
        "# Edit checks",
        "",
        f"{trial.STUDY_ID}, protocol version {trial.PROTOCOL_VERSION}. Made from the declarations in "
        f"`crf/trials/{trial.CODE}/forms/` by "
        "`manage.py documents`; do not edit.",
        "",
        f"{len(found)} checks: {hard} refuse what cannot be and {len(found) - hard} save what was typed and open a "
        "query. Beside them, every item refuses what is outside its range or codes (see the data dictionary). "
        "The version changes when the sentence, the rule, a function it calls or a limit it compares with changes; "
        "`manage.py recheck` then tells what stored records it would newly flag.",
    ]
    for form in trial.FORMS:
        if not form.checks:
            continue
        lines += ["", f"## {form.code}: {form.title}", ""]
        lines += wording.table(
            ("Check", "Says", "Does", "Items", "Looks at", "Version"),
            [
                (
                    one.code,
                    one.check.sentence,
                    one.does,
                    ", ".join(f"`{name}`" for name in one.items),
                    one.looks.lower(),
                    f"`{one.version}`",
                )
                for one in listed([form])
            ],
        )
    return "\n".join(lines) + "\n"
