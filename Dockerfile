FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONUTF8=1 PYTHONPATH=/srv/lianhui UV_PYTHON_DOWNLOADS=never
WORKDIR /srv/lianhui

# The list pins uv itself: pip takes that one out of it, and uv installs the rest. Hashes are checked.
COPY requirements.txt launcher/setup.py launcher/without_pip.py launcher/__init__.py /tmp/launcher/
RUN mkdir -p /opt/lianhui \
    && mv /tmp/launcher/requirements.txt /opt/lianhui/ \
    && PYTHONPATH=/tmp python /tmp/launcher/setup.py /opt/lianhui \
    && rm -rf /tmp/launcher /root/.cache

COPY . .
RUN useradd --system --create-home lianhui && mkdir /data && chown lianhui /data
USER lianhui
ENV PATH=/opt/lianhui/.venv/bin:$PATH
EXPOSE 8000

CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "24", "--respawn-failed-workers", \
     "--workers-kill-timeout", "5", "--respawn-interval", "0.5", "--no-ws", "wsgi:app"]
