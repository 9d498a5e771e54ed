from django.urls import path

from incidents.views import communication, status_page, update_templates

urlpatterns = [
    path("incidents/<int:number>/update/", communication.write_update, name="update"),
    path("incidents/<int:number>/update/preview/", communication.preview_update, name="preview_update"),
    path("incidents/<int:number>/updates/", communication.show_updates, name="updates"),
    path("status/", status_page.show_status, name="status"),
    path("status/live/", status_page.show_live, name="status_live"),
    path("update-templates/", update_templates.list_templates, name="update_templates"),
    path("update-templates/new/", update_templates.add_template, name="add_update_template"),
    path("update-templates/adopt/", update_templates.adopt, name="adopt_update_template"),
    path("update-templates/<int:pk>/", update_templates.edit_template, name="edit_update_template"),
    path("update-templates/<int:pk>/delete/", update_templates.delete_template, name="delete_update_template"),
]
