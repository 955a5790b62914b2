"""Suggestions by mail, received by a mail server by others (rules A15 and A32)."""

import pytest

from support.api import Api
from support.process import Server, wait_until

SENDER = "vestibule@example.com"


@pytest.fixture(scope="module")
def server(tmp_path_factory, mailbox):
    settings = {"VESTIBULE_SMTP_URL": mailbox.url, "VESTIBULE_MAIL_FROM": f"Vestibule <{SENDER}>"}
    running = Server(tmp_path_factory.mktemp("vestibule"), settings)
    yield running
    running.stop()


def test_a32_reviewers_get_a_mail_with_the_link(server, api: Api, mailbox):
    for name, role in [("ada", "administrator"), ("hal", "help-desk")]:
        made = server.command(
            "admin", "create", "--username", name, "--email", f"{name}@example.org", "--role", role
        )
        assert made.returncode == 0, made.stderr
    rule = {"filters": [{"field": "location", "operator": "equals", "values": ["Denver"]}]}
    group = api.post(
        "/groups",
        {
            "name": "Denver",
            "membershipMethod": "DYNAMIC_REVIEW_REQUIRED",
            "memberSuggestionsNotify": True,
            "memberQuery": rule,
        },
    )
    user = api.user("jason", location="Denver", displayName="Jason <Lee>")
    wait_until(lambda: mailbox.mails, "the mail")
    sender, recipients, message = mailbox.mails[0]
    assert (sender, recipients) == (SENDER, ["ada@example.org"])
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    link = f"{server.url}/admin/groups/{group['id']}/review"
    assert f"Review Suggestions: {link}" in plain and "Jason <Lee> joins" in plain
    assert f'<a href="{link}">Review Suggestions</a>' in html and "Jason &lt;Lee&gt; joins" in html
    assert user["email"] not in plain + html
    sent = wait_until(
        lambda: [one for one in api.get("/mail-outbox")["items"] if one["sentAt"]], "the mark"
    )
    assert [one["id"] for one in sent] == [message["Message-ID"]]
    # Repeats within the hour wait for its end, folded into one.
    for name in ["mark", "stacy"]:
        api.user(name, location="Denver")
    outbox = api.get("/mail-outbox")["items"]
    assert len(outbox) == 2 and outbox[0]["sentAt"] is None
    assert "3 changes" in outbox[0]["text"]
    assert len(mailbox.mails) == 1
