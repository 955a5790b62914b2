//! NO-CALL-OUT: metadata by URL for an administrator, from a host that the operator allows, and nothing else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;
use vestibule::service::outbound::{AllowedHost, GivenNetwork, Network, Outbound};

use crate::support::sp_document::{acs, document};
use crate::support::test_app::TestApp;
use crate::support::tls_site::{Answer, HOST, TlsSite, leading_to};

const ACS: &str = "https://sp.example.com/acs";

/// What a name leads to, asked for the first time, the second, and so on.
type Names = Box<dyn Fn(usize) -> Vec<SocketAddr> + Send + Sync>;

fn outbound(site: &TlsSite, names: Names, asked: &Arc<AtomicUsize>) -> Outbound {
    let host = AllowedHost {
        name: HOST.to_owned(),
        port: site.address.port(),
    };
    let asked = Arc::clone(asked);
    let network = GivenNetwork {
        resolve: Box::new(move |_| names(asked.fetch_add(1, Ordering::SeqCst))),
        reachable: site.address,
        root: site.root.clone(),
        patience: Duration::from_secs(2),
    };
    Outbound::over(vec![host], Network::Given(Arc::new(network)))
}

/// An application that may ask the site, whose name leads to it.
async fn asking(site: &TlsSite) -> TestApp {
    TestApp::start_with(site.outbound()).await
}

async fn made(app: &TestApp) -> String {
    let draft = json!({"name": "Wiki", "metadataXml": document(&acs(ACS, 1))});
    let made = app.make("/connectors", &draft).await;
    format!("/connectors/{}/metadata", made["id"].as_str().unwrap())
}

fn url_of(site: &TlsSite, path: &str) -> Value {
    json!(format!("https://{HOST}:{}{path}", site.address.port()))
}

