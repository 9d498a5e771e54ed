from django.urls import URLPattern, path

from incidents.views import alerts

urlpatterns: list[URLPattern] = [
    path("alerts/", alerts.list_alerts, name="alerts"),
    path("alerts/<int:pk>/", alerts.show_alert, name="alert"),
]
