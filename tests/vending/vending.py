"""A vending machine with money, as its user would write it."""

from transitions import Machine

PRICE, PURSE = 3, 7


class Vending:
    """Takes coins up to the price, and gives a drink."""

    def __init__(self, keeps: bool = False) -> None:
        self.purse, self.money, self.taken = PURSE, 0, 0
        self.keeps = keeps
        self.machine = Machine(
            model=self,
            states=["idle", "paying", "serving"],
            initial="idle",
            auto_transitions=False,
            transitions=[
                dict(trigger="insert", source=["idle", "paying"], dest="paying", conditions="fits", before="add"),
                dict(trigger="choose", source="paying", dest="serving", conditions="paid"),
                dict(trigger="cancel", source="paying", dest="idle", before="give_back"),
                dict(trigger="take", source="serving", dest="idle", before="keep"),
                dict(trigger="refill", source="idle", dest=None, before="begin"),
            ],
        )

    def fits(self, coin: int) -> bool:
        """Tell whether the coin is there, and not too much."""
        return coin <= self.purse and self.money + coin <= PRICE

    def paid(self) -> bool:
        """Tell whether there is enough."""
        return self.money == PRICE

    def add(self, coin: int) -> None:
        """Take a coin."""
        self.purse, self.money = self.purse - coin, self.money + coin

    def give_back(self) -> None:
        """Return the money, unless the bug is there."""
        self.purse, self.money = self.purse + (0 if self.keeps else self.money), 0

    def keep(self) -> None:
        """Keep the money of a drink."""
        self.taken, self.money = self.taken + self.money, 0

    def begin(self) -> None:
        """Empty the box, and fill the purse."""
        self.purse, self.taken = self.purse + self.taken, 0


def nothing_lost(state: str, vending: Vending) -> bool:
    """Say that all money is somewhere."""
    return vending.purse + vending.money + vending.taken == PURSE


mended, buggy = Vending(), Vending(keeps=True)
arguments = {"insert": [1, 2]}
invariants = [nothing_lost]
