"""Import: a folder of Markdown goes in as it is, again and again, and only what changed becomes a new version."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from oncall.models import Service
from runbooks.errors import Refused
from runbooks.models import Runbook, RunbookVersion, SourceImage, Status
from runbooks.reading import NotText, decode
from runbooks.reading.document import Link
from runbooks.rendering import Reading, check_text, understand
from runbooks.search.rebuilding import count_for_planner
from runbooks.services import check_secrets, publish_text, reread_version, store_image
from runbooks.services.common import free_slug
from runbooks.services.reviews import spread_reviews
from runbooks.sources import SourceMap
from runbooks.transfer import placing
from runbooks.transfer.files import FileRefused, SourceFolder

Progress = Callable[[list[str]], Iterable[str]]
MANY = 50  # documents after which what PostgreSQL knows of the tables is out of date


@dataclass
class Outcome:
    """What an import did, by path relative to the imported folder."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)  # images that were left out

    def __str__(self) -> str:
        return (
            f"created {len(self.created)}, updated {len(self.updated)}, "
            f"unchanged {len(self.unchanged)}, rejected {len(self.rejected)}"
        )


@dataclass
class Importer:
    """One import of one folder."""

    folder: SourceFolder
    now: dt.datetime
    status: str = Status.ACTIVE
    author: User | None = None
    service: Service | None = None
    is_example: bool = False
    outcome: Outcome = field(default_factory=Outcome)
    made: list[int] = field(default_factory=list)  # the runbooks that are new

    def __post_init__(self) -> None:
        self.map = SourceMap.load(self.source)

    @property
    def source(self) -> str:
        """The first part of all ids of this import; a forced service keeps equal folders of two services apart."""
        return self.id_of("x").split("/", 1)[0]

    def id_of(self, path: str) -> str:
        source_id = self.folder.id_of(path)
        return f"{self.service.slug}:{source_id}" if self.service else source_id

    def run(self, paths: Iterable[str]) -> Outcome:
        """Import the files; one that is rejected is noted, and the others still go in."""
        for path in paths:
            try:
                with transaction.atomic():
                    getattr(self.outcome, self.take(path)).append(path)
            except (FileRefused, NotText, Refused) as refusal:
                self.outcome.rejected[printable(path)] = str(refusal)
            except ValidationError as error:
                self.outcome.rejected[printable(path)] = "; ".join(error.messages)
        if self.outcome.created:
            self.mend_links()
            self.spread_reviews()
        return self.outcome

    def take(self, path: str) -> str:
        """Import one file: "created", "updated" or "unchanged"."""
        source_id = self.id_of(path)
        if printable(source_id) != source_id:
            raise FileRefused("its name is not valid UTF-8")
        if len(source_id) > 700 or len(path) > 600:
            raise FileRefused("its path is longer than 600 characters")
        content = self.folder.read(path, settings.MAX_IMPORT_BYTES)
        sha256 = hashlib.sha256(content).hexdigest()
        runbook = Runbook.objects.select_related("service").filter(source_id=source_id).first()
        if runbook is not None and runbook.source_sha256 == sha256 and not self.waits_for_activation(runbook):
            return "updated" if self.renew_images(runbook, path) else "unchanged"
        text = decode(content)
        check_text(text, settings.MAX_IMPORT_BYTES)
        check_secrets(text, runbook)
        reading = understand(text, path=path, resolve=self.map.resolver(source_id))
        if self.store_images(path, reading.document.links):
            reading = understand(text, path=path, resolve=self.map.resolver(source_id))
        is_new = runbook is None
        if runbook is None:
            runbook = self.make_runbook(path, source_id, reading)
        self.publish(runbook, text, reading, sha256, path)
        if is_new:
            self.made.append(runbook.pk)
        return "created" if is_new else "updated"

    def waits_for_activation(self, runbook: Runbook) -> bool:
        """Whether the same text went in as a draft before and is now wanted active."""
        return self.status == Status.ACTIVE and not runbook.versions.active().exists()

    def make_runbook(self, path: str, source_id: str, reading: Reading) -> Runbook:
        document = reading.document
        service = placing.find_service(document, path, self.folder.root.name, self.service)
        title = placing.find_title(document)
        stem = Path(path).stem
        runbook = Runbook(
            service=service,
            kind=placing.find_kind(document),
            title=title,
            slug=free_slug(service.pk, title if stem.lower() in placing.INDEX_NAMES else stem),
            owner=placing.find_owner(document) or self.author,
            team=placing.find_team(document, service),
            classification=placing.find_classification(document),
            source_id=source_id,
            source_path=path,
            is_example=self.is_example,
        )
        runbook.full_clean()
        runbook.save()
        self.map.add_runbook(source_id, service.slug, runbook.slug)
        return runbook

    def publish(self, runbook: Runbook, text: str, reading: Reading, sha256: str, path: str) -> None:
        publish_text(
            runbook,
            text,
            reading,
            status=self.status,
            author=self.author,
            now=self.now,
            change_summary=f"Imported from {path}",
        )
        Runbook.objects.filter(pk=runbook.pk).update(source_sha256=sha256)

    def renew_images(self, runbook: Runbook, path: str) -> bool:
        """For a text that did not change: whether an image beside it is new or did, and the page was made again with it."""
        version = runbook.shown_version
        if version is None or not self.store_images(path, [Link(**link) for link in version.document["links"]]):
            return False
        reread_version(version, self.map.resolver(str(runbook.source_id)))
        return True

    def store_images(self, path: str, links: Iterable[Link]) -> bool:
        """Take in the images beside the text that it shows; whether there is one the text could not be read with before."""
        is_new = False
        for target in dict.fromkeys(self.image_path(path, link.target) for link in links if link.kind == "image"):
            if target is None:
                continue
            try:
                image = store_image(self.folder.read(target, settings.MAX_IMAGE_BYTES), user=self.author)
            except (FileRefused, Refused) as refusal:
                self.outcome.notes[target] = str(refusal)
                continue
            source_id = self.id_of(target)
            SourceImage.objects.update_or_create(source_id=source_id, defaults={"source_path": target, "image": image})
            is_new |= self.map.addresses.get(source_id) != image.get_absolute_url()
            self.map.addresses[source_id] = image.get_absolute_url()
        return is_new

    def image_path(self, path: str, target: str) -> str | None:
        """The path of an image that a document points to, relative to the folder; None when it is not a file here."""
        if "://" in target or target.startswith(("/", "#", "data:")):
            return None
        return self.folder.find(path, unquote(target.partition("#")[0].partition("?")[0]))

    def spread_reviews(self) -> None:
        """What came in together would be due together. Texts that say when they were reviewed keep their days."""
        never = Runbook.objects.filter(pk__in=self.made, last_reviewed_on__isnull=True)
        spread_reviews(list(never.values_list("pk", flat=True)), self.now.date())

    def mend_links(self) -> None:
        """Read those documents again whose links pointed to something that came in only now."""
        broken = RunbookVersion.objects.filter(
            runbook__source_id__startswith=f"{self.source}/",
            document__links__contains=[{"kind": "relative", "is_broken": True}],
        )
        for version in broken.select_related("runbook").iterator(chunk_size=50):
            resolve = self.map.resolver(str(version.runbook.source_id))
            targets = [x["target"] for x in version.document["links"] if x["kind"] == "relative" and x["is_broken"]]
            if any(resolve(target) for target in targets):
                reread_version(version, resolve)


def printable(path: str) -> str:
    """The path with bytes of a file name that are no UTF-8 written as `\\udc..`, for such a name can't be printed or stored."""
    return path.encode("utf-8", "backslashreplace").decode()


def import_path(
    path: Path,
    *,
    now: dt.datetime,
    status: str = Status.ACTIVE,
    author: User | None = None,
    service: Service | None = None,
    progress: Progress = lambda paths: paths,
) -> Outcome:
    """Import a file or a folder of Markdown. Raises FileNotFoundError when there is nothing at `path`."""
    if not path.exists():
        raise FileNotFoundError(f"There is nothing at {path}.")
    folder = SourceFolder.at(path)
    paths = list(folder.list_documents()) if path.is_dir() else [path.name]
    importer = Importer(folder=folder, now=now, status=status, author=author, service=service)
    outcome = importer.run(progress(paths))
    if len(outcome.created) + len(outcome.updated) >= MANY:
        count_for_planner()  # autovacuum would, but only after a while in which searches were slow
    return outcome
