"""Reviews: the queue, one-click answers, links that lead out, charts."""

from django.urls import URLPattern, path

from runbooks.views import links, review_charts, review_mail, review_policy, reviews

app_name = "reviews"
urlpatterns: list[URLPattern] = [
    path("", reviews.show_queue, name="queue"),
    path("charts/", review_charts.show_charts, name="charts"),
    path("charts/chart.csv", review_charts.download_chart, name="charts_csv"),
    path("spread/", reviews.spread, name="spread"),
    path("teams/<slug:slug>/", review_policy.edit_policy, name="policy"),
    path("answer/<str:token>/", review_mail.answer_mail, name="answer"),
    path("<int:pk>/", review_mail.show_recorded, name="recorded"),
    path("<int:pk>/take-back/", reviews.take_back, name="take_back"),
    path("tasks/<int:pk>/done/", reviews.finish_task, name="finish_task"),
    path("links/", links.show_links, name="links"),
    path("links/links.csv", links.download_links, name="links_csv"),
    path("links/hosts/<int:pk>/", links.show_host, name="links_host"),
    path("links/hosts/<int:pk>/check/", links.check_host, name="links_check"),
]