/// What is said when this is answered.
async fn refusal(answer: Answer) -> String {
    let site = TlsSite::start(answer);
    let app = asking(&site).await;
    let path = made(&app).await;
    let problem = app
        .post(
            &format!("{path}/difference"),
            &json!({"metadataUrl": url_of(&site, "/metadata")}),
        )
        .await
        .expect_problem(422, "/metadataUrl");
    problem["errors"][0]["detail"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn no_call_out_what_is_fetched_is_shown_and_applied_only_by_approval() {
    let new = document(&acs(ACS, 2));
    let site = TlsSite::start(Answer::of("200 OK", "", &new));
    let app = asking(&site).await;
    let path = made(&app).await;
    let url = url_of(&site, "/metadata");
    let shown = app
        .post(&format!("{path}/difference"), &json!({"metadataUrl": url}))
        .await
        .expect(200)
        .json();
    assert_eq!(shown["metadataXml"], new.as_str());
    assert_eq!(shown["changes"][0]["kind"], "CHANGED");
    let before = app.get(&path).await.expect(200).json();
    assert_ne!(before["metadataXml"], new.as_str());
    let approval =
        json!({"metadataXml": new, "digest": shown["digest"], "metadataUrl": url}).to_string();
    app.send_text(Method::PUT, &path, &approval)
        .await
        .expect(200);
    let after = app.get(&path).await.expect(200).json();
    assert_eq!(after["metadataXml"], new.as_str());
    assert_eq!(after["metadataUrl"], url);
    assert_eq!(site.asked(), 1, "an approval fetches nothing");
    let events = app.get("/audit?kind=metadata.fetched").await.expect(200);
    assert_eq!(events.json()["items"][0]["after"]["metadataUrl"], url);
    // Forgotten again.
    let connector = path.trim_end_matches("/metadata");
    app.patch(connector, &json!({"metadataUrl": null}))
        .await
        .expect(200);
    assert_eq!(app.get(&path).await.json()["metadataUrl"], Value::Null);
}

#[actix_web::test]
async fn no_call_out_a_connector_is_made_from_an_address() {
    let site = TlsSite::start(Answer::of("200 OK", "", &document(&acs(ACS, 1))));
    let app = asking(&site).await;
    let draft = json!({"name": "Wiki", "metadataUrl": url_of(&site, "/metadata")});
    let made = app.make("/connectors", &draft).await;
    assert_eq!(made["acsUrls"][0]["url"], ACS);
    // Never by itself: an address alone changes nothing.
    let path = format!("/connectors/{}", made["id"].as_str().unwrap());
    let patch = json!({"metadataUrl": url_of(&site, "/other")});
    app.patch(&path, &patch)
        .await
        .expect_problem(422, "/metadataUrl");
    assert_eq!(site.asked(), 1);
}

#[actix_web::test]
async fn no_call_out_is_for_administrators_only() {
    let site = TlsSite::start(Answer::of("200 OK", "", &document(&acs(ACS, 1))));
    let app = asking(&site).await;
    let path = made(&app).await;
    let url = url_of(&site, "/metadata");
    for (path, body) in [
        (format!("{path}/difference"), json!({"metadataUrl": url})),
        (
            "/connectors".to_owned(),
            json!({"name": "Other", "metadataUrl": url}),
        ),
    ] {
        let request = app
            .request_as(AdminRole::Manager, &Method::POST, &path)
            .insert_header(("content-type", "application/json"))
            .set_payload(body.to_string());
        app.send(request).await.expect_problem(403, "");
    }
    assert_eq!(site.asked(), 0);
}

#[actix_web::test]
async fn no_call_out_other_hosts_ports_schemes_and_addresses_are_never_asked() {
    let site = TlsSite::start(Answer::of("200 OK", "", ""));
    let app = asking(&site).await;
    let path = format!("{}/difference", made(&app).await);
    let port = site.address.port();
    for url in [
        format!("http://{HOST}:{port}/"),
        format!("https://{HOST}/"),
        format!("https://{HOST}.evil.example:{port}/"),
        format!("https://evil.example:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://user:secret@{HOST}:{port}/"),
        format!("https://{HOST}:{port}/#fragment"),
        "file:///etc/passwd".to_owned(),
        "no address".to_owned(),
    ] {
        app.post(&path, &json!({"metadataUrl": url}))
            .await
            .expect_problem(422, "/metadataUrl");
    }
    assert_eq!(site.asked(), 0);
}

#[actix_web::test]
async fn no_call_out_is_off_unless_a_host_is_named() {
    let app = TestApp::start().await;
    let path = format!("{}/difference", made(&app).await);
    let body = json!({"metadataUrl": "https://sp.example.com/metadata"});
    let problem = app.post(&path, &body).await;
    let problem = problem.expect_problem(422, "/metadataUrl");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("Fetching metadata is switched off."));
}

#[actix_web::test]
async fn no_call_out_a_name_that_leads_inside_is_not_opened() {
    let site = TlsSite::start(Answer::of("200 OK", "", ""));
    let inside = |text: &str| -> SocketAddr { text.parse().unwrap() };
    for other in ["10.0.0.1:443", "169.254.169.254:80", "[::1]:443"].map(inside) {
        // Beside an address that may be opened, too.
        let address = site.address;
        let names: Names = Box::new(move |_| vec![address, other]);
        let app = TestApp::start_with(outbound(&site, names, &Arc::default())).await;
        let path = format!("{}/difference", made(&app).await);
        let body = json!({"metadataUrl": url_of(&site, "/")});
        let problem = app.post(&path, &body).await;
        let problem = problem.expect_problem(422, "/metadataUrl");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("not public"), "{detail}");
    }
    assert_eq!(site.asked(), 0);
}

/// DNS rebinding: the address that was looked at is the one that is opened.
#[actix_web::test]
async fn no_call_out_a_name_is_resolved_once() {
    let site = TlsSite::start(Answer::of("200 OK", "", &document(&acs(ACS, 2))));
    let trap = TlsSite::start(Answer::of("200 OK", "", ""));
    let (address, inside) = (site.address, trap.address);
    let names: Names = Box::new(move |time| vec![if time == 0 { address } else { inside }]);
    let asked = Arc::<AtomicUsize>::default();
    let app = TestApp::start_with(outbound(&site, names, &asked)).await;
    let path = format!("{}/difference", made(&app).await);
    let body = json!({"metadataUrl": url_of(&site, "/")});
    app.post(&path, &body).await.expect(200);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!((site.asked(), trap.asked()), (1, 0));
}

