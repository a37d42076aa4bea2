"""A member disputes who brought them; two of the staff may put it right."""
