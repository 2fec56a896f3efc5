"""The audit trail."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse

from moderation.enums import Right
from moderation.queries.trail import Filter, trail_page

from .pages import needs, page


class TrailForm(forms.Form):
    """Filters, all optional."""

    actor = forms.CharField(required=False, max_length=254, label="Who (beginning of the address)")
    action = forms.RegexField(r"^[a-z_.]*$", required=False, max_length=60, label="What (beginning)")
    case = forms.UUIDField(required=False, label="Case")
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))
    below = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def filter(self) -> Filter:
        """Whole days in UTC, the last one included."""
        values = self.cleaned_data
        return Filter(
            actor=values["actor"],
            action=values["action"],
            case=values["case"] if isinstance(values["case"], UUID) else None,
            since=datetime.combine(values["since"], time(), UTC) if values["since"] else None,
            until=datetime.combine(values["until"] + timedelta(days=1), time(), UTC)
            if values["until"]
            else None,
            below=values["below"],
        )


@needs(Right.READ_AUDIT)
def trail_view(request: HttpRequest) -> HttpResponse:
    form = TrailForm(request.GET)
    found = trail_page(form.filter() if form.is_valid() else Filter())
    query = request.GET.copy()
    query["below"] = str(found.below)
    return page(request, "trail", "Audit trail", form=form, found=found, older=query.urlencode())
