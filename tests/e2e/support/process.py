"""Starts and stops the real program, on loopback, with folders of its own.

Nothing here knows a rule of the product; a test that fails is shown the program's log.
"""

import os
import pathlib
import socket
import subprocess
import time

import requests

STARTED_WITHIN = 60
STOPPED_WITHIN = 20


def binary() -> str:
    """The program under test; scripts/test names it."""
    path = os.environ.get("VESTIBULE_BIN")
    if not path or not os.access(path, os.X_OK):
        raise RuntimeError(f"VESTIBULE_BIN has to name the built program, and is {path!r}")
    return path


def environment(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment with only these settings of Vestibule: it refuses names it does not know."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VESTIBULE_")}
    return clean | settings


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what: str, seconds: float = STARTED_WITHIN):
    """Asks again and again until `condition` gives something; another process cannot be awaited otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds} s still waiting for {what}")
        time.sleep(0.05)


class Process:
    """One running `vestibule ...`, whose output goes to a file."""

    def __init__(self, arguments: list[str], folder: pathlib.Path, settings: dict[str, str]):
        self.output_path = folder / "output.log"
        self._output = open(self.output_path, "wb")
        self._child = subprocess.Popen(
            [binary(), *arguments],
            cwd=folder,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def output(self) -> str:
        return self.output_path.read_text(errors="replace")

    def ended(self) -> int:
        """Waits for the end that it comes to by itself."""
        code = self._child.wait(STARTED_WITHIN)
        self._output.close()
        return code

    def must_run(self):
        if self._child.poll() is not None:
            raise RuntimeError(f"the program ended with {self._child.returncode}:\n{self.output()}")

    def stop(self):
        """Asks it to end, and sees that no request made it panic."""
        self._child.terminate()
        try:
            self._child.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            raise
        finally:
            self._output.close()
        assert "panicked" not in self.output(), self.output()


    def kill(self):
        """Ends it as a power cut would: nothing is asked, nothing is finished."""
        self._child.kill()
        self._child.wait()
        self._output.close()


class Server:
    """A `vestibule serve` with an empty store, ready to answer."""

    def __init__(self, folder: pathlib.Path, settings: dict[str, str] | None = None):
        port = free_port()
        self.folder = folder
        self.url = f"http://localhost:{port}"
        self.settings = {
            "VESTIBULE_LISTEN": f"127.0.0.1:{port}",
            "VESTIBULE_BASE_URL": self.url,
            "VESTIBULE_DATA_DIR": str(folder / "data"),
            "VESTIBULE_KEY_DIR": str(folder / "keys"),
            "VESTIBULE_ADMIN_MFA": "optional",
        } | (settings or {})
        self.start()

    def start(self):
        """Starts it, also again on the same store after it was killed."""
        self.process = Process(["serve"], self.folder, self.settings)
        try:
            wait_until(self._is_ready, f"{self.url}/readyz")
        except BaseException:
            self.stop()
            raise

    def _is_ready(self) -> bool:
        self.process.must_run()
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def command(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess:
        """Runs another command of the program beside this server, on the same store."""
        return subprocess.run(
            [binary(), *arguments],
            cwd=self.folder,
            env=environment(self.settings),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=180,
        )

    def token(self, role: str) -> str:
        """A fresh API token; it stands alone on standard output."""
        done = self.command("token", "create", "--name", f"e2e {role}", "--role", role)
        assert done.returncode == 0, done.stderr
        token = done.stdout.strip()
        assert token and not any(c.isspace() for c in token), done.stdout
        return token

    def stop(self):
        self.process.stop()
