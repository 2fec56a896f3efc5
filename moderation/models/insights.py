"""Figures about the whole, made on a schedule. No person, no conversation and no text is in them."""

from __future__ import annotations

from django.db import models


class InsightDay(models.Model):
    """One day (UTC) of messages. Written by make_insight_day() (sql/0013_insights); read by who has the right."""

    day = models.DateField(primary_key=True)
    total_messages = models.BigIntegerField()
    #: People who wrote, under their name or not.
    active_senders = models.BigIntegerField()
    active_conversations = models.BigIntegerField()
    #: In characters, of messages that have a text; NULL where none has.
    avg_message_length = models.FloatField(null=True)
    #: How many of each type of message.
    types = models.JSONField(default=dict)
    #: Turns that began that day where somebody else was there to answer, and those answered within 24 hours.
    turns = models.BigIntegerField()
    answered = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "insight_day"
        ordering = ("day",)

    def __str__(self) -> str:
        return str(self.day)


class Insight(models.Model):
    """A set of figures as they were last made: `health`, `moderation`, `statements`, `indexes`."""

    name = models.TextField(primary_key=True)
    figures = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "insight"

    def __str__(self) -> str:
        return self.name
