"""A member invites a phone number; whoever proves to have it confirms, and is bound by that."""
