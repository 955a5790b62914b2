//! The whole application in this process, over a database of its own in a temporary folder. What it
//! answers went through the same URL table and the same middleware as in production.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::test::{self, TestRequest};
use actix_web::web::Data;
use actix_web::{App, Error};
use secrecy::ExposeSecret;
use serde_json::Value;
use vestibule::domain::admin::AdminRole;
use vestibule::domain::second_factor::AdminMfa;
use vestibule::service::api_tokens::{self, Lifetime, TokenWish};
use vestibule::service::caller::{system, terminal};
use vestibule::service::environment::{Clock, Environment, ServiceSettings};
use vestibule::service::keys::{self, KeyRing};
use vestibule::service::outbound::Outbound;
use vestibule::service::passwords::Passwords;
use vestibule::service::secrets;
use vestibule::web::envelope::envelope;
use vestibule::web::routes;

use crate::store::databases::Database;

/// A password that the policy takes.
pub const PASSWORD: &str = "violet anchor, 27 lanterns";
/// What the application believes to be its address.
pub const BASE_URL: &str = "http://localhost:8080";

type Answering = Pin<Box<dyn Future<Output = Result<ServiceResponse<BoxBody>, Error>>>>;

/// What the nodes of one installation share: a database and the folder of the master key.
pub struct Site {
    database: Database,
    folder: tempfile::TempDir,
}

impl Site {
    fn new(database: Database) -> Rc<Self> {
        let folder = tempfile::tempdir().unwrap();
        Rc::new(Self { database, folder })
    }

    /// One on each database at hand.
    pub fn each() -> Vec<Rc<Self>> {
        Database::all().into_iter().map(Self::new).collect()
    }
}

/// The application.
pub struct TestApp {
    /// What it stands on, for tests that put something of their own beside it.
    pub env: Data<Environment>,
    service: Box<dyn Fn(TestRequest) -> Answering>,
    tokens: Vec<(AdminRole, String)>,
    // Dropped last: the database goes with it.
    site: Rc<Site>,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `null` for an empty one.
    #[track_caller]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, `""` when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Insists on a status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Insists on a problem, and that `pointer` is among its errors unless it is `""`.
    #[track_caller]
    pub fn expect_problem(self, status: u16, pointer: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|text| text.contains(' ')),
            "{problem}"
        );
        let named = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["pointer"]);
        assert!(
            pointer.is_empty() || named.into_iter().any(|at| at == pointer),
            "{problem}"
        );
        problem
    }
}

impl TestApp {
    /// An application over SQLite, with one API token for each role.
    pub async fn start() -> Self {
        Self::start_on(Site::new(Database::sqlite())).await
    }

    /// Another node of the same installation: another process as far as the database can tell.
    pub async fn start_beside(&self) -> Self {
        Self::start_on(Rc::clone(&self.site)).await
    }

    /// An application on a site.
    pub async fn start_on(site: Rc<Site>) -> Self {
        Self::start_at(site, Clock::System).await
    }

    /// An application that may ask other hosts.
    pub async fn start_with(outbound: Outbound) -> Self {
        let site = Site::new(Database::sqlite());
        let env = environment(&site, Clock::System).with_outbound(outbound);
        Self::start_over(site, env).await
    }

    /// An application on a site by a clock of the test's, whose administrators need a second factor.
    pub async fn start_guarded(site: Rc<Site>, clock: Clock) -> Self {
        Self::start_changed((site, clock), |env| env.with_admin_mfa(AdminMfa::Required)).await
    }

    /// An application on a site by a clock of the test's, set up otherwise.
    pub async fn start_changed(
        (site, clock): (Rc<Site>, Clock),
        change: impl FnOnce(Environment) -> Environment,
    ) -> Self {
        let env = change(environment(&site, clock));
        Self::start_over(site, env).await
    }

