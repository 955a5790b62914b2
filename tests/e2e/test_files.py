"""What lies on disk is for its owner only (KEY-AT-REST), and logs are plain text when they go to a file."""

import stat


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_key_at_rest_database_and_keys_are_private(server, api):
    api.user("somebody")
    data = server.folder / "data"
    assert mode(data) == 0o700
    assert {mode(file) for file in data.iterdir()} == {0o600}
    assert mode(server.folder / "keys" / "master.key") == 0o600


def test_quiet_4xx_logs_are_plain_and_hold_no_secret(server, api, token):
    api.get("/users/nobody", expect=404)
    log = server.process.output()
    assert "status=404" in log
    assert "\x1b" not in log
    assert token.strip() not in log
