"""People in bulk, the report as CSV, the recompute: the commands beside a running server."""

import csv
import io

from support.process import wait_until

LINES = 10_000


def people(path, location):
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["username", "email", "location", "attributes.team"])
        for number in range(LINES):
            place = location if number % 2 else "Austin"
            writer.writerow([f"import{number}", f"import{number}@example.com", place, "=team"])
    return str(path)


def report(api, path):
    answer = api.send("GET", path, headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a7_ten_thousand_lines_are_evaluated_and_reported(server, api, tmp_path):
    rule = {"filters": [{"field": "location", "operator": "equals", "values": ["Denver"]}]}
    group = api.post(
        "/groups",
        {"name": "=Denver", "membershipMethod": "DYNAMIC_AUTOMATED", "memberQuery": rule},
    )
    file = people(tmp_path / "people.csv", "Denver")
    rehearsed = server.command("users", "import", file, "--dry-run")
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert rehearsed.stdout.startswith(f"{LINES} created, 0 updated, 0 unchanged, 0 refused")
    assert api.get("/users?q=import")["total"] == 0
    done = server.command("users", "import", file)
    assert done.returncode == 0, done.stderr
    assert api.get("/users?q=import")["total"] == LINES
    assert api.get(f"/groups/{group['id']}/members")["total"] == LINES // 2
    rows = report(api, "/reports/memberships?source=RULE")
    assert len(rows) == LINES // 2
    assert set(rows[0]) == {"group", "method", "user", "source", "since", "cause"}
    assert {row["group"] for row in rows} == {"'=Denver"}
    assert len(report(api, "/users?q=import")) == LINES
    clean = server.command("reconcile")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert api.get("/reconciliations")["items"][0]["cause"] == "command"


def test_refused_lines_are_told_by_number_and_spare_the_others(server, api, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("username,email,state\ngood,good@example.com,\nbad,nonsense,AWAKE\nalso,also@example.com,STAGED\n")
    done = server.command("users", "import", str(file))
    assert done.returncode == 1
    assert "line 3: state: " in done.stderr and "line 3: email: " in done.stderr
    assert done.stdout.strip() == "2 created, 0 updated, 0 unchanged, 1 refused"
    assert api.get("/users?username=also")["items"][0]["state"] == "STAGED"


def test_wrong_use_is_told_apart(server, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("username,password\nann,violet anchor\n")
    assert server.command("users", "import", str(file)).returncode == 2
    assert server.command("users", "import").returncode == 2
    assert server.command("users", "import", str(tmp_path / "missing.csv")).returncode == 1


def test_a15_without_a_mail_server_the_outbox_shows_what_waits(server, api):
    created = server.command(
        "admin", "create", "--username", "ada", "--email", "ada@example.org", "--role", "manager"
    )
    assert created.returncode == 0, created.stderr
    rule = {"filters": [{"field": "location", "operator": "equals", "values": ["Oslo"]}]}
    api.post(
        "/groups",
        {
            "name": "Oslo",
            "membershipMethod": "DYNAMIC_REVIEW_REQUIRED",
            "memberSuggestionsNotify": True,
            "memberQuery": rule,
        },
    )
    api.user("kari", location="Oslo")
    mail = api.get("/mail-outbox")["items"][0]
    assert mail["recipient"] == "ada@example.org" and "Review Suggestions" in mail["text"]
    assert mail["sentAt"] is None
    wait_until(lambda: "waits in the outbox" in server.process.output(), "the mail in the log")
