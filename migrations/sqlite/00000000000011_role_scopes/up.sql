-- The user groups that a role is limited to. A scope from which every group was deleted reaches nothing;
-- it does not become a role for everything.
ALTER TABLE administrators ADD COLUMN is_scoped BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE api_tokens ADD COLUMN is_scoped BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE administrator_scopes (
    administrator_id BIGINT NOT NULL REFERENCES administrators (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    PRIMARY KEY (administrator_id, group_id)
);
CREATE INDEX administrator_scopes_group ON administrator_scopes (group_id);

CREATE TABLE api_token_scopes (
    token_id BIGINT NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    PRIMARY KEY (token_id, group_id)
);
CREATE INDEX api_token_scopes_group ON api_token_scopes (group_id);
