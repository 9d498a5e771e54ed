from django.urls import URLPattern, path

from oncall.views import directory, vendors

urlpatterns: list[URLPattern] = [
    path("contacts/", directory.list_contacts, name="contacts"),
    path("contacts/new/", directory.add_contact, name="add_contact"),
    path("contacts/me/", directory.show_mine, name="my_contact"),
    path("contacts/cards.vcf", directory.show_cards, name="contact_cards"),
    path("contacts/ways/<int:pk>/confirm/", directory.confirm_way, name="confirm_way"),
    path("contacts/<int:pk>/", directory.show_contact, name="contact"),
    path("contacts/<int:pk>/edit/", directory.edit_contact, name="edit_contact"),
    path("contacts/<int:pk>/left/", directory.mark_left, name="mark_left"),
    path("contacts/<int:pk>/back/", directory.bring_back, name="bring_back"),
    path("contacts/<int:pk>/confirm/", directory.confirm_contact, name="confirm_contact"),
    path("contacts/<int:pk>/card.vcf", directory.show_card, name="contact_card"),
    path("contacts/vendors/", vendors.list_vendors, name="vendors"),
    path("contacts/vendors/new/", vendors.add_vendor, name="add_vendor"),
    path("contacts/vendors/<int:pk>/", vendors.show_vendor, name="vendor"),
    path("contacts/vendors/<int:pk>/edit/", vendors.edit_vendor, name="edit_vendor"),
    path("contacts/vendors/<int:pk>/confirm/", vendors.confirm_vendor, name="confirm_vendor"),
    path("contacts/vendors/<int:pk>/delete/", vendors.delete_vendor, name="delete_vendor"),
    path("contacts/channels/", vendors.list_channels, name="channels"),
    path("contacts/channels/new/", vendors.add_channel, name="add_channel"),
    path("contacts/channels/<int:pk>/", vendors.show_channel, name="channel"),
    path("contacts/channels/<int:pk>/edit/", vendors.edit_channel, name="edit_channel"),
    path("contacts/channels/<int:pk>/confirm/", vendors.confirm_channel, name="confirm_channel"),
    path("contacts/channels/<int:pk>/delete/", vendors.delete_channel, name="delete_channel"),
]
