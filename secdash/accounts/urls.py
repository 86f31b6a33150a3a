"""/accounts/… is the door, /settings/account/… one's own account.

Of django-allauth's pages those alone are here that are wanted and have our look; it looks them up by these names.
"""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from secdash.accounts import account_views as own
from secdash.accounts import provider, views

OIDC = {"provider_id": provider.ID}
asked = require_http_methods(["GET", "HEAD", "POST"])  # what is not asked of a page is refused, as everywhere

urlpatterns = [
    path("accounts/login/", views.login, name="login"),
    path("accounts/login/", views.login, name="account_login"),
    path("accounts/logout/", views.logout, name="logout"),
    path("accounts/logout/", views.logout, name="account_logout"),
    path("accounts/welcome/<uidb64>/<token>/", views.welcome, name="welcome"),
    path("accounts/invited/<str:token>/", views.invited, name="invited"),
    path("accounts/forgotten/", views.forgotten, name="forgotten"),
    path("accounts/closed/", views.closed, name="account_inactive"),
    path("accounts/code/", asked(mfa.authenticate), name="mfa_authenticate"),
    path("accounts/passkey/", asked(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("accounts/oidc/login/", provider.begin, OIDC, name="openid_connect_login"),
    path("accounts/oidc/callback/", provider.callback, OIDC, name="openid_connect_callback"),
    path("accounts/again/", asked(allauth.reauthenticate), name="account_reauthenticate"),
    path("accounts/again/code/", asked(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/again/passkey/", asked(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("language/", own.set_language, name="set-language"),
    path("settings/account/", own.account, name="account"),
    path("settings/account/", own.account, name="mfa_index"),
    path("settings/account/", own.account, name="mfa_list_webauthn"),
    path("settings/account/name/", own.account_name, name="account-name"),
    path("settings/account/password/", own.account_password, name="account-password"),
    path("settings/account/app/", asked(app.activate_totp), name="mfa_activate_totp"),
    path("settings/account/app/remove/", asked(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("settings/account/passkeys/add/", asked(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("settings/account/passkeys/<int:pk>/remove/", asked(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("settings/account/codes/", require_safe(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("settings/account/codes/new/", asked(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path(
        "settings/account/codes/download/",
        require_safe(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("settings/account/sessions/end/", own.account_sessions_end, name="account-sessions-end"),
    path("settings/account/sessions/<int:pk>/end/", own.account_session_end, name="account-session-end"),
    path("settings/account/provider/leave/", own.account_provider_leave, name="account-provider-leave"),
]
