-- Accounts: one sign-in name, password and set of sessions, for users and administrators alike.
-- Times are milliseconds UTC everywhere; absent rule attributes are '' (rule A26), never NULL.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('USER', 'ADMINISTRATOR')),
    username TEXT NOT NULL,
    username_fold TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    password_changed_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    email_fold TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    -- Folded display name, then folded username, each cut to a length an index entry can hold (rule A46).
    sort_key TEXT NOT NULL,
    company TEXT NOT NULL DEFAULT '',
    cost_center TEXT NOT NULL DEFAULT '',
    department TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    employee_type TEXT NOT NULL DEFAULT '',
    job_title TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '',
    manager TEXT NOT NULL DEFAULT '',
    user_state TEXT NOT NULL,
    -- The rule epoch at which this row was last evaluated.
    rule_gen BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX users_sort ON users (sort_key, id);
CREATE INDEX users_rule_gen ON users (rule_gen);
CREATE INDEX users_company ON users (company);
CREATE INDEX users_cost_center ON users (cost_center);
CREATE INDEX users_department ON users (department);
CREATE INDEX users_description ON users (description);
CREATE INDEX users_employee_type ON users (employee_type);
CREATE INDEX users_job_title ON users (job_title);
CREATE INDEX users_location ON users (location);
CREATE INDEX users_manager ON users (manager);
CREATE INDEX users_user_state ON users (user_state);

