from __future__ import annotations

from voicebot.engine.routing import Routing

ROUTING = Routing(services={"1000": "duty", "2000": "welfare"}, most_calls=2)


def test_the_called_number_decides_the_service() -> None:
    assert ROUTING.route(called="2000", calls_now=0, stopping=False) == {
        "VB_ROUTE": "stasis",
        "VB_SERVICE": "welfare",
    }


def test_an_unknown_number_goes_to_people() -> None:
    assert ROUTING.route(called="9999", calls_now=0, stopping=False) == {"VB_ROUTE": "queue"}


def test_any_other_number_may_be_given_a_service() -> None:
    routing = Routing(services={"*": "duty"}, most_calls=2)
    assert routing.route(called="0311234567", calls_now=0, stopping=False)["VB_SERVICE"] == "duty"


def test_a_full_or_stopping_engine_sends_people_to_people() -> None:
    assert ROUTING.route(called="1000", calls_now=2, stopping=False) == {"VB_ROUTE": "queue"}
    assert ROUTING.route(called="1000", calls_now=0, stopping=True) == {"VB_ROUTE": "queue"}
