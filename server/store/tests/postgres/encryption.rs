//! Connections with TLS.

use crate::bench::{connect, parsed};
use crate::server;
use boxoffice_store::{Postgres, PostgresError, PostgresSettings, Store, migrate};
use boxoffice_testing::DatabaseServer;
use boxoffice_testing::pki::{Flaw, Pki};
use boxoffice_testing::reserved_port::ReservedPort;
use tokio_postgres::Client;

/// Gives a server the certificate, and lets it encrypt from now on.
async fn certify(server: &DatabaseServer, operator: &Client, pki: &Pki) {
    for (name, from) in [("server.crt", "cert.pem"), ("server.key", "key.pem")] {
        let text = std::fs::read_to_string(pki.path(from)).expect("it was made");
        server.write(name, &text).expect("written");
    }
    operator.batch_execute("ALTER SYSTEM SET ssl = on").await.expect("a statement");
    operator.batch_execute("SELECT pg_reload_conf()").await.expect("a statement");
    while operator.query_one("SHOW ssl", &[]).await.expect("it is up").get::<_, &str>(0) != "on" {}
}

#[tokio::test]
async fn a_server_with_a_certificate_of_a_trusted_authority_for_its_name_is_taken() {
    let reserved = ReservedPort::new().expect("a free port");
    let port = reserved.address.port();
    let server = server!(&format!("-c listen_addresses=127.0.0.1 -c port={port}"));
    let plain = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let operator = connect(&plain).await;
    let (pki, stranger) = (Pki::new(), Pki::new());
    let verified = |pki: &Pki| {
        let authorities = pki.argument("ca.pem");
        parsed(&format!("{plain}?sslmode=verify-full&sslrootcert={authorities}"))
    };
    let refused = migrate(&verified(&pki)).await.expect_err("it does not encrypt");
    assert!(matches!(&refused, PostgresError::Unavailable(why) if why.contains("TLS")));
    certify(&server, &operator, &pki).await;
    migrate(&verified(&pki)).await.expect("its certificate is good");
    let settings = PostgresSettings::default();
    let store = Postgres::open(&verified(&pki), &settings).await.expect("its certificate is good");
    store.now().await.expect("it is up");
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
         WHERE application_name = 'boxoffice'";
    let encrypted = operator.query_one(encrypted, &[]).await.expect("it is up");
    assert!(encrypted.get::<_, bool>(0), "all connections are encrypted");
    let refused = migrate(&verified(&stranger)).await.expect_err("no one trusts it");
    assert!(matches!(&refused, PostgresError::Unavailable(why) if why.contains("certificate")));
    pki.issue(Flaw::OtherName);
    certify(&server, &operator, &pki).await;
    let mut refused = migrate(&verified(&pki)).await;
    while refused.is_ok() {
        // The server reads its new certificate between two connections.
        refused = migrate(&verified(&pki)).await;
    }
    let refused = refused.expect_err("it is for another name");
    assert!(matches!(&refused, PostgresError::Unavailable(why) if why.contains("certificate")));
}
