from django.urls import URLPattern, path

from oncall.views import people

urlpatterns: list[URLPattern] = [path("people/<int:pk>/replace/", people.replace, name="replace_person")]
