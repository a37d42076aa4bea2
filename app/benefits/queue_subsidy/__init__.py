"""Queue subsidy 排队补贴: purchases take places, the pool of concessions pays from the front."""

from app.benefits.contract import Benefit, Funder
from app.benefits.queue_subsidy import opening, queues, reading, wording
from app.benefits.queue_subsidy.schemas import QueueSettings

BENEFIT = Benefit(
    name=queues.NAME,
    title=wording.TITLE,
    settings=QueueSettings,
    funders=(Funder.QUEUE_POOL,),
    open_room=opening.open_room,
    news=wording.news,
    why=wording.why,
    published=queues.open_queue,
    returned=queues.note_returned,
    report=reading.report,
    view=reading.view,
    example=QueueSettings().model_dump(mode="json"),
)
