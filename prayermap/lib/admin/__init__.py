"""The admin site's ground floor: lists that stay fast on big tables, pages that mostly show.

Every app's admin stands on `FastModelAdmin` or `ReadOnlyAdmin`, so that another look (a console theme) has
one place to go.
"""

from .links import link, list_link
from .model_admin import FastModelAdmin, ReadOnlyAdmin
from .sections import Section, SectionMaker, section

__all__ = ["FastModelAdmin", "ReadOnlyAdmin", "Section", "SectionMaker", "link", "list_link", "section"]
