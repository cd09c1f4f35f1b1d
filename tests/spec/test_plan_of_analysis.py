"""The plan of the analysis refuses, with a sentence, what is not declared and what the program cannot do."""

import dataclasses
from decimal import Decimal

import pytest

from crf import trial
from crf.spec.kinds import DeclarationError
from crf.spec.outcomes import (
    Better,
    Moderator,
    Occurrences,
    Outcome,
    PlanningEffect,
    Remission,
    Response,
    Strategy,
    Telling,
    police_analysis,
)
from crf.spec.published import By, Published, Result
from crf.spec.purposes import Purpose

PLAN = trial.ANALYSIS


def police(*, never_at_baseline: str = "", **changes) -> None:
    planned = {form.code: trial.visits_of(form.code) for form in trial.FORMS}
    if never_at_baseline:
        planned[never_at_baseline] = [at for at in planned[never_at_baseline] if at not in trial.BEFORE_RANDOMISATION]
    police_analysis(
        dataclasses.replace(PLAN, **changes),
        forms={form.code: form for form in trial.FORMS},
        planned=planned,
        analysed=trial.ANALYSED,
        before=trial.BEFORE_RANDOMISATION,
    )


def outcomes(code: str, **given):
    return tuple(dataclasses.replace(one, **given) if one.code == code else one for one in PLAN.outcomes)


def strategies(**given):
    return (*PLAN.strategies[1:], dataclasses.replace(PLAN.strategies[0], **given))


def effect(**given):
    return dataclasses.replace(PLAN.planning_effect, **given)


def moderator(**given):
    return (dataclasses.replace(PLAN.moderators[0], **given),)


def told(**given):
    parts = {"purpose": Purpose.MEDICATION, "dated": "began", "where": {"change": ("NEW",)}}
    return (
        *PLAN.strategies,
        Strategy("OTHER", "Other", "hypothetical", "hypothetical", told_by=(Telling(**parts | given),)),
    )


def test_the_served_plan_is_not_refused():
    police()


