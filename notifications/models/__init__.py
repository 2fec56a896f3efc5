"""The tables of notifications."""

from .notification import Notification
from .preference import NotificationPreference, NotificationSettings

__all__ = ["Notification", "NotificationPreference", "NotificationSettings"]
