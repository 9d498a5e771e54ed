from django.urls import URLPattern, path

from handoffs.views import page

urlpatterns: list[URLPattern] = [
    path("<int:pk>/", page.show_handoff, name="handoff"),
]
