"""Settings of the product. Read from environment variables only; nothing else lives here."""
