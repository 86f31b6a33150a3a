"""What a page of an error may show while developing: no value whose name says that it opens something."""

from __future__ import annotations

import re
from collections.abc import ItemsView
from typing import Any

from django.views.debug import SafeExceptionReporterFilter

NAMES = (
    "API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|COOKIE|CREDENTIAL|IDENTITY|SEAL|SESSION|OIDC|DSN"
    "|DATABASE|CACHES|REDIS|BROKER|MAIL|ADDRESS|ENVIRON"
)


class Careful(SafeExceptionReporterFilter):
    """Django hides settings by name; addresses of servers hold passwords too, and so do variables of a traceback."""

    hidden_settings = re.compile(NAMES, re.IGNORECASE)

    def get_post_parameters(self, request: Any) -> dict[str, Any]:
        """Also while developing."""
        return {name: self.cleanse_setting(name, value) for name, value in super().get_post_parameters(request).items()}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:
        found = super().get_traceback_frame_variables(request, tb_frame)
        return {name: self.cleanse_setting(name, value) for name, value in found}.items()
