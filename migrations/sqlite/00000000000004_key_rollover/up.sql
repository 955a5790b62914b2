-- From when all sign with a key that have no date of their own for it; NULL: not decided.
ALTER TABLE signing_keys ADD COLUMN signs_from BIGINT;
-- The days before its end of which administrators were last told by mail.
ALTER TABLE signing_keys ADD COLUMN warned_days BIGINT;
UPDATE signing_keys SET signs_from = created_at WHERE state = 'ACTIVE';

-- From when one connector is signed for with a key, ahead of the others or after them.
CREATE TABLE connector_keys (
    connector_id BIGINT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    key_id BIGINT NOT NULL REFERENCES signing_keys (id) ON DELETE CASCADE,
    signs_from BIGINT NOT NULL,
    PRIMARY KEY (connector_id, key_id)
);
CREATE INDEX connector_keys_key ON connector_keys (key_id);
