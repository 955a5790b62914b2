DROP TABLE logout_participants;
DROP TABLE logouts;
DROP INDEX sessions_family;
ALTER TABLE issued_assertions DROP COLUMN ended_at;
ALTER TABLE issued_assertions DROP COLUMN sp_name_qualifier;
ALTER TABLE issued_assertions DROP COLUMN name_qualifier;
