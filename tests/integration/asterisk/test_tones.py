"""Keys come once and in order, whichever of AMI and AGI tells of them first, and when one of them never does."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from ivr.adapters.asterisk.tones import ToneFeed, ToneFeeds


def taken(feed: ToneFeed) -> str:
    keys = []
    while (key := feed.take()) is not None:
        keys.append(key)
    return "".join(keys)


async def test_a_key_told_by_ami_first_counts_once() -> None:
    feed = ToneFeed()
    before = feed.events
    feed.from_ami("5")
    await feed.from_agi("5", before, link_up=True)
    assert taken(feed) == "5"


async def test_a_key_told_by_agi_first_waits_for_its_event_and_counts_once() -> None:
    feed = ToneFeed()
    waiting = asyncio.create_task(feed.from_agi("5", feed.events, link_up=True, patience_s=10))
    await asyncio.sleep(0)
    assert not feed.waiting
    feed.from_ami("5")
    await waiting
    assert taken(feed) == "5"


async def test_an_event_that_never_comes_does_not_lose_the_key() -> None:
    feed = ToneFeed()
    await feed.from_agi("7", feed.events, link_up=True, patience_s=0.01)
    assert taken(feed) == "7"


async def test_an_event_that_comes_late_is_swallowed() -> None:
    feed = ToneFeed()
    await feed.from_agi("7", feed.events, link_up=True, patience_s=0.01)
    feed.from_ami("7")
    feed.from_ami("7")
    assert taken(feed) == "77"


async def test_without_the_link_agi_alone_is_heard() -> None:
    feed = ToneFeed()
    await feed.from_agi("1", feed.events, link_up=False)
    await feed.from_agi("1", feed.events, link_up=False)
    assert taken(feed) == "11"


async def test_what_a_lost_link_owed_is_not_awaited_from_the_next_link() -> None:
    feeds = ToneFeeds()
    feed = feeds.open("a")
    await feed.from_agi("3", feed.events, link_up=True, patience_s=0.01)
    feeds.link_lost()
    feeds.key("a", "3")
    assert taken(feed) == "33"


async def test_keys_between_two_commands_are_not_lost() -> None:
    feed = ToneFeed()
    before = feed.events
    for key in "1234":
        feed.from_ami(key)
    await feed.from_agi("1", before, link_up=True)
    assert taken(feed) == "1234"


async def test_a_habitual_hash_means_nothing_once_and_in_time() -> None:
    feed = ToneFeed()
    feed.expect_habit("#", within_s=10)
    feed.from_ami("#")
    feed.from_ami("#")
    assert taken(feed) == "#"
    feed.expect_habit("#", within_s=10)
    feed.from_ami("1")
    feed.from_ami("#")
    assert taken(feed) == "1#"
    feed.expect_habit("#", within_s=-1)
    feed.from_ami("#")
    assert taken(feed) == "#"


def test_forget_drops_what_was_pressed_before() -> None:
    feed = ToneFeed()
    feed.from_ami("9")
    feed.forget()
    feed.from_ami("1")
    assert taken(feed) == "1"


def test_a_key_of_a_call_that_is_gone_is_nobodys() -> None:
    feeds = ToneFeeds()
    feed = feeds.open("a")
    feeds.close("a")
    feeds.key("a", "1")
    feeds.close("a")
    assert not feed.waiting


@given(st.lists(st.tuples(st.sampled_from("0123456789*#"), st.sampled_from(["ami", "agi_first", "late"])), max_size=30))
def test_every_press_counts_exactly_once(presses: list[tuple[str, str]]) -> None:
    async def press_all() -> str:
        feed = ToneFeed()
        for key, way in presses:
            before = feed.events
            if way == "ami":
                feed.from_ami(key)
                await feed.from_agi(key, before, link_up=True)
            elif way == "agi_first":
                waiting = asyncio.create_task(feed.from_agi(key, before, link_up=True, patience_s=10))
                await asyncio.sleep(0)
                feed.from_ami(key)
                await waiting
            else:
                await feed.from_agi(key, before, link_up=True, patience_s=0)
                feed.from_ami(key)
        return taken(feed)

    assert asyncio.run(press_all()) == "".join(key for key, _ in presses)
