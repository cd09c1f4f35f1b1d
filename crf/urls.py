"""The pages of the record."""

from django.urls import path

from crf.rules import laboratory
from crf.rules.result_files import SPECIFICATIONS
from crf.views import (
    access,
    accounts,
    alerts,
    audit,
    casebook_files,
    checks,
    code_break,
    code_breaks,
    copies,
    course,
    eligibility,
    entry,
    help,
    home,
    imports,
    judge,
    left_drafts,
    levels,
    limits,
    lock,
    not_done,
    oversight,
    panel,
    pharmacy,
    queries,
    randomise,
    ratings,
    redactions,
    review_trail,
    roles,
    safety,
    session,
    sign,
    sites,
    subjects,
    trail,
    verify,
    visits,
    watch_list,
    way_back,
)

app_name = "crf"
subject = "subjects/<str:number>/"
person = "people/account/<str:username>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("subjects/", subjects.subjects, name="subjects"),
    path("subjects/enrol/", subjects.enrol, name="enrol"),
    path("visits/", visits.matrix, name="matrix"),
    path("queries/", queries.queries, name="queries"),
    path("queries/<int:pk>/", queries.query, name="query"),
    path("queries/ask/<str:form>/<int:record>/", queries.ask, name="ask_query"),
    path("ratings/", ratings.ratings, name="ratings"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("code-breaks/", code_breaks.code_breaks, name="code_breaks"),
    path("code-breaks/emergency/", code_breaks.emergency, name="emergency"),
    path("code-breaks/<int:pk>/", code_breaks.code_break_entry, name="code_break_entry"),
    path("pharmacy/", pharmacy.pharmacy, name="pharmacy"),
    path("list/", watch_list.allocation_list, name="allocation_list"),
    path("safety/", safety.safety, name="safety"),
    path("safety/<str:number>/<int:row>/arm/", safety.open_arm, name="safety_arm"),
    path("safety/<str:number>/<int:row>/arm/<int:log_id>/", safety.reveal, name="safety_reveal"),
    path("study/lock/", lock.lock, name="lock"),
    path("study/trail/", trail.trail, name="trail"),
    path("study/trail/export/", trail.export_trail, name="export_trail"),
    path("study/trail/review/", review_trail.review_trail, name="review_trail"),
    path("study/check/", trail.record_check, name="record_check"),
    path("redactions/<int:pk>/", redactions.redaction, name="redaction"),
    path("copies/", copies.copies, name="copies"),
    path("copies/compare/", copies.compare_copies, name="compare_copies"),
    path("copies/take/<str:code>/", copies.take_copy, name="take_copy"),
    path("copies/<int:pk>/confirm/", copies.confirm_copy, name="confirm_copy"),
    path("help/", help.help_page, name="help"),
    path("session/", session.stay, name="stay"),
    path("study/checks/", checks.checks, name="checks"),
    path("study/casebook-blank.pdf", casebook_files.blank, name="casebook_blank"),
    path("drafts/", oversight.drafts, name="drafts"),
    path("drafts/<int:pk>/", left_drafts.settle, name="settle_draft"),
    path("exports/", oversight.exports, name="exports"),
    path("people/", accounts.accounts, name="accounts"),
    path("people/new/", accounts.open_account, name="open_account"),
    path("people/review/", access.access_review, name="access_review"),
    path("people/sign-ins/", access.sign_ins, name="sign_ins"),
    path("people/roles/", roles.roles_on, name="roles_on"),
    path("people/roles.csv", roles.roles_on_file, name="roles_on_file"),
    path("people/roles/<int:held>/end/", roles.end_role, name="end_role"),
    path("people/roles/<int:held>/correct/", roles.correct_role, name="correct_role"),
    path(person, accounts.account, name="account"),
    path(person + "correct/", accounts.correct_account, name="correct_account"),
    path(person + "state/", accounts.account_state, name="account_state"),
    path(person + "link/", accounts.send_link, name="send_link"),
    path(person + "change/", accounts.decide_change, name="decide_change"),
    path(person + "identity/", accounts.confirm_identity, name="confirm_identity"),
    path(person + "roles/new/", roles.give_role, name="give_role"),
    path("sites/", sites.sites, name="sites"),
    path("sites/<str:code>/", sites.site, name="site"),
    path("sites/<str:code>/activate/", sites.activate_site, name="activate_site"),
    path("sites/<str:code>/close/", sites.close_site, name="close_site"),
    path(subject, subjects.subject, name="subject"),
    path(subject + "attest/", eligibility.attest, name="attest"),
    path(subject + "screen-failure/", eligibility.screen_failure, name="screen_failure"),
    path(subject + "randomise/", randomise.randomise, name="randomise"),
    path(subject + "audit/", audit.audit, name="audit"),
    path(subject + "course/", course.course, name="course"),
    path(subject + "course.svg", course.course_figure, name="course_figure"),
    path(subject + "casebook.pdf", casebook_files.casebook, name="casebook_file"),
    path(subject + "redactions/", redactions.redactions, name="redactions"),
    path(subject + "code-break/", code_break.code_break, name="code_break"),
    path(subject + "code-break/planned/", code_breaks.plan_code_break, name="plan_code_break"),
    path(subject + "code-break/accident/", code_breaks.lost_blind, name="lost_blind"),
    path(subject + "code-break/<int:log_id>/", code_break.reveal, name="reveal"),
    path(subject + "sign/", sign.sign, name="sign"),
    path(subject + "lock/", lock.casebook_lock, name="casebook_lock"),
    path(subject + "visits/new/", visits.begin, name="begin_visit"),
    path(subject + "visits/<str:visit>/complete/", visits.complete, name="complete_visit"),
    path(subject + "visits/<str:visit>/missed/", visits.miss, name="miss_visit"),
    path(subject + "visits/<str:visit>/undo/", way_back.undo_visit, name="undo_visit"),
    path(subject + "annul/", way_back.annul, name="annul"),
    path(subject + "visits/<str:visit>/verify/", verify.verify_visit, name="verify_visit"),
]

