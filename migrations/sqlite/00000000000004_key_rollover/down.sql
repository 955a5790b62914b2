DROP TABLE connector_keys;
ALTER TABLE signing_keys DROP COLUMN warned_days;
ALTER TABLE signing_keys DROP COLUMN signs_from;
