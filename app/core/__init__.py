"""Ground floor: database, clock, errors, who may call. Imports nothing above, knows no shop."""
