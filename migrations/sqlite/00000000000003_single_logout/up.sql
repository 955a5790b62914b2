-- Single logout names people and sessions as they were issued, and ends what a family holds.
ALTER TABLE issued_assertions ADD COLUMN name_qualifier TEXT;
ALTER TABLE issued_assertions ADD COLUMN sp_name_qualifier TEXT;
-- When the service provider said that what it made of the assertion is over.
ALTER TABLE issued_assertions ADD COLUMN ended_at BIGINT;
CREATE INDEX sessions_family ON sessions (family);

-- Logouts that run, bound to the browser in which they do; the one that asked is answered at the end.
CREATE TABLE logouts (
    id TEXT NOT NULL PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    asker_id BIGINT REFERENCES connectors (id) ON DELETE CASCADE,
    request_id TEXT,
    binding TEXT,
    relay_state TEXT,
    began_at BIGINT NOT NULL,
    finished_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX logouts_browser ON logouts (browser_hash);
CREATE INDEX logouts_user ON logouts (user_id);
CREATE INDEX logouts_asker ON logouts (asker_id);
CREATE INDEX logouts_expiry ON logouts (expires_at);

-- Who takes part, and what it said. request_id is that of the request that was sent last.
CREATE TABLE logout_participants (
    logout_id TEXT NOT NULL REFERENCES logouts (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    assertion_id TEXT NOT NULL REFERENCES issued_assertions (assertion_id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    request_id TEXT UNIQUE,
    PRIMARY KEY (logout_id, place)
);
CREATE INDEX logout_participants_assertion ON logout_participants (assertion_id);
