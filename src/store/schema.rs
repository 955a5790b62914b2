//! The tables as the queries see them; the truth is in `migrations/`, and a test compares the two.
//! Integer keys are 64 bits on both databases, times are milliseconds UTC.

diesel::table! {
    accounts (id) {
        id -> BigInt,
        public_id -> Text,
        kind -> Text,
        username -> Text,
        username_fold -> Text,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<BigInt>,
        created_at -> BigInt,
        invited_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        email -> Text,
        email_fold -> Text,
        first_name -> Text,
        last_name -> Text,
        display_name -> Text,
        sort_key -> Text,
        company -> Text,
        cost_center -> Text,
        department -> Text,
        description -> Text,
        employee_type -> Text,
        job_title -> Text,
        location -> Text,
        manager -> Text,
        user_state -> Text,
        rule_gen -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        activate_at -> Nullable<BigInt>,
        suspend_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    administrators (id) {
        id -> BigInt,
        email -> Text,
        role -> Text,
        version -> BigInt,
        is_scoped -> Bool,
    }
}

diesel::table! {
    user_groups (id) {
        id -> BigInt,
        public_id -> Text,
        name -> Text,
        name_fold -> Text,
        description -> Text,
        method -> Text,
        notify -> Bool,
        has_rule -> Bool,
        rule_epoch -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        require_mfa -> Bool,
    }
}

diesel::table! {
    rule_conditions (group_id, position) {
        group_id -> BigInt,
        position -> Integer,
        attribute -> Text,
        operator -> Text,
        match_values -> Text,
    }
}

diesel::table! {
    group_members (user_id, group_id) {
        user_id -> BigInt,
        group_id -> BigInt,
        origin -> SmallInt,
        added_at -> BigInt,
        cause -> Text,
    }
}

diesel::table! {
    exemptions (group_id, user_id) {
        group_id -> BigInt,
        user_id -> BigInt,
        effect -> Text,
    }
}

diesel::table! {
    membership_suggestions (group_id, user_id) {
        group_id -> BigInt,
        user_id -> BigInt,
        op -> Text,
        epoch -> BigInt,
        cause -> Text,
        since -> BigInt,
        rejected_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    group_attributes (group_id, name) {
        group_id -> BigInt,
        name -> Text,
        kind -> Text,
        value -> Text,
        added_seq -> BigInt,
    }
}

diesel::table! {
    user_attributes (user_id, name) {
        user_id -> BigInt,
        position -> Integer,
        name -> Text,
        kind -> Text,
        value -> Text,
    }
}

diesel::table! {
    directory_epoch (id) {
        id -> BigInt,
        rule_epoch -> BigInt,
        config_epoch -> BigInt,
        attribute_seq -> BigInt,
    }
}

diesel::table! {
    connectors (id) {
        id -> BigInt,
        public_id -> Text,
        name -> Text,
        name_fold -> Text,
        slug -> Text,
        status -> Text,
        template -> Nullable<Text>,
        sp_entity_id -> Text,
        settings -> Text,
        metadata_xml -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    app_groups (connector_id, group_id) {
        connector_id -> BigInt,
        group_id -> BigInt,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        public_id -> Text,
        family -> Text,
        account_id -> BigInt,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        authenticated_at -> BigInt,
        method -> Text,
        csrf_secret -> Text,
        address -> Text,
        user_agent -> Text,
        ends_at -> BigInt,
        idle_ms -> BigInt,
    }
}

diesel::table! {
    recovery_requests (id) {
        id -> BigInt,
        account_id -> Nullable<BigInt>,
        asked_at -> BigInt,
    }
}

diesel::table! {
    pending_requests (id) {
        id -> Text,
        browser_hash -> Binary,
        connector_id -> BigInt,
        body -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    waiting_responses (handle_hash) {
        handle_hash -> Binary,
        connector_id -> BigInt,
        sealed -> Binary,
        expires_at -> BigInt,
    }
}

diesel::table! {
    seen_requests (connector_id, request_id) {
        connector_id -> BigInt,
        request_id -> Text,
        family -> Text,
        consumed_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    persistent_name_ids (user_id, connector_id) {
        user_id -> BigInt,
        connector_id -> BigInt,
        value -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    issued_assertions (assertion_id) {
        assertion_id -> Text,
        response_id -> Text,
        connector_id -> BigInt,
        user_id -> BigInt,
        session_index -> Text,
        session_family -> Text,
        name_id -> Text,
        name_id_format -> Text,
        digest -> Text,
        issued_at -> BigInt,
        expires_at -> BigInt,
        name_qualifier -> Nullable<Text>,
        sp_name_qualifier -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    logouts (id) {
        id -> Text,
        browser_hash -> Binary,
        user_id -> BigInt,
        asker_id -> Nullable<BigInt>,
        request_id -> Nullable<Text>,
        binding -> Nullable<Text>,
        relay_state -> Nullable<Text>,
        began_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        expires_at -> BigInt,
    }
}

diesel::table! {
    logout_participants (logout_id, place) {
        logout_id -> Text,
        place -> BigInt,
        assertion_id -> Text,
        state -> Text,
        request_id -> Nullable<Text>,
    }
}

diesel::table! {
    audit_events (id) {
        id -> BigInt,
        public_id -> Text,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Text,
        actor_name -> Text,
        kind -> Text,
        object_kind -> Text,
        object_id -> Text,
        object_name -> Text,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        chain_id -> Text,
        chain_seq -> Nullable<BigInt>,
        prev_hash -> Nullable<Text>,
        hash -> Nullable<Text>,
        actor_salt -> Nullable<Text>,
        object_salt -> Nullable<Text>,
    }
}

diesel::table! {
    audit_erasures (event_id, part) {
        event_id -> BigInt,
        part -> Text,
        digest -> Nullable<Text>,
        erased_by -> Text,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> BigInt,
        public_id -> Text,
        name -> Text,
        role -> Text,
        token_hash -> Binary,
        prefix -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        is_scoped -> Bool,
    }
}

diesel::table! {
    administrator_scopes (administrator_id, group_id) {
        administrator_id -> BigInt,
        group_id -> BigInt,
    }
}

diesel::table! {
    api_token_scopes (token_id, group_id) {
        token_id -> BigInt,
        group_id -> BigInt,
    }
}

diesel::table! {
    one_time_tokens (token_hash) {
        token_hash -> Binary,
        account_id -> BigInt,
        purpose -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sign_in_failures (key) {
        key -> Text,
        failures -> BigInt,
        blocked_until -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> BigInt,
        public_id -> Text,
        algorithm -> Text,
        state -> Text,
        certificate -> Text,
        sealed_private_key -> Binary,
        not_after -> BigInt,
        created_at -> BigInt,
        signs_from -> Nullable<BigInt>,
        warned_days -> Nullable<BigInt>,
        is_in_hsm -> Bool,
    }
}

diesel::table! {
    connector_keys (connector_id, key_id) {
        connector_id -> BigInt,
        key_id -> BigInt,
        signs_from -> BigInt,
    }
}

diesel::table! {
    exchanges (id) {
        id -> BigInt,
        public_id -> Text,
        connector_id -> BigInt,
        at -> BigInt,
        is_proven -> Bool,
        body -> Text,
        payload -> Nullable<Text>,
    }
}

diesel::table! {
    payload_recordings (connector_id) {
        connector_id -> BigInt,
        ends_at -> BigInt,
    }
}

diesel::table! {
    certificate_warnings (connector_id, fingerprint) {
        connector_id -> BigInt,
        fingerprint -> Text,
        warned_days -> BigInt,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        held_until -> BigInt,
    }
}

diesel::table! {
    reconciliations (id) {
        id -> BigInt,
        public_id -> Text,
        cause -> Text,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        groups_checked -> BigInt,
        additions -> BigInt,
        removals -> BigInt,
        repaired -> BigInt,
    }
}

diesel::table! {
    mail_outbox (id) {
        id -> BigInt,
        message_id -> Text,
        recipient -> Text,
        subject -> Text,
        text_body -> Text,
        html_body -> Text,
        group_id -> Nullable<BigInt>,
        created_at -> BigInt,
        next_attempt_at -> BigInt,
        attempts -> BigInt,
        sent_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        sealed_link -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_checkpoints (chain_id) {
        chain_id -> Text,
        last_seq -> BigInt,
        last_hash -> Text,
        sealed -> Binary,
    }
}

diesel::table! {
    audit_streams (target) {
        target -> Text,
        floor_id -> BigInt,
        delivered -> BigInt,
        failures -> BigInt,
        delivered_at -> Nullable<BigInt>,
        failed_at -> Nullable<BigInt>,
        fault -> Text,
        next_try_at -> BigInt,
    }
}

diesel::table! {
    audit_stream_positions (target, chain_id) {
        target -> Text,
        chain_id -> Text,
        seq -> BigInt,
    }
}

diesel::joinable!(users -> accounts (id));
diesel::joinable!(administrators -> accounts (id));
diesel::joinable!(rule_conditions -> user_groups (group_id));
diesel::joinable!(group_members -> users (user_id));
diesel::joinable!(group_members -> user_groups (group_id));
diesel::joinable!(exemptions -> users (user_id));
diesel::joinable!(exemptions -> user_groups (group_id));
diesel::joinable!(membership_suggestions -> users (user_id));
diesel::joinable!(membership_suggestions -> user_groups (group_id));
diesel::joinable!(group_attributes -> user_groups (group_id));
diesel::joinable!(app_groups -> connectors (connector_id));
diesel::joinable!(app_groups -> user_groups (group_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(one_time_tokens -> accounts (account_id));
diesel::joinable!(audit_erasures -> audit_events (event_id));
diesel::joinable!(logout_participants -> logouts (logout_id));
diesel::joinable!(logout_participants -> issued_assertions (assertion_id));
diesel::joinable!(administrator_scopes -> user_groups (group_id));
diesel::joinable!(api_token_scopes -> user_groups (group_id));

diesel::allow_tables_to_appear_in_same_query!(
    administrator_scopes,
    api_token_scopes,
    accounts,
    users,
    administrators,
    user_groups,
    rule_conditions,
    group_members,
    exemptions,
    membership_suggestions,
    group_attributes,
    user_attributes,
    directory_epoch,
    connectors,
    app_groups,
    sessions,
    pending_requests,
    seen_requests,
    waiting_responses,
    persistent_name_ids,
    issued_assertions,
    logouts,
    logout_participants,
    audit_events,
    audit_erasures,
    recovery_requests,
    audit_checkpoints,
    audit_streams,
    audit_stream_positions,
    api_tokens,
    one_time_tokens,
    sign_in_failures,
    signing_keys,
    connector_keys,
    exchanges,
    payload_recordings,
    certificate_warnings,
    settings,
    leases,
    reconciliations,
    mail_outbox,
);
