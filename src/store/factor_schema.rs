//! The tables of second factors and of the sign-ins that wait for one, by hand, as the migrations make
//! them. Never queried from outside the store.

diesel::table! {
    totp_secrets (account_id) {
        account_id -> BigInt,
        sealed -> Binary,
        confirmed_at -> Nullable<BigInt>,
        asker_hash -> Nullable<Binary>,
        last_step -> BigInt,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    recovery_codes (account_id, code_hash) {
        account_id -> BigInt,
        code_hash -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    passkeys (credential_id) {
        credential_id -> Binary,
        public_id -> Text,
        account_id -> BigInt,
        name -> Text,
        document -> Text,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    passkey_ceremonies (token_hash) {
        token_hash -> Binary,
        browser_hash -> Binary,
        purpose -> Text,
        sealed -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    half_sign_ins (token_hash) {
        token_hash -> Binary,
        account_id -> BigInt,
        browser_hash -> Binary,
        may_enrol -> Bool,
        password_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    remembered_devices (token_hash) {
        token_hash -> Binary,
        public_id -> Text,
        account_id -> BigInt,
        address -> Text,
        user_agent -> Text,
        created_at -> BigInt,
        last_used_at -> BigInt,
        expires_at -> BigInt,
    }
}
