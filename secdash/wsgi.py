"""The WSGI application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from secdash.web.settling import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")

application = get_wsgi_application()
settle()
