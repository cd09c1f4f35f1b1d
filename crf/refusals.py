"""What the record refuses, each with a sentence for a person: what, why, what to do."""


class Refusal(Exception):
    """A deed that may not be done. The message is read by the person who tried; `status` is the page's status code."""

    status = 409

    def __init__(self, sentence: str, *, details: list[str] | None = None):
        super().__init__(sentence)
        self.sentence, self.details = sentence, details or []


class NotAllowed(Refusal):
    """The person's role does not include the deed."""

    status = 403


class ImpossibleValues(Refusal):
    """Values that cannot be true; `errors` maps item names to sentences."""

    status = 422

    def __init__(self, errors: dict[str, list[str]]):
        super().__init__("Some answers cannot be right. They are marked below; nothing has been saved yet.")
        self.errors = errors


class ReasonWanted(Refusal):
    """A saved value changes: say why."""

    status = 422


class ChangedMeanwhile(Refusal):
    """Somebody else saved the record since this page was opened; nothing was overwritten."""


class KeptElsewhere(Refusal):
    """The person's draft holds answers from another page that this one does not show; `answers` are those, as typed."""

    def __init__(self, answers: dict[str, str]):
        super().__init__(
            "On another page you typed answers to this form that this page does not show. Nothing has been saved yet."
        )
        self.answers = answers


class NotEligible(Refusal):
    """The subject cannot be randomised; `details` lists what is missing or not met."""


class AlreadySettled(Refusal):
    """It was done before, and cannot be done twice."""


class Locked(Refusal):
    """The study is locked."""


class OutOfSteps(Refusal):
    """The dose decision is not possible by the titration rules."""


class NotYet(Refusal):
    """Something else comes first."""
