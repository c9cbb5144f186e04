//! Connections with TLS.

use crate::bench::parsed;
use crate::{append, batch, server};
use boxoffice_store::{Outcome, Redis, RedisError, RedisSettings};
use boxoffice_testing::pki::{Flaw, Pki};

#[tokio::test]
async fn a_server_with_a_certificate_of_a_trusted_authority_for_its_name_is_taken() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    for flaw in [Flaw::None, Flaw::OtherName] {
        pki.issue(flaw);
        let [cert, key, ca] = ["cert.pem", "key.pem", "ca.pem"].map(|name| pki.argument(name));
        let port = boxoffice_testing::reserved_port::ReservedPort::new().expect("a free port");
        let port = port.address.port().to_string();
        let _server = server!(
            "--tls-port",
            &port,
            "--tls-cert-file",
            &cert,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &ca,
            "--tls-auth-clients",
            "no"
        );
        let address = |pki: &Pki| {
            let authorities = pki.argument("ca.pem");
            parsed(&format!("rediss://127.0.0.1:{port}?sslrootcert={authorities}"))
        };
        let settings = RedisSettings::default();
        let opened = Redis::open(&address(&pki), &settings).await;
        match flaw {
            Flaw::None => {
                let store = opened.expect("its certificate is good");
                let first = batch(&store, "secret", None).await;
                assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
            }
            _ => certificate_is_refused(opened.err().as_ref()),
        }
        let error = Redis::open(&address(&stranger), &settings).await.err();
        certificate_is_refused(error.as_ref());
    }
}

fn certificate_is_refused(error: Option<&RedisError>) {
    let is_refused = matches!(error, Some(RedisError::Unavailable(why))
        if why.contains("certificate"));
    assert!(is_refused, "{error:?}");
}
