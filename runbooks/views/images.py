"""Images: taken in by content, given out to whoever is logged in."""

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.http import Request
from runbooks.errors import ImageRefused
from runbooks.models import Image
from runbooks.models.image import EXTENSIONS
from runbooks.services import store_image
from runbooks.views.common import may_add_images


@require_POST
def upload_image(request: Request) -> HttpResponse:
    """Keep the uploaded image; answers with its address and the Markdown that shows it, or 422 with the reason."""
    if not may_add_images(request.user):
        return JsonResponse({"error": "You may not put in pictures."}, status=403)
    upload = request.FILES.get("image")
    if upload is None:
        return JsonResponse({"error": "No image was sent."}, status=422)
    try:
        image = store_image(upload.read(settings.MAX_IMAGE_BYTES + 1), user=request.user)
    except ImageRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    url = image.get_absolute_url()
    markdown = f"![Describe the image]({url})"
    # `image_code` is the name markdownx looks for.
    return JsonResponse({"url": url, "markdown": markdown, "image_code": markdown}, status=201)


def show_image(request: Request, sha256: str, extension: str) -> HttpResponse:
    """The bytes. They never change under this address, so browsers may keep them for a year."""
    image = get_object_or_404(Image, sha256=sha256)
    if EXTENSIONS[image.media_type] != extension:
        raise Http404("There is no such image.")
    response = HttpResponse(bytes(image.content), content_type=image.media_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
