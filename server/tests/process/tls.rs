//! TLS of a server process: its files, its signals, its log, and how clients tell servers apart.

use boxoffice_client::{Client, ClientConfig, ClientError, TlsConfig, TlsFault};
use boxoffice_protocol::request::Request;
use boxoffice_testing::pki::{Flaw, Pki, shown};
use boxoffice_testing::process::{Process, command, program_at};
use boxoffice_testing::{until, until_some};
use rustix::process::Signal;
use std::fs::{self, File};
use std::path::PathBuf;
use tempfile::TempDir;

/// A server that speaks TLS, and its log.
struct Logged {
    process: Process,
    log: PathBuf,
    _folder: TempDir,
}

impl Logged {
    fn start(pki: &Pki) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("log");
        let mut command = program_at("127.0.0.1:0", "127.0.0.1:0");
        command.args(["--memory", "--log", "debug"]);
        command.args(pki.arguments());
        let process = Process::spawn(command.stderr(File::create(&log).expect("a file")));
        Self { process, log, _folder: folder }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("UTF-8")
    }

    async fn logs(&self, words: &str) {
        until(words, || self.log().contains(words)).await;
    }
}

/// The settings of a client of the library that trusts the test's authority.
fn trusting(pki: &Pki, server: &Process) -> ClientConfig {
    pki.client(server.address)
}

