ALTER TABLE signing_keys DROP COLUMN is_in_hsm;
