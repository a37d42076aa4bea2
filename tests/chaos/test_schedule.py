"""A schedule comes from its seed, holds every fault, and can be written down and read again."""

from chaos import schedule


def test_every_fault_is_planned_at_least_once_however_short_the_run():
    planned = {fault.kind for fault in schedule.make(3, 1.5).faults}

    assert planned == {*schedule.PROCESS_FAULTS, *schedule.WECHAT_FAULTS}


def test_the_same_seed_plans_the_same():
    assert schedule.make(3, 60.0) == schedule.make(3, 60.0)
    assert schedule.make(3, 60.0) != schedule.make(4, 60.0)


def test_a_written_schedule_is_read_back_as_it_was(tmp_path):
    made = schedule.make(3, 60.0)
    made.write(tmp_path / "schedule.json")

    assert schedule.read(tmp_path / "schedule.json") == made


def test_a_run_can_be_narrowed_to_some_faults():
    kinds = {fault.kind for fault in schedule.make(3, 60.0, "kill_database").faults}

    assert kinds == {"kill_database", "kill_database_backend"}
    assert schedule.make(3, 60.0, "none").faults == ()
