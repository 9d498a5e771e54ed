"""Who is on call now, for every team."""

from django.urls import URLPattern, path

from oncall.views import board

urlpatterns: list[URLPattern] = [path("oncall/", board.show_board, name="board")]
