"""Prints a sample of the sentences with their classes: `python -m models.train.text --count 40 --seed 1`."""

import argparse
from itertools import islice
from random import Random

from models.train.text.mixture import SHARES, labelled


def main() -> None:
    """Prints the sample."""
    parser = argparse.ArgumentParser(
        prog="python -m models.train.text", description="Prints sample sentences."
    )
    parser.add_argument("--count", type=int, default=40, help="how many sentences")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random numbers")
    parser.add_argument("--only", choices=[share.name for share in SHARES], help="one class only")
    options = parser.parse_args()
    wanted = (
        (name, text)
        for name, text in labelled(Random(options.seed), frozenset())
        if options.only in (None, name)
    )
    for name, text in islice(wanted, options.count):
        print(f"{name:18} {text}")


if __name__ == "__main__":
    main()
