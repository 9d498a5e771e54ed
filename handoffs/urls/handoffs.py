from django.urls import URLPattern, path

from handoffs.views import handoffs

urlpatterns: list[URLPattern] = [
    path("", handoffs.show_handoffs, name="handoffs"),
]
