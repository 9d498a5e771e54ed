from django.urls import path

from portal.pages import health, now, search, services
from runbooks.views.people import list_people_found

app_name = "portal"
urlpatterns = [
    path("", now.show_now, name="now"),
    path("search/", search.show_search, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("search/unanswered/", search.list_unanswered, name="unanswered"),
    path("search/unanswered/<int:pk>/clear/", search.clear_unanswered, name="clear_unanswered"),
    path("services/", services.list_services, name="service_list"),
    path("services/<slug:slug>/", services.show_service, name="service_detail"),
    path("contacts/found/", list_people_found, name="people_found"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
