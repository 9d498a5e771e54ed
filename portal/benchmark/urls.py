from django.urls import path

from portal.benchmark import views

urlpatterns = [path("bare/<slug:service>/<slug:slug>/", views.show_bare)]
