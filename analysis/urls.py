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
    "rehearsal": views.rehearsal,
    "final": views.final,
    "monitoring_open": views.monitoring_open,
    "monitoring_closed": views.monitoring_closed,
}
for name, view in NAMED.items():
    urlpatterns += [path(f"{name}/", view, name=name), path(f"{name}/<slug:format>/", view, name=f"{name}_file")]
urlpatterns += [
    path("data/", output_views.data, name="data"),
    path("codebook/", output_views.the_codebook, name="codebook"),
    path("codebook/<slug:format>/", output_views.the_codebook, name="codebook_file"),
    path("outputs/", output_views.made, name="outputs"),
    path("outputs/<int:pk>/", output_views.output, name="output"),
    path("outputs/<int:pk>/cancel/", output_views.cancel, name="output_cancel"),
    path("outputs/<int:pk>/again/", output_views.again, name="output_again"),
    path("outputs/<int:pk>/files/<str:name>/", output_views.output_file, name="output_file"),
]
