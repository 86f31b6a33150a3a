"""The sitemap of the public guide: every article in every language, each beside its counterparts."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from knowledge.models import Article
from knowledge.openness import absolute

if TYPE_CHECKING:
    Base = Sitemap[Article]
else:
    Base = Sitemap


class GuideSitemap(Base):
    limit = 5000

    def items(self) -> list[Article]:
        articles = Article.objects.standing().select_related("published").defer("published__body")
        return list(articles.order_by("language", "order", "key"))

    def location(self, item: Article) -> str:
        return reverse("article", args=[item.language, item.key])

    def lastmod(self, item: Article) -> datetime | None:
        return item.published.created_at if item.published else None

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.PUBLIC_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        """Of the address people open, whatever name this request came by."""
        return urlsplit(settings.PUBLIC_URL).netloc

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        urls: list[dict[str, Any]] = super().get_urls(page, site, protocol)
        spoken: dict[str, list[str]] = defaultdict(list)
        for url in urls:
            spoken[url["item"].key].append(url["item"].language)
        for url in urls:
            key = url["item"].key
            url["alternates"] = [{"lang_code": one, "location": absolute("article", one, key)} for one in spoken[key]]
        return urls
