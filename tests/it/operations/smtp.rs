//! A mail server of a few lines, which refuses as often as it is told to and keeps what it takes.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use vestibule::service::mailer::Mailer;

/// The server; it ends with the test.
pub struct MailServer {
    port: u16,
    /// Answers to give to the next mails instead of taking them.
    refusals: Arc<Mutex<Vec<&'static str>>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let refusals = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::new(Mutex::new(Vec::new()));
        let shared = (Arc::clone(&refusals), Arc::clone(&taken));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                // Several connections can be open, since clients keep them.
                let (refusals, taken) = (Arc::clone(&shared.0), Arc::clone(&shared.1));
                let client = client.unwrap();
                std::thread::spawn(move || serve(client, &refusals, &taken));
            }
        });
        Self {
            port,
            refusals,
            taken,
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn client(&self) -> Mailer {
        Mailer::new(
            &SecretString::from(self.url()),
            "Vestibule <vestibule@example.com>",
        )
        .unwrap()
    }

    /// The next mail gets this answer.
    pub fn refuse(&self, answer: &'static str) {
        self.refusals.lock().unwrap().push(answer);
    }

    /// The mails with their headers, in their order.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn serve(client: TcpStream, refusals: &Mutex<Vec<&'static str>>, taken: &Mutex<Vec<String>>) {
    let mut out = client.try_clone().unwrap();
    let mut say = move |line: &str| write!(out, "{line}\r\n").unwrap();
    let mut lines = BufReader::new(client).lines();
    say("220 test");
    while let Some(Ok(line)) = lines.next() {
        match line.split(' ').next().unwrap_or_default() {
            "DATA" => {
                say("354 go on");
                let mail: Vec<String> = lines
                    .by_ref()
                    .map_while(Result::ok)
                    .take_while(|line| line != ".")
                    .collect();
                match refusals.lock().unwrap().pop() {
                    Some(answer) => say(answer),
                    None => {
                        taken.lock().unwrap().push(mail.join("\n"));
                        say("250 taken");
                    }
                }
            }
            "QUIT" => {
                say("221 bye");
                return;
            }
            _ => say("250 ok"),
        }
    }
}
