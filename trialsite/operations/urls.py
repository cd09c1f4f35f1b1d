"""The administrator's page about the service itself."""

from django.urls import path

from trialsite.operations import views

app_name = "service"
urlpatterns = [path("", views.service, name="service"), path("mails/", views.try_mails_again, name="try_mails_again")]
