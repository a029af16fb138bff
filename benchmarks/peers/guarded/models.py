"""What django-guardian guards."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    """A message; its number is its key."""

    id = models.BigIntegerField(primary_key=True)
    text = models.TextField()

    class Meta:
        """Where it belongs."""

        app_label = "guarded"
