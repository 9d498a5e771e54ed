from django.urls import URLPattern, path

from handoffs.views import handoffs

urlpatterns: list[URLPattern] = [
    path("mine/", handoffs.show_mine, name="mine"),
]
