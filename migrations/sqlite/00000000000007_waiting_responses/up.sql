-- Responses that a service provider fetches by an artifact: sealed, for one fetch, for a minute.
CREATE TABLE waiting_responses (
    -- SHA-256 of the artifact's message handle.
    handle_hash BLOB NOT NULL PRIMARY KEY,
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX waiting_responses_by_age ON waiting_responses (expires_at);
CREATE INDEX waiting_responses_connector ON waiting_responses (connector_id);