/// The error of a client that connects like this.
async fn fault(config: ClientConfig) -> TlsFault {
    match Client::connect(config).await {
        Err(ClientError::Tls { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn sighup_exchanges_the_certificate_under_open_connections() {
    let pki = Pki::new();
    let server = Logged::start(&pki);
    let mut old = pki.connect(server.process.address).await;
    let first = shown(&old);
    assert_eq!(first, pki.certificate());

    pki.issue(Flaw::None);
    server.process.signal(Signal::HUP);
    let second = until_some("another certificate", async || {
        let shown = shown(&pki.silent(server.process.address).await);
        (shown != first).then_some(shown)
    });
    let second = second.await;
    assert_eq!(second, pki.certificate());
    old.ask(&Request::Ping).await;

    for (name, wrong) in [("key.pem", "no key"), ("cert.pem", "no certificate")] {
        pki.write(name, wrong);
        server.process.signal(Signal::HUP);
        server.logs(&format!("{name} has no")).await;
        assert_eq!(shown(&pki.connect(server.process.address).await), second);
    }
    assert!(server.log().contains("the old TLS certificate stays"), "{}", server.log());
    old.ask(&Request::Ping).await;
}

#[tokio::test]
async fn without_tls_sighup_changes_nothing() {
    let process = Process::start(&[]);
    process.signal(Signal::HUP);
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
}

/// What a server says that does not start with these arguments.
fn refused(arguments: &[&str]) -> String {
    let output = command().args(arguments).output().expect("the binary is built");
    // A setting that makes no sense, or a file that a person has to look at.
    assert!(matches!(output.status.code(), Some(2 | 3)), "{arguments:?}: {}", output.status);
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let (pki, other) = (Pki::new(), Pki::new());
    let [cert, key, junk] = ["cert.pem", "key.pem", "junk.pem"].map(|name| pki.argument(name));
    let start = |cert: &str, key: &str| refused(&["--tls-cert", cert, "--tls-key", key]);
    let says = |said: String, words: &[&str]| {
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
    };
    says(refused(&["--tls-cert", &cert]), &["tls-cert needs tls-key"]);
    says(refused(&["--tls-key", &key]), &["tls-key needs tls-cert"]);
    says(start(&junk, &key), &["cannot read", &junk]);
    says(start(&key, &key), &[&key, "has no certificate"]);
    says(start(&cert, &cert), &[&cert, "has no private key"]);
    says(start(&cert, &other.argument("key.pem")), &["is not that of the first", &cert]);
    says(start("/dev/zero", &key), &["/dev/zero is larger than 1 MiB"]);
    for (text, words) in [
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate 1 of"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "an -----END line is missing"),
        ("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "is no base64"),
    ] {
        pki.write("junk.pem", text);
        says(start(&junk, &key), &[&junk, words]);
    }
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    pki.write("junk.pem", encrypted);
    says(start(&cert, &junk), &[&junk, "is encrypted", "openssl pkey"]);
    pki.write("junk.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    let said = start(&cert, &junk);
    assert!(!said.contains("c2VjcmV0"), "no key is shown: {said}");
    says(said, &[&junk, "cannot be used"]);
}

#[tokio::test]
async fn what_clients_may_think_of_the_certificate_is_a_warning() {
    let pki = Pki::new();
    pki.issue(Flaw::Expired);
    let server = Logged::start(&pki);
    assert!(server.log().contains("expired at 2020-01-01T00:00:00Z"), "{}", server.log());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(pki.path("key.pem"), mode).expect("its owner");
    pki.issue_certificate_again(Flaw::NotYet);
    server.process.signal(Signal::HUP);
    server.logs("the old TLS certificate stays: everybody on this machine can read the key").await;
    let start = program_at("127.0.0.1:0", "off").arg("--memory").args(pki.arguments()).output();
    let refused = start.expect("it runs");
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("chmod o= "), "{refused:?}");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    fs::set_permissions(pki.path("key.pem"), mode).expect("its owner");
    server.process.signal(Signal::HUP);
    server.logs("valid only from 2100-01-01T00:00:00Z").await;
}

#[tokio::test]
async fn the_log_says_what_came_instead_of_a_handshake() {
    let pki = Pki::new();
    let server = Logged::start(&pki);
    let plain = ClientConfig { tls: None, ..trusting(&pki, &server.process) };
    assert_eq!(fault(plain).await, TlsFault::NeedsTls);
    server.logs("this protocol without TLS").await;
}

#[tokio::test]
async fn servers_that_are_not_meant_are_told_apart() {
    let pki = Pki::new();
    let process = Process::spawn(command().args(pki.arguments()));
    let config = trusting(&pki, &process);
    let stranger = Pki::new().client(process.address);
    assert_eq!(fault(stranger).await, TlsFault::UnknownIssuer);
    let anybody = ClientConfig { tls: Some(TlsConfig::insecure()), ..config.clone() };
    Client::connect(anybody).await.expect("whoever it is");
    let replace = |flaw| {
        pki.issue(flaw);
        Process::spawn(command().args(pki.arguments()))
    };
    let expired = replace(Flaw::Expired);
    let found = fault(trusting(&pki, &expired)).await;
    assert!(matches!(found, TlsFault::Expired { since } if since.as_secs() > 86_400), "{found:?}");
    let not_yet = replace(Flaw::NotYet);
    let found = fault(trusting(&pki, &not_yet)).await;
    assert!(matches!(found, TlsFault::NotYetValid { .. }), "{found:?}");
    let other = replace(Flaw::OtherName);
    let found = fault(trusting(&pki, &other)).await;
    let presented = vec!["tickets.example.org".to_owned(), "192.0.2.7".to_owned()];
    assert_eq!(found, TlsFault::WrongName { expected: "127.0.0.1".to_owned(), presented });
    let own = replace(Flaw::SelfSigned);
    let itself = pki.client_trusting("cert.pem", own.address);
    Client::connect(itself).await.expect("it is named itself");
    assert_eq!(fault(trusting(&pki, &own)).await, TlsFault::UnknownIssuer);
    let authority = replace(Flaw::Authority);
    let itself = pki.client_trusting("cert.pem", authority.address);
    assert_eq!(fault(itself).await, TlsFault::AuthorityAsServer);
    let plain = Process::start(&[]);
    assert_eq!(fault(trusting(&pki, &plain)).await, TlsFault::NoTls);
}

#[test]
fn the_demo_speaks_tls_to_itself() {
    let pki = Pki::new();
    let output = command().args(pki.arguments()).args(["demo", "--once"]).output();
    let output = output.expect("the binary is built");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
