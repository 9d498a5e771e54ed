from django.urls import URLPattern, path

from handoffs.views import policy

urlpatterns: list[URLPattern] = [
    path("settings/<slug:team>/<slug:rotation>/", policy.edit_policy, name="policy"),
]
