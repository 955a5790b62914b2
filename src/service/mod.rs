//! Floor 2: use cases, synchronous. Never names actix, askama or diesel.
