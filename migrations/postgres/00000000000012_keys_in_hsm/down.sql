-- A key in a hardware security module is nothing to the version before: switch to one in the database first.
ALTER TABLE signing_keys DROP COLUMN is_in_hsm;
