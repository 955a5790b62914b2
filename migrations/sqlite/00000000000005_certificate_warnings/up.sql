-- Of which certificates of an application's service provider was told by mail, and how many days before the end.
CREATE TABLE certificate_warnings (
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    warned_days BIGINT NOT NULL,
    PRIMARY KEY (connector_id, fingerprint)
);
