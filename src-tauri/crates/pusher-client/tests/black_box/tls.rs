//! Real TLS on a real socket: whom the client trusts, and whom not.

use std::{env, process::Stdio, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use pusher_client::{Client, Config, DialError, Endpoint, Error, Event};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{ServerConfig, crypto::aws_lc_rs};
use serde_json::json;
use tokio::{net::TcpListener, process::Command};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{accept_async, tungstenite::Message};

use crate::support::{config, connected, find, state, within};

/// A listener, what it shows for the name, and its certificate in PEM.
async fn tls_server(name: &str, last_year: i32) -> (TcpListener, TlsAcceptor, String) {
    let signing_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_after = date_time_ymd(last_year, 1, 1);
    let cert = params.self_signed(&signing_key).unwrap();
    let key = signing_key.serialize_der().try_into().unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener, TlsAcceptor::from(Arc::new(tls)), cert.pem())
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused_before_a_word_is_said() {
    let (listener, acceptor, _) = tls_server("127.0.0.1", 2100).await;
    let mut config = config(listener.local_addr().unwrap());
    config.tls = true;
    let (client, mut events) = Client::connect(config);
    let (stream, _) = within("a connection", listener.accept()).await.unwrap();
    let handshake = within("the handshake to end", acceptor.accept(stream)).await;
    assert!(handshake.is_err(), "the client should have turned away");
    let error = find(&mut events, "a failed attempt", |event| match event {
        Event::Error(Error::Dial(error)) => Some(error),
        _ => None,
    })
    .await;
    assert!(matches!(error, DialError::Tls(_)), "{error:?}");
    assert!(!client.state().is_connected());
}

/// Tells the child process of the test below whom to dial.
const CHILD: &str = "PUSHER_CLIENT_TEST_DIAL";

/// The proof that the refusal above is a judgement and not a TLS that never works. Trust comes from the
/// environment, which a process must not change for itself, so the client runs in a child. Linux only: elsewhere
/// the platform's verifier reads the system's own store, which a test must not touch.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_trusted_certificate_is_accepted_for_its_own_name_and_time_only() {
    if let Ok(server) = env::var(CHILD) {
        return be_the_client(&server).await;
    }
    for (last_year, host, welcome) in [
        (2100, "localhost", true),
        (2100, "127.0.0.1", false),
        (2020, "localhost", false),
    ] {
        let (listener, acceptor, pem) = tls_server("localhost", last_year).await;
        let trusted = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(trusted.path(), pem).unwrap();
        let port = listener.local_addr().unwrap().port();
        let case = format!("{host} until {last_year}");
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "tls::a_trusted_certificate_is_accepted_for_its_own_name_and_time_only",
            ])
            .env(CHILD, format!("{host} {port} {welcome}"))
            .env("SSL_CERT_FILE", trusted.path())
            .env_remove("SSL_CERT_DIR")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stream, _) = within("a connection", listener.accept()).await.unwrap();
        let tls = within("the handshake to end", acceptor.accept(stream)).await;
        assert_eq!(tls.is_ok(), welcome, "{case}");
        if let Ok(tls) = tls {
            let mut socket = within("an upgrade", accept_async(tls)).await.unwrap();
            let data = json!({"socket_id": "1.1"});
            let greeting = json!({"event": "pusher:connection_established", "data": data});
            within("a write", socket.send(Message::text(greeting.to_string())))
                .await
                .unwrap();
            within("the client to leave", async {
                while let Some(Ok(_)) = socket.next().await {}
            })
            .await;
        }
        assert!(
            within("the child", child.wait()).await.unwrap().success(),
            "{case}"
        );
    }
}

/// Dials, and expects what the parent says is right.
async fn be_the_client(server: &str) {
    let [host, port, welcome] = server.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{CHILD} should name host, port and outcome, not {server:?}");
    };
    let endpoint = Endpoint::Host {
        host: host.to_owned(),
        port: Some(port.parse().unwrap()),
    };
    let (_client, mut events) = Client::connect(Config::new("app-key", endpoint));
    if welcome == "true" {
        state(&mut events, connected("1.1")).await;
        return;
    }
    let error = find(&mut events, "a failed attempt", |event| match event {
        Event::Error(Error::Dial(error)) => Some(error),
        _ => None,
    })
    .await;
    assert!(matches!(error, DialError::Tls(_)), "{error:?}");
}
