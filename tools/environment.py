"""Make .venv, or bring it up to date: what one kind of work needs, from its lock file, every file checked by its hash.

With uv where there is one or pip can bring it: it takes a quarter of pip's time. Where uv fails, pip does it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LOCKS = ROOT / "requirements"
OLDEST, NEWEST = (3, 11), (3, 13)
# Locked like the rest, and without a build environment of its own, whose packages nobody would check.
PROJECT = ["--no-deps", "--no-build-isolation", "--editable", "."]
# No pop-ups about news and updates, which would be asked for outside.
LAB_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def main() -> None:
    """Make the environment, warm the engine, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lock", choices=sorted(path.stem for path in LOCKS.glob("*.lock") if path.stem != "uv"))
    lock = LOCKS / f"{parser.parse_args().lock}.lock"
    begin = time.monotonic()
    print("Setting up .venv; this happens once and takes about a minute.", file=sys.stderr, flush=True)
    try:
        create()
        install(lock)
    except subprocess.CalledProcessError as error:
        sys.exit(f"\nThe environment could not be made: {' '.join(map(str, error.cmd))} ended with {error.returncode}.")
    settings = VENV / "share/jupyter/lab/settings/overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(LAB_SETTINGS))
    warm()
    print(f"Set up in {time.monotonic() - begin:.0f} seconds.", file=sys.stderr)


def create() -> None:
    """Make the environment, unless there is one of this Python."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        version = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"ippoolkit needs Python 3.11 to 3.13, and {sys.executable} is {version}; try make PYTHON=python3.11")
    if PYTHON.exists() and _version_of(PYTHON) == sys.version_info[:3]:
        return
    try:
        import ensurepip  # noqa: F401 (Debian has it in a package of its own)
    except ImportError:
        sys.exit(f"{sys.executable} cannot make virtual environments; on Debian install python3-venv")
    venv.create(VENV, clear=True, symlinks=True, with_pip=True)


def _version_of(python: Path) -> tuple[int, ...]:
    code = "import sys; print(*sys.version_info[:3])"
    result = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return tuple(map(int, result.stdout.split()))


def install(lock: Path) -> None:
    """Install what a lock file names, and the project itself as it lies here."""
    locked = ["--require-hashes", "-r", lock]
    uv = _uv()
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", PYTHON]
        result = subprocess.run([*command, *locked], cwd=ROOT, env=_environment(), check=False)
        if result.returncode == 0:
            subprocess.run([*command, *PROJECT], cwd=ROOT, env=_environment(), check=True)
            return
        print("uv could not; trying pip, which takes longer.", file=sys.stderr, flush=True)
    _pip(*locked)
    _pip(*PROJECT)


def _uv() -> str | None:
    """Return the path of uv: the user's, the environment's, or one that pip puts into the environment."""
    own = VENV / "bin/uv"
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0:
        return uv
    if not own.exists():
        try:
            _pip("--require-hashes", "-r", LOCKS / "uv.lock")
        except subprocess.CalledProcessError:
            return None
    return str(own)


def _pip(*arguments: str | Path) -> None:
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *arguments], cwd=ROOT, check=True)


def _environment() -> dict[str, str]:
    """Return the environment for uv, which does not read pip's settings: the same index, the same certificates."""
    environment = dict(os.environ)
    for name, setting in (("UV_DEFAULT_INDEX", "index-url"), ("SSL_CERT_FILE", "cert")):
        value = _setting_of_pip(setting)
        if value:
            environment.setdefault(name, value)
    environment.setdefault("UV_SYSTEM_CERTS", "true")  # where a company's proxy signs, only the system knows it
    return environment


def _setting_of_pip(name: str) -> str:
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value:
        return value
    command = [PYTHON, "-m", "pip", "config", "get", f"global.{name}"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def warm() -> None:
    """Compile the engine now, so that nobody waits for it later; without it everything works all the same."""
    subprocess.run([PYTHON, "-P", "-m", "ippoolkit.simulation.engine_warm_up"], cwd=ROOT, check=False)


if __name__ == "__main__":
    main()
