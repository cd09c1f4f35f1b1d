"""Where the pages are."""

from importlib.util import find_spec

from django.urls import include, path

from crf.views import own_account

handler500 = "trialsite.operations.outages.mistake"
urlpatterns = [
    # In front of allauth's pages of addresses, which keep a second list that nobody confirmed.
    path("accounts/email/", own_account.change_email, name="account_email"),
    path("accounts/email/confirm/<str:token>/", own_account.confirm_email, name="account_confirm_own_email"),
    path("accounts/confirm-email/", own_account.nothing_here, name="account_no_such_page"),
    path("accounts/confirm-email/<path:rest>", own_account.nothing_here, name="account_no_such_page"),
    path("accounts/", include("allauth.urls")),
    path("service/", include("trialsite.operations.urls")),
]
if find_spec("analysis.urls"):
    urlpatterns.append(path("reports/", include("analysis.urls")))
if find_spec("crf.urls"):
    urlpatterns.append(path("", include("crf.urls")))
