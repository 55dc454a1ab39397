"""Tokens, limits and sessions, by a clock that the test sets."""

from unittest.mock import Mock

from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web.limits import MOST_KEYS, RateLimit
from pipeline.web.page import page
from pipeline.web.sessions import IDLE_S, Sessions, is_own_form
from pipeline.web.tokens import hash_token, is_token, new_token, read_signed, signed


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4),
    st.binary(min_size=1),
)
def test_a_signed_token_reads_back_until_it_expires(facts: dict[str, int | str], key: bytes) -> None:
    facts.pop("exp", None)
    token = signed(facts, key, expires=100)
    assert read_signed(token, key, now=99) == facts
    assert read_signed(token, key, now=100) is None
    assert read_signed(token, key + b"x", now=99) is None


@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    assert read_signed(text, b"key") is None


def test_a_token_is_stored_as_its_hash() -> None:
    token = new_token()
    assert is_token(token, hash_token(token))
    assert not is_token(new_token(), hash_token(token))


@given(st.lists(st.floats(0, 30), max_size=60))
def test_no_more_than_the_limit_in_any_time(pauses: list[float]) -> None:
    now = [0.0]
    limit = RateLimit(5, 10.0, clock=lambda: now[0])
    times = list[float]()
    for pause in pauses:
        now[0] += pause
        if limit.allow("a"):
            times.append(now[0])
    for start in times:
        within = [time for time in times if start <= time < start + 100]
        assert len(within) <= 5 + 100 / 10 + 1
    assert limit.allow("another")


def test_the_limit_forgets_rather_than_grows() -> None:
    limit = RateLimit(1, 1e9)
    for number in range(MOST_KEYS + 10):
        limit.allow(str(number))
    assert not limit.allow(str(MOST_KEYS + 9))
    assert limit.allow("0")


def asked(cookie: str, value: str) -> web.Request:
    request = Mock(spec=web.Request)
    request.cookies = {cookie: value}
    return request


def test_a_session_lives_while_it_is_used() -> None:
    now = [0.0]
    sessions = Sessions("s", is_https=True, clock=lambda: now[0])
    answer = web.Response()
    made = sessions.begin(answer)
    cookie = answer.cookies["__Host-s"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    request = asked("__Host-s", cookie.value)
    now[0] = IDLE_S - 1
    assert sessions.get(request) is made
    assert is_own_form(made, made.csrf)
    assert not is_own_form(made, "x")
    assert not is_own_form(None, "x")
    now[0] += IDLE_S + 1
    assert sessions.get(request) is None


def test_signing_in_makes_the_earlier_cookie_worthless() -> None:
    sessions = Sessions("s", is_https=False)
    before, after = web.Response(), web.Response()
    made = sessions.begin(before)
    sessions.begin(after, made)
    assert sessions.get(asked("s", before.cookies["s"].value)) is None
    assert sessions.get(asked("s", after.cookies["s"].value)) is made


def test_a_page_escapes_what_it_is_given() -> None:
    from markupsafe import Markup

    made = page("<b>", Markup("<main></main>"), name='"x"', scripts=['"><script>'])
    assert "<b>" not in made
    assert "&lt;b&gt;" in made
    assert '"><script>' not in made
