DROP TABLE api_token_scopes;
DROP TABLE administrator_scopes;
ALTER TABLE api_tokens DROP COLUMN is_scoped;
ALTER TABLE administrators DROP COLUMN is_scoped;
