"""Kept answers no longer hold to whom an order is shipped, nor its pick-up code."""

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

BLANK = """'{"receiver": null, "pickup_code": null}'::jsonb"""
ORDERS = f"""
    UPDATE core_request SET body = body || {BLANK}
    WHERE jsonb_exists(body, 'pickup_code') AND jsonb_exists(body, 'receiver')
"""
PLACED = f"""
    UPDATE core_request SET body = jsonb_set(
        body, '{{orders}}', (
            SELECT coalesce(jsonb_agg(placed.body || {BLANK} ORDER BY placed.number), '[]')
            FROM jsonb_array_elements(core_request.body -> 'orders')
                WITH ORDINALITY AS placed (body, number)
        )
    )
    WHERE jsonb_path_exists(body, '$.orders[*].pickup_code')
"""


def upgrade() -> None:
    """What is read anew each time since is taken out of the answers given before."""
    op.execute(ORDERS)
    op.execute(PLACED)


def downgrade() -> None:
    """What was taken out stands encrypted with its order."""
