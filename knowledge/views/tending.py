"""Work on the guide: what is missing, for everybody to see; acts for those who may."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knowledge import access, tending
from knowledge.translating import only_behind, translate
from knowledge.views.common import in_room, may_edit, other_language
from knowledge.views.leading import edit_url
from secdash.accounts.access import member, needs
from secdash.accounts.roles import Act


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    context = {
        "work": tending.work(timezone.now()),
        "may_edit": may_edit(request),
        "may_publish": member(request).can(Act.PUBLISH_GUIDE),
    }
    return render(request, "knowledge/work.html", in_room(context))


@require_POST
@needs(Act.PUBLISH_GUIDE)
def section_reviewed(request: HttpRequest, language: str, key: str) -> HttpResponse:
    here = access.article_for(request, language, key)
    anchor = request.POST.get("anchor", "")
    if tending.review(here, anchor, by=member(request), at=timezone.now()) is None:
        raise Http404
    messages.success(request, _("Noted: you read it, and it is still right."))
    return redirect(f"{reverse('guide-work')}#due")


@require_POST
@needs(Act.EDIT_GUIDE)
def translate_article(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """Into this language, from the other; where one section is behind, that one is opened."""
    access.articles_for(request, language)
    source = access.published(access.article_for(request, other_language(language), key))
    proposal = translate(source, language, by=member(request), at=timezone.now())
    return redirect(edit_url(proposal, section=only_behind(proposal, source)))
