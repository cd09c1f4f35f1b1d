"""Where the reports are."""

from django.urls import path

from analysis import output_views, views
from analysis.sealed import opening, treatments

app_name = "analysis"

urlpatterns = [
    path("", views.index, name="index"),
    path("opening/", opening.opening, name="opening"),
    path("treatments/", treatments.treatments, name="treatments"),
]
NAMED = {
    "blinded": views.blinded,
    "conduct": views.conduct,
    "rehearsal": views.rehearsal,
    "final": views.final,
    "monitoring_open": views.monitoring_open,
    "monitoring_closed": views.monitoring_closed,
}
for name, view in NAMED.items():
    urlpatterns += [path(f"{name}/", view, name=name), path(f"{name}/<slug:format>/", view, name=f"{name}_file")]
urlpatterns += [
    path("data/", output_views.data, name="data"),
    path("data/unblinded/", output_views.unblinded_data, name="unblinded_data"),
    path("codebook/", output_views.the_codebook, name="codebook"),
    path("codebook/<slug:format>/", output_views.the_codebook, name="codebook_file"),
]
