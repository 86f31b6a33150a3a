"""What every answer tells the browser beside Django's own headers and the content security policy."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# Nothing here uses any of them, and nothing that gets in shall.
UNUSED = (
    "accelerometer", "autoplay", "bluetooth", "camera", "display-capture", "encrypted-media", "fullscreen", "gamepad",
    "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
OWN, STRANGERS = "private, no-store", "private, no-cache"


class Hardened:
    """Pages of whoever signed in are kept by no cache, not even by their browser: the next one at it sees nothing.

    A view that says how long its answer may be kept is believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        # Who they are is not asked where the answer is that the database is away: asking would fail as well.
        signed_in = response.status_code >= 500 or (user is not None and user.is_authenticated)
        for name, value in {**HEADERS, "Cache-Control": OWN if signed_in else STRANGERS}.items():
            response.headers.setdefault(name, value)
        return response
