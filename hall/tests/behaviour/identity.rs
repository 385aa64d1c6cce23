//! Kiosks that are known by their certificates: enrolled, let in, renewed, revoked.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use hall::{Authority, Clock, HallSettings, SystemClock, TlsSettings};
use hall_api::{Certificate, CertificateRequest, ChargeState, Enrolment, OrderStatus, Problem, ProblemKind};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::bench::{Bench, line, morning, report_of};
use crate::place::{Kind, passing};

tests![
    a_kiosk_enrols_once_with_its_token_and_pays,
    who_shows_no_certificate_or_a_foreign_one_is_not_let_in,
    a_revoked_certificate_is_refused_and_its_connections_end,
    a_kiosk_renews_over_its_old_certificate_and_for_itself_only,
    a_kiosk_speaks_for_no_other,
];

const PHONE: (&str, &str) = ("BT-P01", "13847200011");

/// A hall with an authority of its own.
struct City {
    bench: Bench,
    folder: TempDir,
}

/// A kiosk's key and what is signed for it.
struct Kiosk {
    code: &'static str,
    key: KeyPair,
    certificate: Option<Certificate>,
}

impl City {
    fn new(on: Kind) -> Self {
        let folder = authority();
        let enrol_listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let tls = Some(TlsSettings { folder: folder.path().to_owned(), enrol_listen });
        Self { bench: Bench::with(HallSettings { tls, ..passing(on) }, morning()), folder }
    }

    async fn enrolled(&self, code: &'static str) -> Kiosk {
        let token = self.token(code);
        let mut kiosk = Kiosk::new(code);
        kiosk.certificate = Some(self.certify(&kiosk, Some(token)).await.unwrap());
        kiosk
    }

    fn token(&self, code: &str) -> String {
        self.bench.hall.enrolment_token(code, 60).unwrap()
    }

    /// Asks for a certificate where kiosks enrol.
    async fn certify(&self, kiosk: &Kiosk, token: Option<String>) -> Result<Certificate, Problem> {
        let nobody = connector(self.folder.path(), None);
        let url = self.bench.hall.enrolment_url().unwrap();
        exchange(&nobody, &url, ("POST", "/v1/certificates"), &kiosk.request(token)).await.unwrap()
    }

    /// Asks the hall as a kiosk, or says that there was no answer.
    async fn ask<A: DeserializeOwned>(
        &self,
        kiosk: &Kiosk,
        request: (&str, &str),
        body: &impl Serialize,
    ) -> Option<Result<A, Problem>> {
        exchange(&connector(self.folder.path(), Some(kiosk)), &self.bench.hall.url(), request, body).await
    }

    async fn is_let_in(&self, kiosk: &Kiosk) -> bool {
        self.ask::<serde_json::Value>(kiosk, ("GET", "/v1/health"), &()).await.is_some()
    }
}

impl Kiosk {
    fn new(code: &'static str) -> Self {
        Self { code, key: KeyPair::generate().unwrap(), certificate: None }
    }

    fn request(&self, token: Option<String>) -> CertificateRequest {
        let csr = CertificateParams::default().serialize_request(&self.key).unwrap();
        CertificateRequest { kiosk: self.code.to_owned(), token, csr_pem: csr.pem().unwrap() }
    }
}

fn authority() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    Authority::make(folder.path(), vec!["127.0.0.1".to_owned()], SystemClock.now()).unwrap();
    folder
}

