"""What subject and rater guess at the end of period 2, each apart and before anything is opened."""

from crf.spec import OPEN, Check, Date, Form, Item, Purpose, Text, choice, scale
from crf.spec.people import ONLY_RATERS, READERS, READERS_AND_RATERS, SITE_TEAM

GUESSES = choice(ACTIVE="CP-101,606", PLACEBO="Placebo", UNSURE="Does not know")
GUESSED = {"ACTIVE": "CP", "PLACEBO": "PBO"}  # the arm that an answer names
SURE = scale(0, 4, "Not at all sure", "A little", "Fairly", "Very", "Completely sure")
BECAUSE = choice(EFFECT="Effect on mood, or its absence", SIDE="Side effects, or their absence", TOLD="Was told")
TOLD = "Somebody told the arm: the blind is at risk, please record a deviation."


class SubjectGuess(Form):
    """Asked of the subject; not shown to the rater."""

    code, title, domain = "GUESSS", "Blinding guess of the subject", "QS"
    catch = "Asked before anything is opened, and not shown to the rater."
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.BLINDING_GUESS
    dated = "guessed_on"
    guesses = GUESSED

    guessed_on = Item("Date", Date())
    guess = Item("Guess", GUESSES, testcd="BGS01")
    sure = Item("How sure", SURE, testcd="BGS02", when=guess.isin("ACTIVE", "PLACEBO"))
    because = Item("Main reason", BECAUSE, testcd="BGS03", when=guess.isin("ACTIVE", "PLACEBO"))
    remark = Item("In words", Text(300), required=False)

    checks = (Check("GUESSS-01", TOLD, lambda r: r.because != "TOLD"),)
    typical = {"guess": "UNSURE", "remark": ""}


class RaterGuess(Form):
    """Answered by the rater alone."""

    code, title, domain = "GUESSR", "Blinding guess of the rater", "QS"
    catch = "Answered before anything is opened, without asking anybody."
    discloses = OPEN
    entered_by, read_by = ONLY_RATERS, READERS_AND_RATERS
    purpose = Purpose.BLINDING_GUESS
    dated = "guessed_on"
    guesses = GUESSED

    guessed_on = Item("Date", Date())
    guess = Item("Guess", GUESSES, testcd="BGR01")
    sure = Item("How sure", SURE, testcd="BGR02", when=guess.isin("ACTIVE", "PLACEBO"))
    because = Item("Main reason", BECAUSE, testcd="BGR03", when=guess.isin("ACTIVE", "PLACEBO"))
    remark = Item("In words", Text(300), required=False)

    checks = (Check("GUESSR-01", TOLD, lambda r: r.because != "TOLD"),)
    typical = {"guess": "UNSURE", "remark": ""}
