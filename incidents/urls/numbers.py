"""Numbers about incidents."""

from django.urls import URLPattern, path

from incidents.views import numbers

urlpatterns: list[URLPattern] = [
    path("incidents/numbers/", numbers.show_numbers, name="numbers"),
    path("incidents/numbers.csv", numbers.download_table, name="numbers_csv"),
]
