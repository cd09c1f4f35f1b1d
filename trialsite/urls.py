"""Where the pages are."""

from importlib.util import find_spec

from django.urls import include, path

handler500 = "trialsite.operations.outages.mistake"
urlpatterns = [path("accounts/", include("allauth.urls")), path("service/", include("trialsite.operations.urls"))]
if find_spec("analysis.urls"):
    urlpatterns.append(path("reports/", include("analysis.urls")))
if find_spec("crf.urls"):
    urlpatterns.append(path("", include("crf.urls")))
