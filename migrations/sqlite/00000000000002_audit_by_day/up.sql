-- Sign-ons and refusals of a day are counted in this index alone.
CREATE INDEX audit_events_kind_at ON audit_events (kind, at);
