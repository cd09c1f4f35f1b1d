"""What the engine says and asks about follows from the declaration: words, sites, settings, what is drawn."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

import pytest

from crf import trial
from crf.permissions import may_read_form, rated_by_raters
from crf.rules import access
from crf.rules.identifying import looks_identifying
from crf.shown import entry
from crf.spec import people
from crf.spec.kinds import DeclarationError
from crf.spec.outcomes import Kind, police_analysis
from crf.spec.visits import Visit

ANALYSIS = trial.ANALYSIS


@pytest.mark.finding("F-106")
def test_words_that_the_trial_declares_and_its_sites_name_nobody():
    for word in sorted(trial.TRIAL.words):
        assert not looks_identifying(f"Seen at {word} Zohar"), word
    for site in trial.SITES:
        assert not looks_identifying(f"Moved to {site.name} Zohar"), site
    assert looks_identifying("Seen by Dana Zohar")


@pytest.mark.finding("F-106")
@pytest.mark.parametrize("site", trial.SITES, ids=lambda site: site.code)
def test_an_account_called_by_a_site_alone_is_a_shared_one(site):
    assert access.is_generic(f"{site.name.lower()}.rater")
    assert not access.is_generic(f"dana.levi.{site.name.lower()}")


@pytest.mark.finding("F-107")
def test_the_age_of_an_old_draft_is_the_trial_s_setting():
    assert access.DRAFTS_ARE_OLD_AFTER.total_seconds() == 3600 * trial.SETTINGS.draft_hours
    assert ("a day" if trial.SETTINGS.draft_hours == 24 else f"{trial.SETTINGS.draft_hours} hours") == access.OLD_DRAFTS


@pytest.mark.finding("F-107")
@pytest.mark.parametrize(("by_telephone", "how"), [(True, "PHONE"), (False, "F2F")])
def test_a_rating_at_a_visit_by_telephone_begins_as_one_by_telephone(by_telephone, how):
    rating = next(form for form in trial.FORMS if form.rating)
    visit = SimpleNamespace(occurred_on=None, definition=Visit("X1", "Contact", 5, by_telephone=by_telephone))
    user = SimpleNamespace(get_full_name=lambda: "Ruth Levi", username="ruth")
    typed = entry.preset(rating, user=user, now=datetime(2026, 3, 10, 9), visit=visit, known=None, language=None)
    assert typed["how"] == how


@pytest.mark.finding("F-106")
def test_the_course_draws_changes_alone_and_all_of_them_where_nothing_else_is_said():
    named = [ANALYSIS.outcome(code) for code in (*ANALYSIS.sequence, *ANALYSIS.secondary)]
    assert list(replace(ANALYSIS, drawn=()).in_the_course) == [one for one in named if one.kind is Kind.CHANGE]
    last = named[-1]
    assert replace(ANALYSIS, drawn=(last.code,)).in_the_course == ((last,) if last.kind is Kind.CHANGE else ())


@pytest.mark.finding("F-106")
def test_an_unknown_outcome_is_not_drawn_but_refused():
    forms = {form.code: form for form in trial.FORMS}
    with pytest.raises(DeclarationError, match="There is no outcome 'nothing'"):
        police_analysis(
            replace(ANALYSIS, drawn=("nothing",)),
            forms=forms,
            planned={code: [visit.code for visit in trial.VISITS] for code in forms},
            analysed=trial.ANALYSED,
            before=[trial.ANALYSED[0]],
        )


@pytest.mark.finding("F-106")
@pytest.mark.parametrize("form", trial.FORMS, ids=lambda form: form.code)
def test_raters_read_what_they_rate_and_nothing_else(form):
    assert rated_by_raters(form) == (people.RATER in may_read_form(form))
    assert rated_by_raters(form) == (people.RATER in form.read_by)


@pytest.mark.finding("F-107")
@pytest.mark.parametrize(("day", "said"), [(-14, "before day 1"), (8, "day 8"), (None, "")])
def test_a_visit_says_on_which_day_it_is_planned(day, said):
    assert Visit("X1", "Some visit", 5, day).on_day == said
