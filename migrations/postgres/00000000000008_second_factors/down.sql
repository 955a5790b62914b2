ALTER TABLE user_groups DROP COLUMN require_mfa;
DROP TABLE remembered_devices;
DROP TABLE half_sign_ins;
DROP TABLE passkey_ceremonies;
DROP TABLE passkeys;
DROP TABLE recovery_codes;
DROP TABLE totp_secrets;
