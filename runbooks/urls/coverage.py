"""Coverage: what is there, what is missing, and the rules of monitoring."""

from django.urls import path

from runbooks.views import coverage, coverage_alerts

app_name = "coverage"
urlpatterns = [
    path("", coverage.show_services, name="services"),
    path("coverage.svg", coverage.show_picture, name="picture"),
    path("coverage.csv", coverage.download_services, name="services_csv"),
    path("alerts/", coverage_alerts.show_alerts, name="alerts"),
    path("alerts/alerts.csv", coverage_alerts.download_alerts, name="alerts_csv"),
    path("alerts/stub/", coverage_alerts.start_stub, name="stub"),
    path("alerts/files/<int:pk>/delete/", coverage_alerts.delete_file, name="delete_file"),
    path("alerts/asked/<int:pk>/clear/", coverage_alerts.clear_question, name="clear_question"),
]
