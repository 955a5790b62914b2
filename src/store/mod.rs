//! Floor 1: rows and transactions, on SQLite and PostgreSQL. The only floor that names diesel;
//! it never sees SAML or HTTP.
