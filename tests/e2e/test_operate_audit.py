"""The audit in an operator's hands: proven on the terminal, written out, and delivered to receivers that this file
plays: syslog over TCP, TLS, UDP and a unix socket, a file that is rotated, and a webhook that checks signatures.
"""

import hashlib
import hmac
import http.server
import json
import re
import socket
import socketserver
import sqlite3
import ssl
import threading

import requests

from support.api import Api, unique
from support.process import Server, free_port, wait_until
from test_operate import certificate


def rows(server, statement: str, *values):
    """The database behind the service's back."""
    connection = sqlite3.connect(server.folder / "data" / "vestibule.db", timeout=30)
    with connection:
        found = connection.execute(statement, values).fetchall()
    connection.close()
    return found


def all_ids(server) -> set[str]:
    return {row[0] for row in rows(server, "SELECT public_id FROM audit_events")}


def octet_counted(octets: bytes) -> list[bytes]:
    """RFC 6587 3.4.1: length, blank, message."""
    messages = []
    while octets:
        length, _, rest = octets.partition(b" ")
        messages.append(rest[: int(length)])
        octets = rest[int(length) :]
    return messages


RFC_5424 = re.compile(
    rb"^<(110|108)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) localhost vestibule - ([a-z_.]{1,32}) - (\{.*\})$", re.DOTALL
)


