-- Second factors of accounts, and what a sign-in in two steps keeps between its steps.

-- Codes of an authenticator app (RFC 6238).
CREATE TABLE totp_secrets (
    account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    -- Under the master key.
    sealed BLOB NOT NULL,
    -- NULL: shown, and no code has come back yet; it opens nothing.
    confirmed_at BIGINT,
    -- The session or half sign-in that it was shown in, which alone may confirm it; NULL: it is confirmed.
    asker_hash BLOB,
    -- The newest step whose code was accepted: it and all before it are used up (FRESH-ONCE).
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

-- Recovery codes that are left. Using one deletes its row.
CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);

-- Passkeys (WebAuthn): public keys, so nothing here is sealed.
CREATE TABLE passkeys (
    credential_id BLOB NOT NULL PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- Public key, signature counter and flags, as the library keeps them.
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkeys_account ON passkeys (account_id);

-- Questions that wait for the answer of an authenticator, for one answer, for five minutes.
CREATE TABLE passkey_ceremonies (
    token_hash BLOB NOT NULL PRIMARY KEY,
    -- The pre-session of a sign-in, or the session in which a passkey is added.
    browser_hash BLOB NOT NULL,
    purpose TEXT NOT NULL,
    -- Under the master key.
    sealed BLOB NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_ceremonies_by_age ON passkey_ceremonies (expires_at);

-- Sign-ins whose first step was right and whose second is to come. No session, opens nothing.
CREATE TABLE half_sign_ins (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The browser's pre-session.
    browser_hash BLOB NOT NULL,
    -- True if a first factor may be set up in it: only where the password was typed just now.
    may_enrol BOOLEAN NOT NULL,
    -- When the password was checked.
    password_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX half_sign_ins_account ON half_sign_ins (account_id);
CREATE INDEX half_sign_ins_by_age ON half_sign_ins (expires_at);

-- Browsers that are not asked for the second factor for a while, by their owner's choice.
CREATE TABLE remembered_devices (
    token_hash BLOB NOT NULL PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX remembered_devices_account ON remembered_devices (account_id);
CREATE INDEX remembered_devices_by_age ON remembered_devices (expires_at);

-- Members need a second factor.
ALTER TABLE user_groups ADD COLUMN require_mfa BOOLEAN NOT NULL DEFAULT FALSE;
