"""The options of ``python -m load``, for all of its commands."""

import argparse
from pathlib import Path

from fixtures.command_line import CommandLine


def parser() -> argparse.ArgumentParser:
    """The options of all three commands."""
    made = CommandLine(prog="python -m load", description="Put load on a community.")
    made.add_argument("command", nargs="?", choices=("run", "worker", "plan"), default="run")
    made.add_argument("--target", type=Path, help="target file of the community; default: the embedded one")
    made.add_argument("--fault", action="append", default=[], help="seed the embedded community (repeatable)")
    made.add_argument("--results", type=Path, default=Path("reports/out"), help="folder of the ledger (%(default)s)")
    made.add_argument("--resume", action="store_true", help="append to the ledger of the folder")
    plan = made.add_argument_group("what is sent; defaults: [load] of the target file")
    plan.add_argument("--shape", choices=("smoke", "steps", "spike", "soak", "day"))
    plan.add_argument("--rate", type=float, help="journeys a second at the peak; 0: as the population model says")
    plan.add_argument("--seconds", type=float, help="duration without warm-up")
    plan.add_argument("--cases", type=int, help="patients")
    plan.add_argument("--set", action="append", default=[], metavar="FIGURE=NUMBER", help="change the population model")
    plan.add_argument("--seed", type=int, default=1, help="of arrivals and journeys (%(default)s)")
    plan.add_argument("--process", choices=("poisson", "constant"), default="poisson", help="arrivals (%(default)s)")
    plan.add_argument("--documents", type=int, default=20, help="of a patient, at most (%(default)s)")
    plan.add_argument("--errors", type=float, default=0.5, help="share of failures that ends a run (%(default)s)")
    plan.add_argument("--limit", type=float, default=30.0, help="seconds an answer may take (%(default)s)")
    plan.add_argument("--room", type=int, default=2000, help="journeys under way at once in a process (%(default)s)")
    plan.add_argument("--inspect", type=int, default=100, help="judge one answer in N fully; 0: none (%(default)s)")
    where = made.add_argument_group("from where")
    where.add_argument("--workers", type=int, default=0, help="be the master of so many workers")
    where.add_argument("--bind", default="127.0.0.1:5557", help="where a master listens (%(default)s)")
    where.add_argument("--master", default="127.0.0.1:5557", help="where a worker connects to (%(default)s)")
    where.add_argument("--name", default="", help="how a worker is called in reports")
    where.add_argument("--web", type=int, default=0, metavar="PORT", help="show Locust's web page while it runs")
    return made
