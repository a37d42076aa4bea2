"""Web entry: `granian --interface wsgi wsgi:app`, and `flask --app wsgi …` for the commands."""

import gc

gc.disable()  # what is made while starting stays: looking for waste in it is a seventh of the start

from app import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.set_threshold(20_000, 10, 10)  # requests leave little that only this finds
gc.enable()
