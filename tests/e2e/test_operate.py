"""What an operator relies on: proxies in front, floods braked, a certificate renewed without a restart, tokens that
end. Everything against the real program, on loopback.
"""

import re
import socket
import ssl
import subprocess

import pytest
import requests

from support.api import Api
from support.process import Server, free_port, wait_until


def certificate(folder, name: str) -> tuple[str, str]:
    """A pair for localhost; the common name tells it from others."""
    key, pem = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", pem],
        check=True, capture_output=True,
    )
    return pem.read_text(), key.read_text()


@pytest.fixture
def behind_a_proxy(tmp_path):
    """This test is the proxy: loopback is trusted."""
    server = Server(
        tmp_path,
        {
            "VESTIBULE_TRUSTED_PROXIES": "127.0.0.0/8, ::1",
            "VESTIBULE_SOURCE_LIMITS": "sign-on=20, artifact=10, ecp=5, passkey-question=5, wrong-token=5, wrong-link=4",
        },
    )
    yield server
    server.stop()


def test_one_door_floods_are_braked_by_source_behind_a_proxy(behind_a_proxy):
    server = behind_a_proxy

    def ask(method: str, path: str, client: str, **more) -> requests.Response:
        headers = {"X-Forwarded-For": client} | more.pop("headers", {})
        return requests.request(
            method, server.url + path, headers=headers, allow_redirects=False, timeout=30, **more
        )

    cases = [
        ("GET", "/saml/sso", 20, {}, 400),
        ("POST", "/saml/artifact", 10, {"data": "<x/>", "headers": {"Content-Type": "text/xml"}}, 403),
        ("POST", "/saml/ecp", 5, {}, 401),
        ("POST", "/login/passkey/question", 5, {"data": {"csrf_token": "none"}}, 403),
        ("GET", "/api/v1/users", 5, {"headers": {"Authorization": "Bearer vst_" + "x" * 43}}, 401),
        ("GET", "/setup/unknown", 4, {}, 404),
    ]
    for method, path, limit, more, usual in cases:
        # What a stranger writes to the left of its own address is not believed.
        for number in range(limit):
            answer = ask(method, path, f"198.51.100.{number}, 203.0.113.9", **dict(more))
            assert answer.status_code == usual, (path, number, answer.text)
        braked = ask(method, path, "203.0.113.9", **dict(more))
        assert braked.status_code == 429, (path, braked.text)
        assert 1 <= int(braked.headers["Retry-After"]) <= 60, braked.headers
        assert braked.headers["X-Content-Type-Options"] == "nosniff"
        # Somebody else is not touched; another address of the same IPv6 network is no other source.
        assert ask(method, path, "203.0.113.10", **dict(more)).status_code == usual, path
        for number in range(limit):
            ask(method, path, f"2001:db8:1:2::{number:x}", **dict(more))
        assert ask(method, path, "2001:db8:1:2::ffff", **dict(more)).status_code == 429, path
        assert ask(method, path, "2001:db8:1:3::1", **dict(more)).status_code == usual, path

    # The scheme that a header names changes nothing: addresses and cookies follow the base URL.
    metadata = ask("GET", "/saml/metadata", "203.0.113.9", headers={"X-Forwarded-Proto": "https"})
    assert metadata.status_code == 200
    assert "https://localhost" not in metadata.text and server.url in metadata.text
    assert "Strict-Transport-Security" not in metadata.headers

    # A right token and a right link are served from a source that is braked for wrong ones; so is the next wrong one refused.
    token = server.token("administrator")
    api = Api(server.url, token)
    assert ask("GET", "/api/v1/users", "203.0.113.9", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    invited = api.post("/users", {"username": "invited", "email": "invited@example.com"})
    link = api.post(f"/users/{invited['id']}/invitation", {}, expect=200)
    assert ask("GET", "/setup/" + link["link"].rsplit("/", 1)[1], "203.0.113.9").status_code == 200
    assert ask("GET", "/setup/unknown", "203.0.113.9").status_code == 429
    # The audit names the client.
    user = api.user("proxied")
    page = requests.Session()
    page.trust_env = False
    page.headers["X-Forwarded-For"] = "203.0.113.77"
    form = page.get(server.url + "/login", timeout=30).text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', form).group(1)
    wrong = {"username": user["username"], "password": "not this one", "csrf_token": csrf}
    assert page.post(server.url + "/login", data=wrong, timeout=30).status_code == 401
    refused = api.get("/audit?kind=sign_in.refused")["items"]
    assert refused[0]["object"]["name"] == "203.0.113.77", refused


def test_without_trusted_proxies_the_header_is_a_strangers_word(tmp_path):
    server = Server(tmp_path, {"VESTIBULE_SOURCE_LIMITS": "wrong-token=3"})
    try:
        codes = []
        for number in range(4):
            headers = {"X-Forwarded-For": f"203.0.113.{number}", "Authorization": "Bearer vst_" + "y" * 43}
            codes.append(requests.get(server.url + "/api/v1/users", headers=headers, timeout=30).status_code)
        assert codes == [401, 401, 401, 429]
    finally:
        server.stop()


def served(port: int) -> str:
    """The common name of the certificate that a new connection gets, and what is spoken inside."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            assert secured.selected_alpn_protocol() == "h2"
            der = secured.getpeercert(binary_form=True)
    text = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout", "-subject", "-nameopt", "multiline"],
        input=der, capture_output=True, check=True,
    ).stdout.decode()
    return re.search(r"commonName\s*=\s*(\S+)", text).group(1)


class TlsServer(Server):
    """Over its own TLS."""

    def _is_ready(self) -> bool:
        self.process.must_run()
        try:
            return requests.get(f"{self.url}/readyz", timeout=5, verify=False).status_code == 200
        except requests.ConnectionError:
            return False

    def __init__(self, folder, pem: str, key: str):
        self.certificate_file, self.key_file = folder / "served.pem", folder / "served.key"
        self.certificate_file.write_text(pem)
        self.key_file.write_text(key)
        self.port, metrics = free_port(), free_port()
        self.metrics_url = f"http://127.0.0.1:{metrics}/metrics"
        super().__init__(
            folder,
            {
                "VESTIBULE_TLS_CERT": str(self.certificate_file),
                "VESTIBULE_TLS_KEY": str(self.key_file),
                "VESTIBULE_METRICS_LISTEN": f"127.0.0.1:{metrics}",
            },
        )

    def start(self):
        self.url = f"https://localhost:{self.port}"
        self.settings |= {"VESTIBULE_LISTEN": f"127.0.0.1:{self.port}", "VESTIBULE_BASE_URL": self.url}
        super().start()

    def metric(self, line: str) -> bool:
        return line in requests.get(self.metrics_url, timeout=10).text


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_renewed_certificate_is_served_without_a_restart(tmp_path):
    first, second, third = (certificate(tmp_path, name) for name in ("first", "second", "third"))
    server = TlsServer(tmp_path, *first)
    try:
        assert served(server.port) == "first"
        answer = requests.get(server.url + "/login", verify=False, timeout=10)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"

        # A connection that is open while the files change goes on.
        open_one = requests.Session()
        open_one.trust_env = False
        open_one.verify = False
        assert open_one.get(server.url + "/healthz", timeout=10).status_code == 200

        server.certificate_file.write_text(second[0])
        server.key_file.write_text(second[1])
        wait_until(lambda: served(server.port) == "second", "the second certificate")
        assert open_one.get(server.url + "/healthz", timeout=10).status_code == 200
        taken = 'vestibule_tls_certificate_files_total{outcome="taken"} 1'
        assert server.metric(taken)

        # A certificate without its key, half a file, no file: the pair in use stays, and it is told.
        for number, spoil in enumerate(
            (
                lambda: server.certificate_file.write_text(third[0]),
                lambda: server.certificate_file.write_text(third[0][:200]),
                lambda: server.key_file.unlink(),
            ),
            start=1,
        ):
            spoil()
            refused = f'vestibule_tls_certificate_files_total{{outcome="refused"}} {number}'
            wait_until(lambda line=refused: server.metric(line), refused)
            assert served(server.port) == "second"
        assert "the new TLS certificate cannot be used; the old one stays" in server.process.output()

        server.certificate_file.write_text(third[0])
        server.key_file.write_text(third[1])
        wait_until(lambda: served(server.port) == "third", "the third certificate")
    finally:
        server.stop()


def test_tokens_end_and_are_told_from_fakes(tmp_path):
    server = Server(tmp_path)
    try:
        made = server.command("token", "create", "--name", "ends", "--role", "read-only", "--expires", "1")
        assert made.returncode == 0, made.stderr
        assert re.fullmatch(r"vst_[A-Za-z0-9_-]{43}[0-9a-f]{8}\n", made.stdout), made.stdout
        endless = server.command("token", "create", "--name", "stays", "--role", "administrator", "--expires", "never")
        api = Api(server.url, endless.stdout.strip())
        tokens = {token["name"]: token for token in api.get("/tokens")["items"]}
        assert tokens["stays"]["expiresAt"] is None
        assert tokens["ends"]["expiresAt"] > tokens["ends"]["createdAt"]
        assert tokens["stays"]["lastUsedAt"] is not None and tokens["ends"]["lastUsedAt"] is None
        for refused in ("0", "366"):
            wrong = server.command("token", "create", "--name", "x", "--role", "read-only", "--expires", refused)
            assert wrong.returncode == 1 and "365" in wrong.stderr, wrong.stderr
        wrong = server.command("token", "create", "--name", "x", "--role", "read-only", "--expires", "soon")
        assert wrong.returncode == 2, wrong.stderr
    finally:
        server.stop()
