from django.urls import URLPattern, path

from handoffs.views import contract, verifying

urlpatterns: list[URLPattern] = [
    path("<int:pk>/submit/", contract.submit_handoff, name="submit"),
    path("<int:pk>/quiet/", contract.submit_quiet, name="quiet"),
    path("<int:pk>/return/", contract.return_handoff, name="return"),
    path("<int:pk>/accept-entry/", contract.take_entry, name="accept_entry"),
    path("<int:pk>/accept-rest/", contract.take_rest, name="accept_rest"),
    path("<int:pk>/accept/", contract.accept_handoff, name="accept"),
    path("<int:pk>/ask/", contract.ask_question, name="ask"),
    path("<int:pk>/questions/<int:question>/answer/", contract.answer_question, name="answer"),
    path("<int:pk>/addenda/", contract.write_addendum, name="addenda"),
    path("<int:pk>/test/", contract.test_page, name="test"),
    path("<int:pk>/lapse/", contract.lapse_handoff, name="lapse"),
    path("<int:pk>/verify/", verifying.verify, name="verify"),
    path("<int:pk>/snapshots/<int:number>/", verifying.download, name="snapshot"),
]