@pytest.mark.finding("F-107")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"outcomes": (*PLAN.outcomes, PLAN.outcomes[0])}, "is declared twice"),
        ({"outcomes": outcomes("hama", label="HAMD-21")}, "Two outcomes have the label HAMD-21"),
        ({"outcomes": outcomes("hama", form="NOFORM")}, "which is not declared"),
        ({"outcomes": outcomes("hama", score="nothing")}, "which has none"),
        ({"outcomes": outcomes("hama", form="CGI", score="language")}, "which is no number"),
        ({"outcomes": (*PLAN.outcomes, Outcome("age", "DEMOG", "birth_year", "Age", "Age", 0, 9))}, "bears no date"),
        ({"outcomes": outcomes("hama", low=60)}, "lies between 60 and 56"),
        ({"secondary": ("bdi", "bprs")}, "described only"),
        ({"outcomes": outcomes("bdi", better=Better.NEITHER)}, "so one way is better"),
        ({"occurrences": (Occurrences("NOFORM", "Signs", ("passive",)),)}, "no dated form of one row"),
        ({"occurrences": (Occurrences("SUICIDE", "Signs", ("details",)),)}, "no open yes-or-no item"),
        ({"sequence": ()}, "names no primary outcome"),
        ({"sequence": ("nothing",)}, "There is no outcome 'nothing'"),
        ({"sequence": ("hamd21", "bdi")}, "named twice"),
        ({"visit": "FU"}, "none of the analysed visits"),
        ({"visit": "W5"}, "hama is not rated at the primary visit W5"),
        ({"sequence": ("cgi_s", "hama"), "secondary": ()}, "is an impression"),
        ({"response": Response("hamd21", percent=120)}, "Nobody can respond by 120"),
        ({"response": Response("hamd21", percent=0)}, "Nobody can respond by 0"),
        ({"response": Response("hamd21", sustained_visits=7)}, "cannot be sustained at 7 visits"),
        ({"response": Response("hamd21", sustained_visits=1)}, "at one visit is response itself"),
        ({"response": Response("cgi_s")}, "wants an outcome with a baseline"),
        ({"outcomes": outcomes("hamd21", low=-5)}, "may be below 0"),
        ({"remission": Remission("hamd21", at_least=50)}, "with at_most alone"),
        ({"remission": Remission("hamd21")}, "with at_most alone"),
        ({"never_at_baseline": "HAMA"}, "hama is a change from baseline, but is not rated before treatment"),
        ({"alpha": Decimal(1)}, "between 0 and 1"),
        ({"level": Decimal(0)}, "between 0 and 1"),
        ({"interim_looks": (1,)}, "Interim looks at efficacy are not supported"),
        ({"on_treatment_days": -1}, "0 or more"),
        ({"compliance": (Decimal("1.2"), Decimal("0.8"))}, "the lower one first"),
        ({"planning_effect": effect(difference=Decimal(6))}, "favours the reference"),
        ({"planning_effect": effect(difference=Decimal(0))}, "is not 0"),
        ({"planning_effect": effect(retention=Decimal(2))}, "the retention is a share"),
        ({"moderators": moderator(form="NOFORM")}, "no item of a declared form"),
        ({"moderators": moderator(item="fasting")}, "is no number"),
        ({"moderators": moderator(form="AE", item="onset")}, "is no number"),
        ({"moderators": moderator(form="BPRS", item="nothing")}, "no item of a declared form"),
        ({"moderators": moderator(form="UKU", item="nothing")}, "no item of a declared form"),
        ({"moderators": moderator(outcome="cgi_i")}, "wants an outcome with a baseline"),
        ({"moderators": moderator(per=0)}, "per 1 unit or more"),
        ({"moderators": PLAN.moderators * 2}, "is declared twice"),
        ({"moderators": (Moderator("count", "CAPSULES", "returned", "count"),)}, "not measured before randomisation"),
        ({"moderators": (Moderator("level", "DRUGLEVEL", "level", "level"),)}, "level"),
        ({"strategies": PLAN.strategies * 2}, "is declared twice"),
        ({"strategies": strategies(mean="guess")}, "hypothetical or treatment policy"),
        ({"strategies": strategies(response="guess")}, "none that is known"),
        ({"strategies": PLAN.strategies[1:]}, "No strategy is declared for the intercurrent event STOPDRUG"),
        ({"strategies": (*PLAN.strategies, Strategy("MOON", "Moon", "hypothetical", "hypothetical"))}, "Nothing tells"),
        ({"strategies": told(purpose=Purpose.DOSING)}, "which no form of the trial is"),
        ({"strategies": told(where={})}, "Every row"),
        ({"strategies": told(where={"nothing": ("X",)})}, "which has none"),
        ({"strategies": told(where={"change": ("MOON",)})}, "told by change MOON"),
        ({"unblinding_events": ("MOON",)}, "No event of special interest is called MOON"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_with_a_sentence(changes, sentence):
    with pytest.raises(DeclarationError, match=sentence) as refused:
        police(**changes)
    assert str(refused.value).endswith(".")


def test_where_higher_is_better_remission_is_at_least_and_the_planned_difference_positive():
    higher = {"outcomes": outcomes("hamd21", better=Better.HIGHER)}
    police(**higher, remission=Remission("hamd21", at_least=50), planning_effect=effect(difference=Decimal(6)))
    with pytest.raises(DeclarationError, match="with at_least alone"):
        police(**higher, planning_effect=PlanningEffect(Decimal(6), Decimal(7)))


@pytest.mark.finding("F-102")
@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (Result("HAMD", "0.005", By.CARRIED, "nothing"), "There is no outcome"),
        (Result("Glycine", "0.043", By.MODERATION, "nothing"), "of the moderator 'nothing'"),
    ],
)
def test_a_published_result_without_its_analysis_is_refused(result, sentence):
    with pytest.raises(DeclarationError, match=sentence):
        dataclasses.replace(trial.TRIAL, published=Published((result,)))


@pytest.mark.finding("F-711")
@pytest.mark.parametrize(
    ("guesses", "sentence"),
    [({}, "does not say which arm"), ({"ACTIVE": "NOARM"}, "names no arm"), ({"MAYBE": "DCS"}, "is no answer of it")],
)
def test_a_guess_of_the_arm_says_which_arm_each_answer_names(monkeypatch, guesses, sentence):
    monkeypatch.setattr(trial.form("GUESSS"), "guesses", guesses)
    with pytest.raises(DeclarationError, match=sentence):
        dataclasses.replace(trial.TRIAL)


def test_no_other_form_names_arms_of_guesses(monkeypatch):
    monkeypatch.setattr(trial.form("HAMD"), "guesses", {"0": "DCS"})
    with pytest.raises(DeclarationError, match="serves no such purpose"):
        dataclasses.replace(trial.TRIAL)
