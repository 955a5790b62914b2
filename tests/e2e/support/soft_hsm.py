"""A hardware security module in software: SoftHSM, with a token of the test's own, and a look into it by OpenSC."""

import pathlib
import subprocess

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "481516"
LABEL = "vestibule test"


class SoftHsm:
    def __init__(self, folder: pathlib.Path):
        self.tokens = folder / "tokens"
        self.tokens.mkdir()
        self._conf = folder / "softhsm2.conf"
        self._conf.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        self._run("softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "1234567")

    def _run(self, *command: str) -> str:
        environment = {"SOFTHSM2_CONF": str(self._conf), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def settings(self, **changes: str) -> dict[str, str]:
        """What the program needs to use it."""
        names = {"module": MODULE, "token": LABEL, "pin": PIN} | changes
        return {f"VESTIBULE_PKCS11_{name.upper()}": value for name, value in names.items()} | {
            "SOFTHSM2_CONF": str(self._conf)
        }

    def private_keys(self) -> list[str]:
        """What OpenSC says of each private key in the token."""
        told = self._run(
            "pkcs11-tool", "--module", MODULE, "--token-label", LABEL, "--login", "--pin", PIN, "--list-objects", "--type", "privkey"
        )
        return [block for block in told.split("Private Key Object;")[1:]]