#[actix_web::test]
async fn no_call_out_redirects_are_not_followed() {
    let inside = TlsSite::start(Answer::of("200 OK", "", ""));
    let port = inside.address.port();
    for to in [
        format!("https://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}/"),
        format!("https://{HOST}/elsewhere"),
        "/elsewhere".to_owned(),
    ] {
        let answer = Answer::of("302 Found", &format!("Location: {to}\r\n"), "");
        assert!(refusal(answer).await.contains("redirect"), "{to}");
    }
    assert_eq!(inside.asked(), 0);
}

/// BOUNDED-INPUT: 1 MiB, with a length that is said and without.
#[actix_web::test]
async fn no_call_out_an_answer_without_end_is_cut_off() {
    let huge = Answer::of("200 OK", "", &"x".repeat(1024 * 1024 + 1));
    assert!(refusal(huge).await.contains("larger than 1 MiB"));
    let endless = Answer {
        first: b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec(),
        on_and_on: vec![b'x'; 64 * 1024],
    };
    assert!(refusal(endless).await.contains("larger than 1 MiB"));
    let headers = Answer {
        first: b"HTTP/1.1 200 OK\r\n".to_vec(),
        on_and_on: b"X-More: and more and more\r\n".repeat(100),
    };
    assert!(refusal(headers).await.contains("could not be reached"));
}

/// The whole of it takes no longer than it may, whatever trickles in.
#[actix_web::test]
async fn no_call_out_a_silent_server_is_left() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let site = TlsSite::start(Answer::of("200 OK", "", ""));
    let address = silent.local_addr().unwrap();
    let outbound = leading_to(address, (HOST, &site.root), Duration::from_millis(300));
    let app = TestApp::start_with(outbound).await;
    let path = format!("{}/difference", made(&app).await);
    let url = format!("https://{HOST}:{}/", address.port());
    let problem = app.post(&path, &json!({"metadataUrl": url})).await;
    let problem = problem.expect_problem(422, "/metadataUrl");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("did not come in time"), "{detail}");
}

#[actix_web::test]
async fn no_call_out_what_is_no_metadata_is_refused_as_a_pasted_text_is() {
    assert!(
        refusal(Answer::of("404 Not Found", "", ""))
            .await
            .contains("404")
    );
    let no_text = Answer {
        first: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xfe".to_vec(),
        on_and_on: Vec::new(),
    };
    assert!(refusal(no_text).await.contains("UTF-8"));
    let site = TlsSite::start(Answer::of("200 OK", "", "<html></html>"));
    let app = asking(&site).await;
    let path = format!("{}/difference", made(&app).await);
    app.post(&path, &json!({"metadataUrl": url_of(&site, "/")}))
        .await
        .expect_problem(422, "/metadataXml");
}

/// A certificate that is not believed, or is another host's.
#[actix_web::test]
async fn no_call_out_a_server_that_cannot_prove_its_name_is_not_believed() {
    let site = TlsSite::start(Answer::of("200 OK", "", &document(&acs(ACS, 2))));
    let stranger = TlsSite::start(Answer::of("200 OK", "", ""));
    let address = site.address;
    let (names, roots) = ("other.example.com", [&stranger.root, &site.root]);
    for (name, root) in [(HOST, roots[0]), (names, roots[1])] {
        let outbound = leading_to(address, (name, root), Duration::from_secs(2));
        let app = TestApp::start_with(outbound).await;
        let path = format!("{}/difference", made(&app).await);
        let url = format!("https://{name}:{}/", address.port());
        let problem = app.post(&path, &json!({"metadataUrl": url})).await;
        let problem = problem.expect_problem(422, "/metadataUrl");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("not one that is believed"), "{detail}");
    }
}