# Pages of a laboratory, of drug levels and of result files are there in a trial that has them.
if laboratory.FORM:
    report = f"{subject}<str:visit>/{laboratory.FORM.code}/"
    urlpatterns += [
        path("limits/", limits.limits, name="limits"),
        path("limits/new/", limits.new_limits, name="new_limits"),
        path(report + "panel/", panel.panel, name="panel"),
        path(report + "judge/", judge.judge, name="judge_laboratory"),
        path(report + "panel/draft/", panel.draft, name="panel_draft"),
        path(report + "panel/discard/", panel.discard, name="panel_discard"),
    ]
if levels.FORM:
    urlpatterns += [
        path("levels/", levels.levels, name="levels"),
        path("levels/<str:number>/<int:row>/", levels.level, name="level"),
        path("levels/<str:number>/<int:row>/draft/", levels.draft, name="level_draft"),
    ]
if SPECIFICATIONS:
    urlpatterns += [
        path("imports/", imports.imports, name="imports"),
        path("imports/<str:kind>/", imports.upload, name="import_upload"),
        path("imports/<str:kind>/<str:site>/<str:sha256>/", imports.file, name="import_file"),
        path("imports/<str:kind>/<str:site>/<str:sha256>/discard/", imports.discard, name="import_discard"),
    ]

# Last, because they would match every path of this depth.
record = subject + "<str:visit>/<str:form>/"
for path_to_row in (record, record + "<int:row>/"):
    urlpatterns += [
        path(path_to_row, entry.record, name="record"),
        path(path_to_row + "draft/", entry.draft, name="draft"),
        path(path_to_row + "discard/", entry.discard, name="discard"),
        path(path_to_row + "settle/", entry.settle, name="settle"),
        path(path_to_row + "void/", way_back.void, name="void"),
        path(path_to_row + "move/", way_back.move, name="move"),
        path(path_to_row + "withdraw/", verify.withdraw_verification, name="withdraw_verification"),
        path(path_to_row + "not-done/", not_done.not_done, name="not_done"),
    ]
