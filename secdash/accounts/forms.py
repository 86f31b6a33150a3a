"""The forms of the door and of one's own account."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from secdash.accounts import entering
from secdash.accounts.locking import Locked
from secdash.accounts.models import User

NEW = forms.PasswordInput(attrs={"autocomplete": "new-password"})
OLD = forms.PasswordInput(attrs={"autocomplete": "current-password"})


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            self._look(found["username"], found["password"])
        return found

    def _look(self, name: str, password: str) -> None:
        now = timezone.now()
        try:
            self.user = entering.by_password(self.request, name, password, at=now)
        except entering.Refused:
            raise forms.ValidationError(_("Name or password is wrong.")) from None
        except Locked as locked:
            raise forms.ValidationError(wait_words((locked.until - now).total_seconds()), code="locked") from None

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Called by django-allauth's view once the form is valid."""
        assert self.user is not None  # noqa: S101 - only a valid form gets here
        return entering.enter(request, self.user, redirect_url=redirect_url)


def wait_words(seconds: float) -> str:
    minutes = max(1, -int(-seconds // 60))
    text = ngettext(
        "Too many tries were wrong. Try again in %(n)d minute.",
        "Too many tries were wrong. Try again in %(n)d minutes.",
        minutes,
    )
    return text % {"n": minutes}


class NewPassword(forms.Form):
    """A password, and the same once more."""

    password = forms.CharField(label=_("New password"), strip=False, widget=NEW, max_length=1000)
    again = forms.CharField(label=_("The same once more"), strip=False, widget=NEW, max_length=1000)

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("The two are not the same."))
        return again


class AcceptForm(NewPassword, forms.ModelForm):  # type: ignore[type-arg]  # takes none when it runs
    """Who somebody is who was invited."""

    field_order = ("username", "first_name", "last_name", "email", "password", "again")

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
        labels = {"email": _("E-mail address")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update(autocomplete="username", autocapitalize="none")
        self.fields["password"].label = _("Password")

    def clean_username(self) -> str:
        """No two names that differ by case alone."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This name is taken."))
        return name

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # of ModelForm: the person is filled in now
        _judge(self, self.instance)


class PasswordForm(NewPassword):
    """Their own password, changed by whoever knows the old one."""

    old = forms.CharField(label=_("Present password"), strip=False, widget=OLD, max_length=1000)
    field_order = ("old", "password", "again")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise forms.ValidationError(_("This is not your present password."))
        return old

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        _judge(self, self.user)
        return found


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none when it runs
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("as the browser asks for")), *settings.LANGUAGES],
        required=False,
        help_text=_("Of pages, and of what is mailed to you."),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "language")
        labels = {"email": _("E-mail address")}


class ForgottenForm(forms.Form):
    name = forms.CharField(label=_("Username or e-mail address"), max_length=254)


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(label=_("Name"), required=False, max_length=60)
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"),
        required=False,
        initial=True,
        help_text=_("It then asks for a finger, a face or a PIN each time."),
    )


def _judge(form: forms.BaseForm, user: User) -> None:
    """By the rules for passwords, which look at the person's names too."""
    password = form.cleaned_data.get("password")
    if not password:
        return
    try:
        validate_password(password, user)
    except forms.ValidationError as error:
        form.add_error("password", error)
