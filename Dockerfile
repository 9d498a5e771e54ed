# One image for web, worker and beat; docker-compose.yml says which is which.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=portal.settings \
    PORTAL_DATA=/data \
    STATIC_ROOT=/app/collected-static \
    HOST=0.0.0.0 \
    PORT=8000

RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal --mode 0750 /data

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY . .
# The key is for this one command, and is kept nowhere.
RUN python -m compileall -q . \
    && SECRET_KEY=only-while-the-image-is-built python -m portal.prepare static

USER portal
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "gunicorn.conf.py"]
