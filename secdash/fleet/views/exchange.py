"""Importing hosts from a file: first what it would do, then doing it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from secdash.accounts.access import member
from secdash.accounts.roles import Act
from secdash.fleet import access
from secdash.fleet.exchange import planning, reading
from secdash.fleet.exchange.fields import FIELDS
from secdash.web.saying import said


class ImportForm(forms.Form):
    """A file, or its text; the text is what is carried from the preview to the act."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=False,
        max_length=reading.LARGEST,
        widget=forms.Textarea(attrs={"rows": "8", "spellcheck": "false"}),
    )

    @property
    def given(self) -> str:
        upload = self.cleaned_data["file"]
        if upload is None:
            return str(self.cleaned_data["text"])
        return str(upload.read(reading.LARGEST + 1).decode("utf-8", "replace"))


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs_somewhere(Act.MANAGE_HOSTS)
def hosts_import(request: HttpRequest) -> HttpResponse:
    user = member(request)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    context: dict[str, object] = {"form": form, "fields": FIELDS}
    if not form.is_bound or not form.is_valid():
        return render(request, "fleet/import.html", context, status=422 if form.is_bound else 200)
    text = form.given
    try:
        todo = planning.plan(reading.read(text), user=user)
    except reading.Unreadable as unreadable:
        form.add_error(None, said(unreadable.message))
        return render(request, "fleet/import.html", context, status=422)
    if request.POST.get("sure") == todo.digest and todo.does_something:
        planning.carry_out(todo, by=user, at=timezone.now())
        messages.success(request, _("The hosts are imported."))
        if todo.adds_offline:
            messages.info(request, _("Each new offline host has a key: download secdash-collect with it on its page."))
        return redirect("hosts")
    seen = request.POST.get("sure", "")
    return render(request, "fleet/import.html", {**context, "plan": todo, "text": text, "moved": bool(seen)})
