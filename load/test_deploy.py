"""What the manifests start is what the command understands, with as many workers as the master waits for."""

import re
from pathlib import Path

import yaml

from load.options import parser

DEPLOY = Path(__file__).parent / "deploy"


def arguments(command: list[str]) -> list[str]:
    """The command with the defaults of its variables filled in."""
    return [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in command]


def test_the_compose_file_starts_a_master_and_its_workers() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    master = parser().parse_args(arguments(services["master"]["command"]))
    worker = parser().parse_args(arguments(services["worker"]["command"]))
    assert (master.command, master.workers, worker.command) == ("run", 4, "worker")
    assert worker.master == f"master:{master.bind.rpartition(':')[2]}"
    assert worker.target == master.target


def test_the_kubernetes_manifest_starts_a_master_and_its_workers() -> None:
    service, master, worker = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
    of_master, of_worker = (
        parser().parse_args(job["spec"]["template"]["spec"]["containers"][0]["args"]) for job in (master, worker)
    )
    assert of_master.workers == worker["spec"]["parallelism"] == worker["spec"]["completions"]
    port = service["spec"]["ports"][0]["port"]
    assert of_worker.master == f"{service['metadata']['name']}:{port}"
    assert of_master.bind.endswith(f":{port}")
    assert service["spec"]["selector"] == master["spec"]["template"]["metadata"]["labels"]