/// A TLS client that trusts the authority of a folder.
fn connector(folder: &Path, kiosk: Option<&Kiosk>) -> TlsConnector {
    let pem = std::fs::read(folder.join("authority.pem")).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let shown = kiosk.and_then(|kiosk| kiosk.certificate.as_ref().map(|shown| (kiosk, shown)));
    let config = match shown {
        None => config.with_no_client_auth(),
        Some((kiosk, shown)) => {
            let chain = vec![CertificateDer::from_pem_slice(shown.certificate_pem.as_bytes()).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(kiosk.key.serialize_pem().as_bytes()).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    };
    TlsConnector::from(Arc::new(config))
}

/// One request on a connection of its own; none when the connection ends without an answer.
async fn exchange<A: DeserializeOwned>(
    connector: &TlsConnector,
    url: &str,
    (method, path): (&str, &str),
    body: &impl Serialize,
) -> Option<Result<A, Problem>> {
    let tcp = TcpStream::connect(url.trim_start_matches("https://")).await.unwrap();
    let mut stream = connector.connect(ServerName::try_from("127.0.0.1").unwrap(), tcp).await.ok()?;
    let body = serde_json::to_string(body).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: hall\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let done = head.starts_with("HTTP/1.1 2");
    Some(if done {
        Ok(serde_json::from_str(body).unwrap())
    } else {
        Err(serde_json::from_str(body).unwrap())
    })
}

fn kind_of<A>(answer: Result<A, Problem>) -> ProblemKind {
    answer.err().expect("a refusal").kind
}

async fn a_kiosk_enrols_once_with_its_token_and_pays(on: Kind) {
    let city = City::new(on);
    let token = city.token("BT07");
    let mut kiosk = Kiosk::new("BT07");
    kiosk.certificate = Some(city.certify(&kiosk, Some(token.clone())).await.unwrap());
    // The token is used up, was another kiosk's anyway, and was never guessed.
    for (code, token) in [("BT07", Some(token)), ("BT08", Some(city.token("BT07"))), ("BT07", None)] {
        assert_eq!(kind_of(city.certify(&Kiosk::new(code), token).await), ProblemKind::Forbidden);
    }
    let epoch = serde_json::json!({ "kiosk": "BT07" });
    let enrolment: Enrolment = city.ask(&kiosk, ("POST", "/v1/enrolments"), &epoch).await.unwrap().unwrap();
    assert_eq!(enrolment.epoch, 1);
    city.bench.approve("A1", 5_000);
    let report = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Charged, 1);
    city.ask::<OrderStatus>(&kiosk, ("PUT", "/v1/orders/A1"), &report).await.unwrap().unwrap();
    while city.bench.times_booked("A1", 0) == 0 {
        tokio::task::yield_now().await;
    }
}

async fn who_shows_no_certificate_or_a_foreign_one_is_not_let_in(on: Kind) {
    let (city, foreign) = (City::new(on), City::new(on));
    assert!(!city.is_let_in(&Kiosk::new("BT07")).await, "without a certificate");
    let stranger = foreign.enrolled("BT07").await;
    assert!(!city.is_let_in(&stranger).await, "with one of another authority");
    assert!(city.is_let_in(&city.enrolled("BT07").await).await);
    assert!(
        city.bench.client.get(city.bench.url("/v1/health").replace("https", "http")).send().await.is_err()
    );
}

async fn a_revoked_certificate_is_refused_and_its_connections_end(on: Kind) {
    let city = City::new(on);
    let (kiosk, other) = (city.enrolled("BT07").await, city.enrolled("BT08").await);
    assert!(city.is_let_in(&kiosk).await);
    let tcp = TcpStream::connect(city.bench.hall.url().trim_start_matches("https://")).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut open = connector(city.folder.path(), Some(&kiosk)).connect(name, tcp).await.unwrap();
    open.write_all(b"GET /v1/health HTTP/1.1\r\nHost: hall\r\n\r\n").await.unwrap();
    assert!(open.read(&mut [0; 4_096]).await.unwrap() > 0);
    assert_eq!(city.bench.hall.revoke("BT07").unwrap(), 1);
    // Within seconds; the test's own deadline is the runner's patience.
    while city.is_let_in(&kiosk).await {}
    let _sent = open.write_all(b"GET /v1/health HTTP/1.1\r\nHost: hall\r\n\r\n").await;
    assert_eq!(open.read(&mut [0; 4_096]).await.unwrap_or(0), 0, "the open connection ended");
    assert!(city.is_let_in(&other).await);
}

async fn a_kiosk_renews_over_its_old_certificate_and_for_itself_only(on: Kind) {
    let city = City::new(on);
    let mut kiosk = city.enrolled("BT07").await;
    let renewed = city.ask::<Certificate>(&kiosk, ("POST", "/v1/certificates"), &kiosk.request(None)).await;
    let stolen = Kiosk::new("BT08").request(None);
    let refused = city.ask::<Certificate>(&kiosk, ("POST", "/v1/certificates"), &stolen).await.unwrap();
    assert_eq!(kind_of(refused), ProblemKind::Forbidden);
    kiosk.certificate = Some(renewed.unwrap().unwrap());
    assert!(city.is_let_in(&kiosk).await);
}

async fn a_kiosk_speaks_for_no_other(on: Kind) {
    let city = City::new(on);
    let (kiosk, other) = (city.enrolled("BT07").await, city.enrolled("BT08").await);
    let report = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Unknown, 1);
    let foreign = city.ask::<OrderStatus>(&other, ("PUT", "/v1/orders/A1"), &report).await.unwrap();
    assert_eq!(kind_of(foreign), ProblemKind::Forbidden);
    city.ask::<OrderStatus>(&kiosk, ("PUT", "/v1/orders/A1"), &report).await.unwrap().unwrap();
    let own = city.ask::<OrderStatus>(&kiosk, ("GET", "/v1/orders/A1"), &()).await.unwrap();
    assert_eq!(own.unwrap().order_id, "A1");
    let read = city.ask::<OrderStatus>(&other, ("GET", "/v1/orders/A1"), &()).await.unwrap();
    assert_eq!(kind_of(read), ProblemKind::UnknownOrder);
    let inbox = city.ask::<serde_json::Value>(&other, ("GET", "/v1/kiosks/BT07/inbox"), &()).await.unwrap();
    assert_eq!(kind_of(inbox), ProblemKind::Forbidden);
}
