from django.urls import URLPattern, path

from handoffs.views import handoffs, opening

urlpatterns: list[URLPattern] = [
    path("", handoffs.show_handoffs, name="handoffs"),
    path("new/", opening.open_new, name="new"),
]
