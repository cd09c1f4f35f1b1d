"""What subject, rater and investigator guess, each apart and before anything is opened (PROTOCOL 3)."""

from crf.spec import OPEN, Check, Date, Form, Item, Text, choice, scale

GUESSES = choice(ACTIVE="D-cycloserine", PLACEBO="Placebo", UNSURE="Does not know")
SURE = scale(0, 4, "Not at all sure", "A little", "Fairly", "Very", "Completely sure")
BECAUSE = choice(
    EFFECT="Effect on mood, or its absence",
    SIDE="Side effects, or their absence",
    TASTE="The capsules",
    TOLD="Somebody said so",
    FEELING="A feeling only",
)
TOLD = "Somebody told the arm: the blind is at risk, please record a deviation."


class SubjectGuess(Form):
    """Asked of the subject; not shown to the rater."""

    code, title, domain = "GUESSS", "Blinding guess of the subject", "QS"
    discloses = OPEN
    dated = "guessed_on"

    guessed_on = Item("Date", Date())
    guess = Item("Guess", GUESSES, testcd="BGS01")
    sure = Item("How sure", SURE, testcd="BGS02", when=guess.isin("ACTIVE", "PLACEBO"))
    because = Item("Main reason", BECAUSE, testcd="BGS03", when=guess.isin("ACTIVE", "PLACEBO"))
    remark = Item("In words", Text(300), required=False)

    checks = (Check("GUESSS-01", TOLD, lambda r: r.because != "TOLD"),)


class RaterGuess(Form):
    """Answered by the rater alone."""

    code, title, domain = "GUESSR", "Blinding guess of the rater", "QS"
    discloses = OPEN
    dated = "guessed_on"

    guessed_on = Item("Date", Date())
    guess = Item("Guess", GUESSES, testcd="BGR01")
    sure = Item("How sure", SURE, testcd="BGR02", when=guess.isin("ACTIVE", "PLACEBO"))
    because = Item("Main reason", BECAUSE, testcd="BGR03", when=guess.isin("ACTIVE", "PLACEBO"))
    remark = Item("In words", Text(300), required=False)

    checks = (Check("GUESSR-01", TOLD, lambda r: r.because != "TOLD"),)


class InvestigatorGuess(Form):
    """Answered by the investigator who decided the dose."""

    code, title, domain = "GUESSI", "Blinding guess of the investigator", "QS"
    discloses = OPEN
    dated = "guessed_on"

    guessed_on = Item("Date", Date())
    guess = Item("Guess", GUESSES, testcd="BGI01")
    sure = Item("How sure", SURE, testcd="BGI02", when=guess.isin("ACTIVE", "PLACEBO"))
    because = Item("Main reason", BECAUSE, testcd="BGI03", when=guess.isin("ACTIVE", "PLACEBO"))
    remark = Item("In words", Text(300), required=False)

    checks = (Check("GUESSI-01", TOLD, lambda r: r.because != "TOLD"),)
