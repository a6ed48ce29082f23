"""What the user of a vending machine tests."""

from hypothesis import settings

import bgsync
from vending import Vending, nothing_lost


@bgsync.machine_test(data=True, arguments={"insert": [1, 2]}, invariants=[nothing_lost])
def test_no_money_is_lost():
    return Vending()


@bgsync.machine_test(data=True, arguments={"insert": [1, 2]}, invariants=[nothing_lost])
def test_no_money_is_lost_when_it_is_kept():
    return Vending(keeps=True)


def test_with_the_fixture(check_machine):
    report = check_machine(Vending, name="vending", leads_to=[("serving", "serving")])
    assert report.reachable == ("idle", "paying", "serving")


TestRandomly = bgsync.stateful_test(Vending, invariants=[nothing_lost], arguments={"insert": [1, 2]})


TestRandomlyWithoutARefill = bgsync.stateful_test(
    Vending, invariants=["purse + money + taken == 7"], arguments={"insert": [1]}, stubs=["paid", "begin"]
)


for each in (TestRandomly, TestRandomlyWithoutARefill):
    each.settings = settings(each.settings, max_examples=30)


class TestRandomlyWithTheBug(bgsync.stateful_test(lambda: Vending(keeps=True), invariants=[nothing_lost],
                                                  arguments={"insert": [1, 2]})):  # fmt: skip
    pass
