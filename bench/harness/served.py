"""What the web server of a benchmark loads."""

from bench.harness.web import application

app = application()
