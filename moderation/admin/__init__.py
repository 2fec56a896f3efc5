"""What others brought into the admin site, under our rules: read-only, and without secrets.

Not shown: Django's own sessions (their keys are cookies that sign somebody in), single permissions and content
types (they follow from the code).
"""

from . import conversations, django_models, sign_in, work

__all__ = ["conversations", "django_models", "sign_in", "work"]
