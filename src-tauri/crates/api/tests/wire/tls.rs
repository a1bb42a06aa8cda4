//! Real TLS on a real socket: whom the client trusts with a token, and whom not.

use std::env;
use std::io::Write;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;

use api::{Error, Timeouts};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;

use crate::script::{SECRET, Script, json_reply, staff_at, within};

/// A certificate in PEM, and what shows it.
fn certificate(name: &str, last_year: i32) -> (String, TlsAcceptor) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_after = date_time_ymd(last_year, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            key.serialize_der().try_into().unwrap(),
        )
        .unwrap();
    (certificate.pem(), TlsAcceptor::from(Arc::new(tls)))
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Takes the next connection, and answers its request if its TLS comes about: the head of that request.
async fn answer_once(listener: &TcpListener, acceptor: &TlsAcceptor, answer: &str) -> Option<String> {
    let (stream, _): (TcpStream, _) = within(listener.accept()).await.unwrap();
    let mut tls = within(acceptor.accept(stream)).await.ok()?;
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match within(tls.read(&mut buffer)).await {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    within(tls.write_all(answer.as_bytes())).await.unwrap();
    within(tls.shutdown()).await.unwrap();
    Some(String::from_utf8(request).unwrap())
}

const EMPTY_LIST: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_before_the_token_is_sent() {
    let (_, acceptor) = certificate("localhost", 2100);
    let (listener, port) = listen().await;
    let staff = staff_at(&format!("https://localhost:{port}"), Timeouts::default());
    let (heard, error) =
        within(async { tokio::join!(answer_once(&listener, &acceptor, EMPTY_LIST), staff.list()) }).await;
    assert_eq!(heard, None);
    let error = error.unwrap_err();
    assert!(
        matches!(&error, Error::Unreachable { sent: false, reason } if reason.contains("certificate")),
        "{error:?}"
    );
}

/// Tells a child process where to read the list. Trust and proxies come from the environment, which a process must not change for
/// itself, so each test below runs itself again as the client. Linux only: elsewhere the platform's verifier asks the system's own
/// store, which a test must not touch.
const CHILD: &str = "API_TEST_LIST";

#[cfg(target_os = "linux")]
fn list_in_a_child(test: &str, origin: &str, environment: &[(&str, &str)]) -> tokio::process::Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("tls::{test}"), "--nocapture"])
        .env(CHILD, origin)
        .envs(environment.iter().copied())
        .env_remove("SSL_CERT_DIR")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Reads the list, and says what came of it.
async fn be_the_client(origin: &str) {
    let said = match within(staff_at(origin, Timeouts::default()).list()).await {
        Ok(list) => format!("{} offers", list.offers.len()),
        Err(error) => format!("{error:?}"),
    };
    std::io::stdout().write_all(said.as_bytes()).unwrap();
}

#[cfg(target_os = "linux")]
async fn last_words(child: tokio::process::Child) -> String {
    let output = within(child.wait_with_output()).await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Lets a child that trusts `pem` read a list from `host`. What it said, and what the server heard of it.
#[cfg(target_os = "linux")]
async fn list_trusting(
    test: &str,
    (pem, acceptor): &(String, TlsAcceptor),
    host: &str,
    answer: &str,
) -> (String, Option<String>) {
    let (listener, port) = listen().await;
    let trusted = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(trusted.path(), pem).unwrap();
    let file = trusted.path().display().to_string();
    let origin = format!("https://{host}:{port}");
    let child = list_in_a_child(test, &origin, &[("SSL_CERT_FILE", &file)]);
    let heard = answer_once(&listener, acceptor, answer).await;
    (last_words(child).await, heard)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_trusted_certificate_is_accepted_for_its_own_name_and_time_only() {
    if let Ok(origin) = env::var(CHILD) {
        return be_the_client(&origin).await;
    }
    let test = "a_trusted_certificate_is_accepted_for_its_own_name_and_time_only";
    for (last_year, host, welcome) in [
        (2100, "localhost", true),
        (2100, "127.0.0.1", false),
        (2020, "localhost", false),
    ] {
        let trusted = certificate("localhost", last_year);
        let (said, heard) = list_trusting(test, &trusted, host, EMPTY_LIST).await;
        let case = format!("{host} until {last_year}: {said}");
        assert_eq!(said.contains("0 offers"), welcome, "{case}");
        assert_eq!(said.contains("sent: false"), !welcome, "{case}");
        let token = format!("authorization: Token {SECRET}");
        assert_eq!(heard.is_some_and(|head| head.contains(&token)), welcome, "{case}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_redirect_to_the_same_host_without_encryption_is_not_followed() {
    if let Ok(origin) = env::var(CHILD) {
        return be_the_client(&origin).await;
    }
    let test = "a_redirect_to_the_same_host_without_encryption_is_not_followed";
    let (plain, plain_port) = listen().await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://localhost:{plain_port}/api/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let (said, heard) = list_trusting(test, &certificate("localhost", 2100), "localhost", &answer).await;
    assert!(heard.is_some(), "the encrypted server was asked: {said}");
    assert!(said.contains("Refused { status: 302"), "{said}");
    let asked = plain.into_std().unwrap().accept();
    assert!(asked.is_err(), "the child has ended, and has asked nobody else");
}

/// The proxy sees which server is meant, and nothing of what is said to it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_proxy_of_the_environment_is_asked_for_a_tunnel_and_never_for_this_computer() {
    if let Ok(origin) = env::var(CHILD) {
        return be_the_client(&origin).await;
    }
    let test = "a_proxy_of_the_environment_is_asked_for_a_tunnel_and_never_for_this_computer";
    let (proxy, proxy_port) = listen().await;
    let address = format!("http://127.0.0.1:{proxy_port}");
    let child = list_in_a_child(test, "https://hotel.example", &[("HTTPS_PROXY", &address)]);
    let (mut stream, _) = within(proxy.accept()).await.unwrap();
    let mut request = vec![0; 4096];
    let read = within(stream.read(&mut request)).await.unwrap();
    let request = String::from_utf8(request[..read].to_vec()).unwrap();
    assert!(
        request.starts_with("CONNECT hotel.example:443 HTTP/1.1"),
        "{request}"
    );
    assert!(!request.contains(SECRET), "{request}");
    within(stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"))
        .await
        .unwrap();
    drop(stream);
    assert!(
        last_words(child).await.contains("sent: false"),
        "no tunnel, no request"
    );

    let script = Script::start([json_reply(200, &json!([]))]).await;
    let proxies = [
        ("HTTP_PROXY", &*address),
        ("http_proxy", &*address),
        ("ALL_PROXY", &*address),
    ];
    let said = last_words(list_in_a_child(test, &script.origin, &proxies)).await;
    assert!(said.contains("0 offers"), "{said}");
    assert!(
        proxy.into_std().unwrap().accept().is_err(),
        "nobody asked the proxy"
    );
}
