"""The stored log, read again."""

from ivr.domain.acd.history import LogRow, promises, stories

PROMISE = {"place": 2, "told": "2-4", "predicted_s": 150.0, "waited_s": 130.5, "answered": True, "held": True}


def rows(*told: tuple[float, str, str, str]) -> list[LogRow]:
    return [LogRow(at, entry, operator, what) for at, entry, operator, what in told]


def test_who_waited_and_was_answered() -> None:
    waits = LogRow(100.0, "one", "", "waits", {"hindrance": "nobody_free", "staff": {"talking": 3}})
    again = LogRow(160.0, "one", "", "waits", {"hindrance": "nobody_logged_in", "staff": {}})
    more = rows(
        (150.0, "one", "101", "offered"),
        (165.0, "one", "101", "missed"),
        (170.0, "one", "102", "answered"),
        (230.0, "one", "102", "talk_ended"),
        (231.0, "", "102", "ignored"),
    )
    (story,) = stories([waits, again, *more])
    assert (story.began, story.waited_s, story.talk_s, story.misses) == (100.0, 70.0, 60.0, 1)
    assert (story.operator, story.outcome, story.why, story.staff) == ("102", "answered", "nobody_free", {"talking": 3})


def test_who_was_cut_off_has_waited_once_and_talked_twice() -> None:
    (story,) = stories(
        rows(
            (0.0, "one", "101", "offered"),
            (5.0, "one", "101", "answered"),
            (15.0, "one", "101", "returned"),
            (20.0, "one", "102", "answered"),
            (50.0, "one", "102", "talk_unproven"),
        )
    )
    assert (story.waited_s, story.talk_s, story.operator, story.why) == (5.0, 40.0, "102", "")


def test_an_operator_who_hangs_up_before_the_talk_has_not_served_him() -> None:
    talks = rows((0.0, "one", "", "waits"), (5.0, "one", "101", "answered"), (8.0, "one", "101", "missed"))
    (story,) = stories(talks)
    assert (story.waited_s, story.talk_s, story.operator, story.people, story.misses) == (None, 0.0, "", [], 1)
    talks += rows((20.0, "one", "102", "answered"), (50.0, "one", "102", "returned"))
    talks += rows((52.0, "one", "102", "answered"), (54.0, "one", "102", "missed"))
    (story,) = stories(talks)
    assert (story.waited_s, story.talk_s, story.operator, story.people) == (20.0, 30.0, "102", ["102"])


def test_who_left_and_whom_nobody_served_and_who_still_waits() -> None:
    left, nobody, waiting = stories(
        rows(
            (0.0, "left", "", "waits"),
            (1.0, "nobody", "", "waits"),
            (2.0, "waiting", "", "waits"),
            (40.0, "left", "", "left"),
            (61.0, "nobody", "", "released"),
        )
    )
    assert (left.waited_s, left.outcome) == (40.0, "left")
    assert (nobody.waited_s, nobody.outcome) == (60.0, "nobody_came")
    assert (waiting.waited_s, waiting.outcome) == (None, "")


def test_a_callback_waits_until_its_customer_is_reached() -> None:
    (story,) = stories(
        rows(
            (0.0, "one", "", "waits"),
            (10.0, "one", "", "callback_asked"),
            (60.0, "one", "101", "answered"),
            (80.0, "one", "", "callback_failed"),
            (500.0, "one", "102", "answered"),
            (560.0, "one", "102", "talk_ended"),
        )
    )
    assert story.callback and (story.waited_s, story.outcome, story.operator) == (500.0, "answered", "102")


def test_promises() -> None:
    (told,) = promises([LogRow(300.0, "one", "", "promised", PROMISE), *rows((1.0, "one", "", "waits"))])
    assert (told.entry, told.place, told.told, told.predicted_s, told.waited_s) == ("one", 2, "2-4", 150.0, 130.5)
    assert told.answered and told.held
    assert stories([LogRow(300.0, "one", "", "promised", PROMISE)]) == []


def test_all_who_talked_with_him_are_told_once() -> None:
    told = rows((0.0, "one", "101", "answered"), (60.0, "one", "101", "answered"), (90.0, "one", "102", "talk_ended"))
    deeds = [
        LogRow(10.0, "one", "101", "conference", {"to": "102"}),
        LogRow(20.0, "one", "101", "handed", {"to": "102"}),
        LogRow(40.0, "one", "102", "outside", {"to": "meter_lab", "talk_s": 5.0}),
        LogRow(50.0, "one", "102", "handed"),
    ]
    (story,) = stories([told[0], *deeds, *told[1:]])
    assert (story.people, story.operator) == (["101", "102", "meter_lab"], "101")


def test_who_is_sent_on_waits_and_does_not_talk_meanwhile() -> None:
    rows = [
        LogRow(0.0, "one", "anna", "offered"),
        LogRow(5.0, "one", "anna", "answered"),
        LogRow(15.0, "one", "", "moved", {"told": "companies"}),
        LogRow(35.0, "one", "boris", "answered"),
        LogRow(45.0, "one", "vera", "moved", {"told": "handed by boris"}),
        LogRow(50.0, "one", "", "talk_ended"),
    ]
    story = stories(rows)[0]
    assert (story.waited_s, story.talk_s, story.outcome) == (5.0, 25.0, "answered")
