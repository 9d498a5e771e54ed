from django.urls import URLPattern, path

from incidents.views import watch

urlpatterns: list[URLPattern] = [
    path("watch/", watch.show_watch_items, name="watch_items"),
    path("watch/<int:pk>/", watch.show_watch_item, name="watch_item"),
]
