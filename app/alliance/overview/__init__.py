"""How the alliance does, day by day: kept as a row a day, so that nobody adds up all sales."""
