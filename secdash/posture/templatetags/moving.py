"""The words of what moved a score."""

from __future__ import annotations

from fractions import Fraction

from django import template

from secdash.web import steps

register = template.Library()


@register.filter
def points(value: Fraction | float) -> str:
    """+4, −1.7, ±0; a hundredth where it is small."""
    points = float(value)
    return steps.signed(points, digits=1 if abs(points) >= 1 else 2)


@register.filter
def figure(value: Fraction | float) -> str:
    """A score with one digit at most: 71, 64.3."""
    return steps.figure(float(value))
