"""The tables of notifications."""

from .device import PushDevice
from .notification import Notification
from .outbox import SUMMARY, DeliveryState, DeliveryTally, NotificationDecision, PushAction, PushDelivery
from .preference import NotificationPreference, NotificationSettings

__all__ = [
    "SUMMARY",
    "DeliveryState",
    "DeliveryTally",
    "Notification",
    "NotificationDecision",
    "NotificationPreference",
    "NotificationSettings",
    "PushAction",
    "PushDelivery",
    "PushDevice",
]