class Receiver:
    """Takes connections or datagrams, and remembers the events of syslog messages."""

    def __init__(self, context: ssl.SSLContext | None = None, datagrams: bool = False, path: str | None = None):
        self.events: list[dict] = []
        receiver = self

        class Stream(socketserver.BaseRequestHandler):
            def handle(self):
                connection = self.request
                if context:
                    connection = context.wrap_socket(connection, server_side=True)
                octets = b""
                while part := connection.recv(65536):
                    octets += part
                receiver.take(octet_counted(octets))

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self):
                receiver.take([self.request[0]])

        kind = socketserver.ThreadingUDPServer if datagrams else socketserver.ThreadingTCPServer
        if path:
            kind = socketserver.ThreadingUnixDatagramServer
        kind.daemon_threads = True
        kind.max_packet_size = 65536
        self._server = kind(path or ("127.0.0.1", 0), Datagram if datagrams or path else Stream)
        self.port = None if path else self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, messages: list[bytes]):
        for message in messages:
            found = RFC_5424.match(message)
            assert found, message
            event = json.loads(found[4])
            assert event["kind"].encode()[:32] == found[3] and event["at"].encode() == found[2]
            self.events.append(event)

    def ids(self) -> set[str]:
        return {event["id"] for event in list(self.events)}

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class Webhook:
    """Checks every signature; answers 503 while it is told to."""

    SECRET = "a secret of at least some length"

    def __init__(self):
        self.batches: list[list[dict]] = []
        self.refusals = 0
        self.is_down = False
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp = self.headers["Vestibule-Timestamp"]
                expected = hmac.new(hook.SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
                is_ours = hmac.compare_digest(self.headers["Vestibule-Signature"], f"v1={expected}")
                is_taken = is_ours and not hook.is_down
                if is_taken:
                    hook.batches.append([json.loads(line) for line in body.splitlines()])
                else:
                    hook.refusals += 1
                self.send_response(204 if is_taken else 503)
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/audit"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def events(self) -> list[dict]:
        return [event for batch in list(self.batches) for event in batch]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


def test_c7_the_audit_is_proven_and_written_out(tmp_path):
    server = Server(tmp_path)
    try:
        api = Api(server.url, server.token("administrator"))
        for _ in range(5):
            api.user("proven")
        verified = server.command("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert "all unbroken" in verified.stdout
        heads = server.command("audit", "head")
        noted = tmp_path / "heads.txt"
        noted.write_text(heads.stdout)
        expected = server.command("audit", "verify", "--expect", str(noted), "--json")
        assert expected.returncode == 0, expected.stdout
        report = json.loads(expected.stdout)
        assert all(chain["fault"] is None for chain in report["chains"])

        # Two forms, and the same over REST.
        lines = server.command("audit", "export").stdout.splitlines()
        events = [json.loads(line) for line in lines]
        assert {event["id"] for event in events} == all_ids(server)
        created = [event for event in events if event["kind"] == "user.created"]
        cef = server.command("audit", "export", "--format", "cef").stdout.splitlines()
        assert all(line.startswith("CEF:0|Vestibule|Vestibule|") for line in cef) and len(cef) >= len(lines)
        since = server.command("audit", "export", "--since", created[2]["at"], "--until", created[3]["at"]).stdout
        assert created[2]["id"] in since and created[3]["id"] not in since
        over_rest = api.send("GET", "/audit?kind=user.created", headers={"Accept": "application/x-ndjson"})
        assert over_rest.status_code == 200, over_rest.text
        assert [json.loads(line)["id"] for line in over_rest.text.splitlines()] == [e["id"] for e in reversed(created)]
        assert server.command("audit", "export", "--since", "yesterday").returncode == 2
    finally:
        server.stop()

    # While nobody serves: cut the newest events of the service's own chain, then change one.
    chain = created[-1]["chain"]["id"]
    rows(server, "DELETE FROM audit_events WHERE chain_id = ? AND chain_seq >= ?", chain, created[-1]["chain"]["sequence"])
    assert server.command("audit", "verify").returncode == 0, "nothing tells a cut end from a young one"
    cut = server.command("audit", "verify", "--expect", str(noted))
    assert cut.returncode == 1 and "it was cut" in cut.stdout, cut.stdout
    rows(server, "UPDATE audit_events SET object_name = 'eve' WHERE public_id = ?", created[1]["id"])
    changed = server.command("audit", "verify")
    assert changed.returncode == 1, changed.stdout
    assert f"event {created[1]['id']} was changed" in changed.stdout, changed.stdout


def test_c7_syslog_receives_everything_over_tcp_tls_udp_and_a_unix_socket(tmp_path):
    pem, key = certificate(tmp_path, "collector")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "collector.pem", tmp_path / "collector.key")
    for scheme, receiver in (
        ("tcp", Receiver()),
        ("tls", Receiver(context=context)),
        ("udp", Receiver(datagrams=True)),
        ("unix", Receiver(path=str(tmp_path / "log"))),
    ):
        target = f"localhost:{receiver.port}" if receiver.port else f"{tmp_path}/log"
        folder = tmp_path / scheme
        folder.mkdir()
        server = Server(
            folder,
            {
                "VESTIBULE_AUDIT_STREAM": f"syslog+{scheme}://{target}",
                "VESTIBULE_AUDIT_STREAM_CA": str(tmp_path / "collector.pem"),
            },
        )
        try:
            api = Api(server.url, server.token("administrator"))
            api.user(f"over-{scheme}")
            wait_until(lambda r=receiver, s=server: all_ids(s) <= r.ids(), f"all events over {scheme}")
        finally:
            server.stop()
            receiver.stop()


def test_a_receiver_that_is_not_believed_gets_nothing(tmp_path):
    certificate(tmp_path, "believed")
    certificate(tmp_path, "other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "other.pem", tmp_path / "other.key")
    receiver = Receiver(context=context)
    metrics = free_port()
    server = Server(
        tmp_path,
        {
            "VESTIBULE_AUDIT_STREAM": f"syslog+tls://localhost:{receiver.port}",
            "VESTIBULE_AUDIT_STREAM_CA": str(tmp_path / "believed.pem"),
            "VESTIBULE_METRICS_LISTEN": f"127.0.0.1:{metrics}",
        },
    )
    try:
        page = f"http://127.0.0.1:{metrics}/metrics"
        failed = re.compile(r"^vestibule_audit_stream_failures [1-9]", re.MULTILINE)
        wait_until(lambda: failed.search(requests.get(page, timeout=10).text), "a failure in the metrics")
        assert receiver.events == []
    finally:
        server.stop()
        receiver.stop()


def test_c7_a_file_is_rotated_under_the_service(tmp_path):
    log = tmp_path / "audit.jsonl"
    server = Server(tmp_path, {"VESTIBULE_AUDIT_STREAM": f"file://{log}"})
    try:
        api = Api(server.url, server.token("administrator"))
        first = api.user("before")
        wait_until(lambda: log.exists() and first["id"] in log.read_text(), "the file")
        assert log.stat().st_mode & 0o777 == 0o600
        log.rename(tmp_path / "audit.jsonl.1")
        second = api.user("after")
        wait_until(lambda: log.exists() and second["id"] in log.read_text(), "the new file")
        assert first["id"] not in log.read_text()
    finally:
        server.stop()


def test_ack_means_durable_a_webhook_misses_nothing_over_kill_and_outage(tmp_path):
    hook = Webhook()
    server = Server(
        tmp_path,
        {"VESTIBULE_AUDIT_STREAM": hook.url, "VESTIBULE_AUDIT_STREAM_SECRET": Webhook.SECRET},
    )
    try:
        api = Api(server.url, server.token("administrator"))
        acknowledged = []
        for number in range(12):
            acknowledged.append(api.user(unique("streamed"))["id"])
            if number == 3:
                hook.is_down = True
            if number in (5, 9):
                server.process.kill()
                server.start()
            if number == 7:
                wait_until(lambda: hook.refusals > 0, "a refusal")
                hook.is_down = False

        def created() -> list[str]:
            return [event["object"]["id"] for event in hook.events() if event["kind"] == "user.created"]

        wait_until(lambda: set(acknowledged) <= set(created()), "every event of an acknowledged change")
        wait_until(lambda: all_ids(server) <= {event["id"] for event in hook.events()}, "every event")
        # In the order of each chain; what came twice came under the same id.
        first_seen: dict[str, list[int]] = {}
        seen = set()
        for event in hook.events():
            if event["id"] not in seen:
                seen.add(event["id"])
                first_seen.setdefault(event["chain"]["id"], []).append(event["chain"]["sequence"])
        for chain, sequences in first_seen.items():
            assert sequences == list(range(1, len(sequences) + 1)), (chain, sequences)
    finally:
        server.stop()
        hook.stop()


def test_the_secret_of_a_webhook_has_to_be_given(tmp_path):
    server = Server(tmp_path)
    server.stop()
    server.settings["VESTIBULE_AUDIT_STREAM"] = "https://siem.example.com/?token=hidden"
    refused = server.command("audit", "verify")
    assert refused.returncode == 1 and "audit_stream_secret" in refused.stderr and "hidden" not in refused.stderr
    server.settings["VESTIBULE_AUDIT_STREAM"] = "http://siem.example.com/"
    assert server.command("audit", "verify").returncode == 1
