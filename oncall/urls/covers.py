"""What differs from the plan: overrides, swaps, absences, gaps; one's own shifts; hours."""

from django.urls import URLPattern, path

from oncall.views import covers, gaps, hours, my_oncall, swaps

ROTATION = "oncall/<slug:team>/<slug:rotation>/"

urlpatterns: list[URLPattern] = [
    path(f"{ROTATION}override/", covers.override, name="override"),
    path(f"{ROTATION}take/", covers.take, name="take"),
    path(f"{ROTATION}swap/", swaps.ask, name="ask_swap"),
    path(f"{ROTATION}gaps/", gaps.show_gaps, name="gaps"),
    path(f"{ROTATION}hours/", hours.show_hours, name="hours"),
    path(f"{ROTATION}hours.csv", hours.download_hours, name="hours_csv"),
    path("overrides/<int:pk>/take-back/", covers.take_back, name="take_back_override"),
    path("gaps/<int:pk>/take-back/", gaps.take_mark_back, name="take_back_gap"),
    path("swaps/<int:pk>/", swaps.show_swap, name="swap"),
    path("me/shifts/", my_oncall.show_my_shifts, name="my_shifts"),
    path("me/absences/", my_oncall.edit_my_absences, name="my_absences"),
    path("people/<int:pk>/absences/", my_oncall.edit_absences, name="absences"),
    path("absences/<int:pk>/take-back/", my_oncall.take_back_absence, name="take_back_absence"),
]
