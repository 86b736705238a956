"""`{% url %}` for two URL spaces: same syntax as Django's."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from tenants.links import any_url

register = template.Library()


class SpaceURLNode(URLNode):
    def render(self, context: Any) -> str:
        name = self.view_name.resolve(context)
        args = [arg.resolve(context) for arg in self.args]
        kwargs = {key: value.resolve(context) for key, value in self.kwargs.items()}
        try:
            url = any_url(name, *args, **kwargs)
        except NoReverseMatch:
            if not self.asvar:
                raise
            url = ""  # as Django's own tag does; the admin relies on it
        if self.asvar:
            context[self.asvar] = url
            return ""
        return str(conditional_escape(url)) if context.autoescape else url


@register.tag
def url(parser: Parser, token: Token) -> SpaceURLNode:
    node = django_url(parser, token)
    return SpaceURLNode(node.view_name, node.args, node.kwargs, node.asvar)
