//! A browser without scripts: keeps cookies, reads forms, posts them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use actix_web::test::TestRequest;
use url::form_urlencoded::Serializer;

use crate::support::test_app::{Answer, TestApp};

/// One browser at one address.
pub struct Visitor<'a> {
    app: &'a TestApp,
    cookies: RefCell<BTreeMap<String, String>>,
    address: SocketAddr,
}

impl<'a> Visitor<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: RefCell::default(),
            address: "192.0.2.1:5000".parse().unwrap(),
        }
    }

    /// One at another address.
    pub fn at(app: &'a TestApp, address: &str) -> Self {
        Self {
            address: address.parse().unwrap(),
            ..Self::new(app)
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Follows redirects that stay here, at most five.
    pub async fn open(&self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..5 {
            if answer.status != 303 {
                break;
            }
            let next = answer.header("location").to_owned();
            answer = self.get(&next).await;
        }
        answer
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form(path, fields)).await
    }

    /// Sends any request with the cookies of this browser, and keeps those that come back.
    pub async fn send(&self, request: TestRequest) -> Answer {
        let sent: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = request.peer_addr(self.address);
        if !sent.is_empty() {
            request = request.insert_header(("cookie", sent.join("; ")));
        }
        let answer = self.app.send(request).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies
                    .borrow_mut()
                    .insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }

    /// Fills in the sign-in form of `page` and posts it to where it says.
    pub async fn fill_in(&self, page: &Answer, username: &str, password: &str) -> Answer {
        let html = page.text();
        let token = field(&html, "csrf_token");
        let fields = [
            ("username", username),
            ("password", password),
            ("csrf_token", &token),
        ];
        self.post(&form_action(&html), &fields).await
    }

    /// Signs in at `/login` and insists that it works.
    pub async fn sign_in(&self, username: &str, password: &str) {
        let page = self.get("/login").await;
        self.fill_in(&page, username, password).await.expect(303);
    }
}

/// A form as a request.
pub fn form(path: &str, fields: &[(&str, &str)]) -> TestRequest {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(body)
}

/// A form with a file as a request (RFC 7578).
pub fn form_with_file(path: &str, fields: &[(&str, &str)], file: &[u8]) -> TestRequest {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--parts\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let head = "--parts\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sp.xml\"\r\n\
                Content-Type: text/xml\r\n\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--parts--\r\n");
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "multipart/form-data; boundary=parts"))
        .set_payload(body)
}

/// The value of an input, `""` when there is none of that name.
pub fn field(html: &str, name: &str) -> String {
    let input = html
        .split("<input")
        .find(|input| input.contains(&format!("name=\"{name}\"")));
    input
        .map(|input| attribute(input, "value"))
        .unwrap_or_default()
}

/// Where the first form that is posted goes.
pub fn form_action(html: &str) -> String {
    let form = html
        .split("<form")
        .find(|form| form.contains("method=\"post\""));
    form.map(|form| attribute(form, "action"))
        .unwrap_or_default()
}

fn attribute(tag: &str, name: &str) -> String {
    let tag = tag.split('>').next().unwrap();
    let value = tag
        .split(&format!("{name}=\""))
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    // askama writes character references; these are the ones that it makes.
    let mut text = value.unwrap_or_default().to_owned();
    for (reference, character) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ] {
        text = text.replace(reference, character);
    }
    text
}
