from django.urls import path

from incidents.views import maintenance

urlpatterns = [
    path("maintenance/", maintenance.list_maintenance, name="maintenance"),
    path("maintenance/new/", maintenance.plan, name="plan_maintenance"),
    path("maintenance/<int:pk>/", maintenance.show_window, name="maintenance_window"),
    path("maintenance/<int:pk>/edit/", maintenance.change, name="change_maintenance"),
    path("maintenance/<int:pk>/cancel/", maintenance.cancel, name="cancel_maintenance"),
    path("maintenance/<int:pk>/run/", maintenance.start, name="run_maintenance"),
]
