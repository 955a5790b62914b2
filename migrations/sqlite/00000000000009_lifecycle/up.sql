-- When a user's state changes by itself.
ALTER TABLE users ADD COLUMN activate_at BIGINT;
ALTER TABLE users ADD COLUMN suspend_at BIGINT;
CREATE INDEX users_activate_at ON users (activate_at) WHERE activate_at IS NOT NULL;
CREATE INDEX users_suspend_at ON users (suspend_at) WHERE suspend_at IS NOT NULL;

-- When the person was last sent a link that sets the first password.
ALTER TABLE accounts ADD COLUMN invited_at BIGINT;

-- Each session carries its two lifetimes; until now they were the same for all.
ALTER TABLE sessions ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN idle_ms BIGINT NOT NULL DEFAULT 28800000;
UPDATE sessions SET ends_at = created_at + 43200000;

-- Somebody asked for a new password; NULL: there is no such account. Written alike for both, so that
-- neither takes longer, and therefore without a reference.
CREATE TABLE recovery_requests (
    id INTEGER PRIMARY KEY,
    account_id BIGINT,
    asked_at BIGINT NOT NULL
);

-- The one-time link of a mail, sealed under the master key until the mail is sent.
ALTER TABLE mail_outbox ADD COLUMN sealed_link BLOB;

-- What of an audit event is personal is chained by a salted digest, so that it can be erased.
ALTER TABLE audit_events ADD COLUMN actor_salt TEXT;
ALTER TABLE audit_events ADD COLUMN object_salt TEXT;
CREATE TABLE audit_erasures (
    event_id BIGINT NOT NULL REFERENCES audit_events (id) ON DELETE CASCADE,
    part TEXT NOT NULL,
    digest TEXT,
    erased_by TEXT NOT NULL,
    PRIMARY KEY (event_id, part)
);
CREATE INDEX audit_erasures_by ON audit_erasures (erased_by);
