from django.urls import URLPattern, path

from handoffs.views import page, writing

urlpatterns: list[URLPattern] = [
    path("<int:pk>/", page.show_handoff, name="handoff"),
    path("<int:pk>/live/", page.follow_handoff, name="live"),
    path("<int:pk>/tick/", writing.tick_item, name="tick"),
    path("<int:pk>/tick-note/", writing.write_tick_note, name="tick_note"),
    path("<int:pk>/words/", writing.write_the_words, name="words"),
    path("<int:pk>/entry-note/", writing.write_note, name="entry_note"),
    path("<int:pk>/preview/", writing.preview, name="preview"),
]
