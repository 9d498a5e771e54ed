"""The site map."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

admin.site.site_header = admin.site.site_title = "Runbook portal"
admin.site.index_title = "Administration"

urlpatterns = [
    path("", include("portal.pages.urls")),
    path("runbooks/", include("runbooks.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.login_urls")),
    path("admin/", admin.site.urls),
]
if settings.PORTAL_BENCHMARK:
    urlpatterns.append(path("benchmark/", include("portal.benchmark.urls")))