CREATE TABLE administrators (
    id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE user_groups (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_fold TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    method TEXT NOT NULL,
    notify BOOLEAN NOT NULL,
    -- False: never had a rule. A rule without conditions matches nobody (rule A26).
    has_rule BOOLEAN NOT NULL,
    rule_epoch BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE rule_conditions (
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    attribute TEXT NOT NULL,
    operator TEXT NOT NULL,
    -- JSON array of strings.
    match_values TEXT NOT NULL,
    PRIMARY KEY (group_id, position)
) WITHOUT ROWID;

-- The order of the key serves sign-on, user change and reconcile from adjacent pages; the index
-- serves member lists.
CREATE TABLE group_members (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    -- 0 by hand, 1 by the rule, 2 listed under "Users to include".
    origin SMALLINT NOT NULL,
    added_at BIGINT NOT NULL,
    -- Public id of the audit event that caused it.
    cause TEXT NOT NULL,
    PRIMARY KEY (user_id, group_id)
) WITHOUT ROWID;
CREATE INDEX group_members_group ON group_members (group_id, user_id);

CREATE TABLE exemptions (
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    effect TEXT NOT NULL CHECK (effect IN ('include', 'exclude')),
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX exemptions_user ON exemptions (user_id);

CREATE TABLE membership_suggestions (
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    op TEXT NOT NULL CHECK (op IN ('add', 'remove')),
    -- The rule epoch of the group it was computed with.
    epoch BIGINT NOT NULL,
    cause TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- Rejected suggestions are remembered (rule A36).
    rejected_at BIGINT,
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX membership_suggestions_user ON membership_suggestions (user_id);

CREATE TABLE group_attributes (
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    -- Place in the order of rule B8, taken from directory_epoch.attribute_seq.
    added_seq BIGINT NOT NULL UNIQUE,
    PRIMARY KEY (group_id, name)
);

CREATE TABLE user_attributes (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Order in which the attributes were given.
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (user_id, name)
);

-- One row. Raised inside the writing transaction: neither a clock (skew) nor a sequence (not in
-- commit order) could tell which of two changes came later.
CREATE TABLE directory_epoch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    rule_epoch BIGINT NOT NULL,
    config_epoch BIGINT NOT NULL,
    attribute_seq BIGINT NOT NULL
);
INSERT INTO directory_epoch (id, rule_epoch, config_epoch, attribute_seq) VALUES (1, 0, 0, 0);

CREATE TABLE connectors (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_fold TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    template TEXT,
    sp_entity_id TEXT NOT NULL UNIQUE,
    -- JSON document of everything that is never searched for.
    settings TEXT NOT NULL,
    metadata_xml TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX connectors_sort ON connectors (name_fold, id);

CREATE TABLE app_groups (
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    PRIMARY KEY (connector_id, group_id)
) WITHOUT ROWID;
CREATE INDEX app_groups_group ON app_groups (group_id, connector_id);

CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    family TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    method TEXT NOT NULL,
    csrf_secret TEXT NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

-- AuthnRequests that wait for a sign-in, bound to the browser that brought them.
CREATE TABLE pending_requests (
    id TEXT NOT NULL PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_requests_connector ON pending_requests (connector_id);
CREATE INDEX pending_requests_expiry ON pending_requests (expires_at);

-- Request ids that were answered, with the session family that may be answered again (FRESH-ONCE).
CREATE TABLE seen_requests (
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    request_id TEXT NOT NULL,
    family TEXT NOT NULL,
    consumed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (connector_id, request_id)
);
CREATE INDEX seen_requests_expiry ON seen_requests (expires_at);

CREATE TABLE persistent_name_ids (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, connector_id),
    UNIQUE (connector_id, value)
);

CREATE TABLE issued_assertions (
    assertion_id TEXT NOT NULL PRIMARY KEY,
    response_id TEXT NOT NULL,
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_index TEXT NOT NULL,
    session_family TEXT NOT NULL,
    name_id TEXT NOT NULL,
    name_id_format TEXT NOT NULL,
    digest TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX issued_assertions_user ON issued_assertions (user_id);
CREATE INDEX issued_assertions_session ON issued_assertions (connector_id, session_index);
CREATE INDEX issued_assertions_family ON issued_assertions (session_family);

-- Append-only. The four chain columns are filled when a row is linked; no row refers to the
-- objects it speaks of, since events outlive them.
CREATE TABLE audit_events (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    object_name TEXT NOT NULL,
    before TEXT,
    after TEXT,
    chain_id TEXT NOT NULL DEFAULT '',
    chain_seq BIGINT,
    prev_hash TEXT,
    hash TEXT,
    UNIQUE (chain_id, chain_seq)
);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_actor ON audit_events (actor_id, id);
CREATE INDEX audit_events_kind ON audit_events (kind, id);
CREATE INDEX audit_events_object_kind ON audit_events (object_kind, id);
CREATE INDEX audit_events_object ON audit_events (object_id, id);
CREATE INDEX audit_events_unlinked ON audit_events (id) WHERE chain_seq IS NULL;

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);

CREATE TABLE one_time_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX one_time_tokens_account ON one_time_tokens (account_id);

-- The brake of ONE-DOOR; the key names an account or a source address.
CREATE TABLE sign_in_failures (
    key TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL,
    certificate TEXT NOT NULL,
    sealed_private_key BLOB NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
-- One active key per type, whatever two administrators do at once.
CREATE UNIQUE INDEX signing_keys_active ON signing_keys ((algorithm = 'ecdsa-p256'))
    WHERE state = 'ACTIVE';

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Work that one node at a time may do.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL
);

-- Runs of the full recompute (rule A5).
CREATE TABLE reconciliations (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    cause TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    groups_checked BIGINT NOT NULL,
    additions BIGINT NOT NULL,
    removals BIGINT NOT NULL,
    -- All differences, those of sources and of suggestions too.
    repaired BIGINT NOT NULL
);
CREATE INDEX reconciliations_started ON reconciliations (started_at);

CREATE TABLE mail_outbox (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    group_id BIGINT REFERENCES user_groups (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    sent_at BIGINT,
    last_error TEXT
);
CREATE INDEX mail_outbox_due ON mail_outbox (next_attempt_at) WHERE sent_at IS NULL;
CREATE INDEX mail_outbox_group ON mail_outbox (group_id);
