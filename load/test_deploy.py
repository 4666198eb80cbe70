"""The manifests are valid, and what they start is what the command understands, together a run."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.ledger import FILE_NAME, LoadRun, read_ledger
from fixtures.suite.embedded import target_file
from load.options import parser
from load.test_machines import free_port

ROOT = Path(__file__).parents[1]
DEPLOY = Path(__file__).parent / "deploy"
COMPOSE, KUBERNETES = DEPLOY / "compose.yaml", DEPLOY / "kubernetes.yaml"
#: what makes a run short; the last one counts
SHORT = ("--shape", "smoke", "--rate", "6", "--seconds", "2", "--cases", "2", "--documents", "1", "--inspect", "0")


def arguments(command: list[str], **variables: str) -> list[str]:
    """The command with its variables filled in, or their defaults."""
    return [re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: variables.get(found[1], found[2]), word) for word in command]


def resources() -> list[Any]:
    return list(yaml.safe_load_all(KUBERNETES.read_text()))


def of_compose() -> tuple[list[str], list[str]]:
    """What master and worker are started with, two workers wanted."""
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    commands = (arguments(services[name]["command"], WORKERS="2") for name in ("master", "worker"))
    return next(commands), next(commands)


def of_kubernetes() -> tuple[list[str], list[str]]:
    _, master, worker = (resource["spec"] for resource in resources())
    return tuple(job["template"]["spec"]["containers"][0]["args"] for job in (master, worker))


def test_the_compose_file_starts_a_master_and_its_workers() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    master = parser().parse_args(arguments(services["master"]["command"]))
    worker = parser().parse_args(arguments(services["worker"]["command"]))
    assert (master.command, master.workers, worker.command) == ("run", 4, "worker")
    assert worker.master == f"master:{master.bind.rpartition(':')[2]}"
    assert worker.target == master.target


def test_the_kubernetes_manifest_starts_a_master_and_its_workers() -> None:
    service, master, worker = resources()
    of_master, of_worker = (parser().parse_args(args) for args in of_kubernetes())
    assert of_master.workers == worker["spec"]["parallelism"] == worker["spec"]["completions"]
    port = service["spec"]["ports"][0]["port"]
    assert of_worker.master == f"{service['metadata']['name']}:{port}"
    assert of_master.bind.endswith(f":{port}")
    assert service["spec"]["selector"] == master["spec"]["template"]["metadata"]["labels"]


@pytest.mark.parametrize("resource", resources(), ids=lambda found: f"{found['kind']} {found['metadata']['name']}")
def test_kubernetes_knows_every_field(resource: Mapping[str, Any]) -> None:
    schemas = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate has the schemas of the API")
    schemas.validate(resource, schemas.latest_version(), strict=True)


def test_compose_knows_every_field() -> None:
    compose = pytest.importorskip("compose_spec", reason="compose-spec knows the specification of compose files")
    compose.PyCompose.from_yaml(COMPOSE.read_text()).validate()


def test_the_image_holds_neither_keys_nor_results() -> None:
    said = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in said if not line.startswith("#")]
    assert rules[0] == "*"
    assert {"!target", "!."}.isdisjoint(rules)
    assert "reports/out" in rules


@pytest.mark.parametrize(
    ("commands", "workers"), [(of_compose(), 2), (of_kubernetes(), 4)], ids=["compose", "kubernetes"]
)
def test_what_the_manifests_start_is_a_run(
    tmp_path: Path, commands: tuple[Sequence[str], Sequence[str]], workers: int
) -> None:
    """The very commands, with files and addresses of this machine in place of those inside the containers."""
    port = str(free_port())
    with target_file(None, tmp_path) as target:
        there = {"/target/target.toml": str(target), "/results": str(tmp_path / "out")}
        here = {r"^[\w.-]+:5557$": f"127.0.0.1:{port}", **{f"^{re.escape(k)}$": v for k, v in there.items()}}
        master, worker = ([filled(word, here) for word in command] for command in commands)
        made = [sys.executable, "-m", "load", *master, "--results", str(tmp_path / "out"), *SHORT]
        with processes([sys.executable, "-m", "load", *worker], workers) as started:
            subprocess.run(made, cwd=ROOT, timeout=200, check=False, capture_output=True)
            ended = [process.wait(60) for process in started]
    load = read_ledger(tmp_path / "out" / FILE_NAME).load
    assert isinstance(load, LoadRun)
    assert (len(load.generator), load.lost, load.failures) == (workers, (), {})
    assert ended == [0] * workers


@contextmanager
def processes(command: Sequence[str], count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()


def filled(word: str, places: Mapping[str, str]) -> str:
    """The word, or what stands for it on this machine."""
    return next((value for pattern, value in places.items() if re.search(pattern, word)), word)
