"""The compose file: valid, without secrets, guarded, and with somebody at work for everything that the site needs."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import check_jsonschema
import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
SCHEMA = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
ONCE = {"prepare"}
PRIVILEGED = {"worker", "gpu-worker"}


@pytest.fixture(scope="module")
def compose() -> dict:
    # plain dictionaries, with the merge keys resolved
    return json.loads(json.dumps(YAML(typ="safe").load(FILE)))


@pytest.fixture(scope="module")
def services(compose) -> dict:
    return compose["services"]


def test_it_follows_the_compose_specification():
    assert SCHEMA.exists()
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(SCHEMA), str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_everybody_is_there(services):
    wanted = {"web", "worker", "scorer", "gpu-worker", "sweeper", "beat", "redis", "postgres", "proxy"}
    assert wanted <= set(services)
    assert [name for name, service in services.items() if "profiles" in service] == ["gpu-worker"]


def test_every_queue_has_a_worker_and_every_worker_a_queue(services):
    from django.conf import settings

    from arena.submissions.queueing import Lane

    served = set()
    for service in services.values():
        words = shlex.split(service.get("command", ""))
        if "-Q" in words:
            served |= set(words[words.index("-Q") + 1].split(","))
        elif "gpu_worker" in words:
            served.add("gpu")
    assert served == {lane.value for lane in Lane} | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_no_secret_stands_in_it(services):
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|KEY", name):
                assert re.fullmatch(r"\$\{\w+(:\?[^}]*)?\}", value), name
            given = re.sub(r"\$\{[^}]*\}", "", str(value))  # what the installation's own file fills in
            assert not re.search(r"://[^/@:]*:[^/@]+@", given), name


def test_long_running_services_start_again_and_say_how_they_are(services):
    for name in set(services) - ONCE:
        assert services[name]["restart"] == "unless-stopped", name
    # Celery's beat has no way to say how it is
    assert {name for name, service in services.items() if "healthcheck" not in service} == ONCE | {"beat"}


def test_all_but_those_that_run_students_code_are_without_privileges(services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service.get("privileged", False) is (name in PRIVILEGED), name
        if name not in PRIVILEGED:
            assert service["security_opt"] == ["no-new-privileges:true"], name


def test_only_the_proxy_is_reached_from_outside(services):
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}


def test_the_gpu_worker_stamps_results_with_the_lock_of_its_own_runtime(services):
    environment = services["gpu-worker"]["environment"]
    assert environment["ARENA_STUDENT_RUNTIME"] == "/app/.venv-student-cuda"
    assert environment["ARENA_RUNTIME_LOCK"] == "/app/requirements/student-cuda.txt"
    assert services["gpu-worker"]["build"]["args"] == {"SETUP_OPTIONS": "--cuda"}
    assert environment["DATABASE_URL"] == services["web"]["environment"]["DATABASE_URL"]


def test_images_have_versions_and_mounted_files_exist(compose, services):
    for name, service in services.items():
        if "build" not in service:
            assert ":" in service["image"], name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in compose["volumes"], volume
