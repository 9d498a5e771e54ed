from django.urls import URLPattern, path

from oncall.views import addresses, deliveries, mailbox, reach

urlpatterns: list[URLPattern] = [
    path("me/addresses/", addresses.edit_addresses, name="addresses"),
    path("me/addresses/choices/", addresses.set_choices, name="address_choices"),
    path("me/addresses/quiet-hours/", addresses.set_quiet_hours, name="quiet_hours"),
    path("contacts/<int:pk>/addresses/", addresses.edit_contact_addresses, name="contact_addresses"),
    path("channels/<int:pk>/addresses/", addresses.edit_channel_addresses, name="channel_addresses"),
    path("addresses/<int:pk>/test/", addresses.test_address, name="test_address"),
    path("addresses/<int:pk>/switch/", addresses.switch_address, name="switch_address"),
    path("addresses/<int:pk>/remove/", addresses.remove_address, name="remove_address"),
    path("addresses/<int:pk>/secret/", addresses.renew_secret, name="renew_address_secret"),
    path("people/<int:pk>/test/", reach.test_person, name="test_person"),
    path("answer/<str:token>/", reach.answer_test, name="answer_test"),
    path("me/notifications/", deliveries.list_own, name="my_notifications"),
    path("notifications/", deliveries.list_all, name="notifications"),
    path("notifications/resend/", deliveries.resend_all, name="resend_all"),
    path("notifications/<int:pk>/resend/", deliveries.resend_one, name="resend_delivery"),
    path("mailbox/", mailbox.list_mails, name="mailbox"),
    path("mailbox/empty/", mailbox.empty, name="empty_mailbox"),
    path("mailbox/<int:pk>/", mailbox.show_mail, name="mail"),
    path("mailbox/<int:pk>/html/", mailbox.show_html, name="mail_html"),
    path("mailbox/<int:pk>/raw/", mailbox.show_raw, name="mail_raw"),
]
