//! The bounds of what waits, whatever arrives ("refused early, cheaply and quietly").

use super::*;
use crate::domain::exchange::{ExchangeBinding, ExchangeOutcome, MessageType};
use crate::domain::ids::PublicId;
use crate::domain::verdict::Verdicts;

fn exchange(outcome: ExchangeOutcome, second: i64) -> Exchange {
    Exchange {
        id: PublicId::new(format!("exchange-{second}")),
        at: DateTime::UNIX_EPOCH + TimeDelta::seconds(second),
        message: MessageType::AuthnRequest,
        outcome,
        binding: ExchangeBinding::HttpPost,
        message_id: None,
        in_response_to: None,
        username: None,
        verdicts: Verdicts::default(),
        payload: Some("<a/>".to_owned()),
    }
}

#[test]
fn bounded_input_a_flood_of_strangers_takes_its_own_small_share() {
    let recorder = FlightRecorder::default();
    let honest = ConnectorId::new(1);
    recorder.keep(honest, exchange(ExchangeOutcome::Sent, 0));
    for second in 1..=10_000 {
        let victim = ConnectorId::new(second % 1_000);
        recorder.keep(victim, exchange(ExchangeOutcome::Refused, second));
    }
    let taken = recorder.take();
    let all: usize = taken.values().map(Vec::len).sum();
    assert_eq!(all, MAX_UNPROVEN_WAITING + 1);
    let kept = taken.get(&honest).unwrap();
    assert_eq!(kept.first().unwrap().outcome, ExchangeOutcome::Sent);
    assert_eq!(recorder.take().len(), 0);
}

#[test]
fn bounded_input_the_last_of_each_connector_wait_and_few_documents() {
    let recorder = FlightRecorder::default();
    for second in 0..10_000 {
        let connector = ConnectorId::new(second % 3);
        recorder.keep(connector, exchange(ExchangeOutcome::Sent, second));
    }
    let taken = recorder.take();
    let mut payloads = 0;
    for (connector, exchanges) in &taken {
        assert_eq!(exchanges.len(), KEEP.proven);
        let last = exchanges.last().unwrap().at.timestamp();
        assert!(last >= 9_997 && last % 3 == connector.get());
        payloads += exchanges.iter().filter(|one| one.payload.is_some()).count();
    }
    assert!(payloads <= MAX_PAYLOADS_WAITING);
    for connector in 0..5_000 {
        recorder.keep(
            ConnectorId::new(connector),
            exchange(ExchangeOutcome::Sent, 0),
        );
    }
    assert_eq!(recorder.take().len(), MAX_WAITING);
}
