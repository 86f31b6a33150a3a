"""The form by which a picture is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from knowledge.pictures.bounds import MAX_BYTES
from knowledge.pictures.cleaning import too_large
from secdash.web.saying import said


class PictureForm(forms.Form):
    file = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/svg+xml"}),
        error_messages={"required": _("Choose a picture.")},
    )
    words = forms.CharField(
        label=_("What it shows"),
        max_length=120,
        error_messages={"required": _("Say in words what the picture shows, for those who cannot see it.")},
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refused by its size before it is read."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(said(too_large()))
        return file
