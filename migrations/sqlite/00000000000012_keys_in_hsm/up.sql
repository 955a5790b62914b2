-- The private half lies in a hardware security module, under the public id of the key; what is sealed is empty then.
ALTER TABLE signing_keys ADD COLUMN is_in_hsm BOOLEAN NOT NULL DEFAULT FALSE;
