"""What people fill in when they return, accept, ask, answer, add and call off."""

from __future__ import annotations

from django import forms

from handoffs.services.contract.accepting import LONGEST_PROOF
from handoffs.services.contract.lapsing import LONGEST_REASON as LONGEST_LAPSE
from handoffs.services.contract.questions import LONGEST
from handoffs.services.contract.returning import LONGEST_REASON as LONGEST_RETURN
from runbooks.forms import MarkdownField


class SeenForm(forms.Form):
    """Names the snapshot that was on the screen; where it is left out, the newest one is refused as not looked at."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32767, required=False)

    def clean_number(self) -> int:
        return self.cleaned_data["number"] or 0


class EntryForm(SeenForm):
    entry = forms.CharField(widget=forms.HiddenInput, max_length=120)


class RestForm(SeenForm):
    has_read = forms.BooleanField(label="I have read all of them", required=False)


class ReturnForm(SeenForm):
    reason = forms.CharField(
        label="What is missing or not right?",
        max_length=LONGEST_RETURN,
        widget=forms.Textarea({"rows": 3}),
        help_text="Whoever hands over reads it, and can write again.",
        error_messages={"required": "Say what has to be added or put right."},
    )


class AcceptForm(SeenForm):
    """The signature of the incoming side, with the digest that was on the screen."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    despite_questions = forms.BooleanField(label="I accept, although questions have no answer yet", required=False)
    proof_reason = forms.CharField(
        label="How do you know that a page reaches you?",
        max_length=LONGEST_PROOF,
        required=False,
        help_text="Only without an answered test page. It stands in what you sign.",
    )


class QuestionForm(forms.Form):
    entry = forms.CharField(widget=forms.HiddenInput, max_length=120, required=False)
    text = forms.CharField(
        label="Question",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Write your question first."},
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="Answer",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Write your answer first."},
    )


class AddendumForm(forms.Form):
    addendum = MarkdownField(
        label="Addendum",
        widget=forms.Textarea({"rows": 4}),
        help_text="Markdown. It stands below what was signed, with your name, and can't be changed.",
        error_messages={"required": "Write something first."},
    )


class LapseForm(forms.Form):
    reason = forms.CharField(
        label="Why is it called off?",
        max_length=LONGEST_LAPSE,
        widget=forms.Textarea({"rows": 2}),
        help_text="Both people are told. From then on the schedule alone says who is responsible.",
        error_messages={"required": "Say why it is called off."},
    )
