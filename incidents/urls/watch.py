from django.urls import path

from incidents.views import watch

urlpatterns = [
    path("watch/", watch.show_watch_items, name="watch_items"),
    path("watch/new/", watch.light_item, name="light_watch_item"),
    path("watch/<int:pk>/", watch.show_watch_item, name="watch_item"),
    path("watch/<int:pk>/edit/", watch.change, name="change_watch_item"),
    path("watch/<int:pk>/prolong/", watch.prolong_item, name="prolong_watch_item"),
    path("watch/<int:pk>/close/", watch.close, name="close_watch_item"),
]
