"""Images shown in runbooks, kept in the database: web processes stay stateless and one backup holds everything."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.urls import reverse

from accounts.models import User

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Image(models.Model):
    """A picture, named by the hash of its bytes: the same picture twice is one row, and it can be cached for ever."""

    sha256 = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=20, choices=[(t, t) for t in EXTENSIONS])
    content = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="image_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("sha256", "media_type", "content", "width", "height"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{EXTENSIONS[self.media_type]}"

    def get_absolute_url(self) -> str:
        return reverse("runbooks:image", args=[self.sha256, EXTENSIONS[self.media_type]])


class SourceImage(models.Model):
    """Where an imported image stood beside its Markdown, so that links find it and the export writes it back."""

    source_id = models.CharField(max_length=700, unique=True)
    source_path = models.CharField(max_length=600)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="sources")

    def __str__(self) -> str:
        return self.source_id
