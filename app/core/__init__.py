"""Ground floor: database, clock, errors, who may call. Imports nothing above it and knows no shop."""
