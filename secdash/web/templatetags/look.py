"""The look, part by part, behind one `{% load look %}`. Every tag takes plain values and draws one fragment."""

from __future__ import annotations

from django import template

from secdash.web.templatetags import controls, figures, signs

register = template.Library()
for part in (signs, figures, controls):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