    /// An application on a site, by a clock of the test's.
    pub async fn start_at(site: Rc<Site>, clock: Clock) -> Self {
        let env = environment(&site, clock);
        Self::start_over(site, env).await
    }

    async fn start_over(site: Rc<Site>, env: Environment) -> Self {
        let env = Data::new(env);
        let tokens = AdminRole::ALL
            .into_iter()
            .map(|role| {
                let name = format!("test {}", role.as_str());
                let wish = TokenWish {
                    name: &name,
                    role: role.as_str(),
                    // Tests put their clocks where they like.
                    lifetime: Lifetime::Endless,
                    groups: None,
                };
                let made = api_tokens::create(&env, &terminal(), wish);
                (role, made.unwrap().1.expose_secret().to_owned())
            })
            .collect();
        let app = App::new()
            .wrap(from_fn(envelope))
            .app_data(env.clone())
            .configure(routes::configure);
        let service = Rc::new(test::init_service(app).await);
        let service = Box::new(move |request: TestRequest| -> Answering {
            let service = Rc::clone(&service);
            Box::pin(async move { service.call(request.to_request()).await })
        });
        Self {
            env,
            service,
            tokens,
            site,
        }
    }

    /// The token of a role.
    pub fn token(&self, role: AdminRole) -> &str {
        &self.tokens.iter().find(|(of, _)| *of == role).unwrap().1
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: TestRequest) -> Answer {
        let response = match (self.service)(request).await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };
        let (head, body) = response.into_parts();
        let body = to_bytes(body).await.unwrap().to_vec();
        Answer {
            status: head.status().as_u16(),
            headers: head.headers().clone(),
            body,
        }
    }

    /// A request below `/api/v1` with the token of a role.
    pub fn request_as(&self, role: AdminRole, method: &Method, path: &str) -> TestRequest {
        let bearer = format!("Bearer {}", self.token(role));
        TestRequest::default()
            .method(method.clone())
            .uri(&format!("/api/v1{path}"))
            .insert_header(("authorization", bearer))
    }

    /// A request of an administrator with a JSON body as text.
    pub async fn send_text(&self, method: Method, path: &str, json: &str) -> Answer {
        let request = self.request_as(AdminRole::Administrator, &method, path);
        let request = request.insert_header(("content-type", "application/json"));
        self.send(request.set_payload(json.to_owned())).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request_as(AdminRole::Administrator, &Method::GET, path))
            .await
    }

    pub async fn post(&self, path: &str, json: &Value) -> Answer {
        self.send_text(Method::POST, path, &json.to_string()).await
    }

    pub async fn put(&self, path: &str) -> Answer {
        self.send(self.request_as(AdminRole::Administrator, &Method::PUT, path))
            .await
    }

    pub async fn patch(&self, path: &str, json: &Value) -> Answer {
        self.send_text(Method::PATCH, path, &json.to_string()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request_as(AdminRole::Administrator, &Method::DELETE, path))
            .await
    }

    /// Makes a resource and gives it as it was answered.
    pub async fn make(&self, path: &str, json: &Value) -> Value {
        self.post(path, json).await.expect(201).json()
    }

    /// How many there are in a list.
    pub async fn total(&self, path: &str) -> i64 {
        self.get(path).await.expect(200).json()["total"]
            .as_i64()
            .unwrap()
    }
}

fn environment(site: &Site, clock: Clock) -> Environment {
    let store = site.database.open(&secrets::random_token().unwrap());
    let master = keys::master_key(&store, &site.folder.path().join("keys")).unwrap();
    let settings = ServiceSettings {
        base_url: BASE_URL.to_owned(),
        entity_id: format!("{BASE_URL}/saml/metadata"),
        is_plain_loopback: true,
    };
    let passwords = Passwords::new(2).unwrap();
    let env = Environment::new(settings, store, KeyRing::new(master), passwords).with_clock(clock);
    keys::ensure_first(&env, &system()).unwrap();
    env
}
