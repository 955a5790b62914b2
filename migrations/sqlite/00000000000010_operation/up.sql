-- Where what is left of a chain begins, once retention has removed what was before: number and hash of the last
-- event that went, and the same sealed under the master key, so that nobody else can have written it.
CREATE TABLE audit_checkpoints (
    chain_id TEXT NOT NULL PRIMARY KEY,
    last_seq BIGINT NOT NULL,
    last_hash TEXT NOT NULL,
    sealed BLOB NOT NULL
);

-- How far the audit was delivered to a receiver, and how the last try went.
CREATE TABLE audit_streams (
    -- The receiver's address without secrets.
    target TEXT NOT NULL PRIMARY KEY,
    -- Every event up to this key has been delivered.
    floor_id BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    -- Tries that failed since the last that did not.
    failures BIGINT NOT NULL,
    delivered_at BIGINT,
    failed_at BIGINT,
    fault TEXT NOT NULL,
    next_try_at BIGINT NOT NULL
);

-- Of each chain the number of the last event that was delivered.
CREATE TABLE audit_stream_positions (
    target TEXT NOT NULL REFERENCES audit_streams (target) ON DELETE CASCADE,
    chain_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (target, chain_id)
);
