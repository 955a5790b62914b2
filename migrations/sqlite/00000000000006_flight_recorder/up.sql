-- The last messages from and to each service provider, with a verdict for each check. Few of each
-- connector are kept: what is written here is for looking at, not for proof.
CREATE TABLE exchanges (
    id INTEGER PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    -- Somebody known stands behind it; strangers' messages are counted apart.
    is_proven BOOLEAN NOT NULL,
    -- JSON.
    body TEXT NOT NULL,
    -- The document, while payloads were recorded.
    payload TEXT
);
CREATE INDEX exchanges_of_connector ON exchanges (connector_id, id);
CREATE INDEX exchanges_by_age ON exchanges (at);

-- Connectors whose payloads are recorded, and until when.
CREATE TABLE payload_recordings (
    connector_id INTEGER PRIMARY KEY REFERENCES connectors (id) ON DELETE CASCADE,
    ends_at BIGINT NOT NULL
);
