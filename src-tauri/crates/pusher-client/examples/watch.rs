//! Prints everything that happens on some channels.
//!
//! ```text
//! cargo run -p pusher-client --example watch -- KEY CLUSTER CHANNEL…
//! cargo run -p pusher-client --example watch -- KEY ws://127.0.0.1:6001 CHANNEL…
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

use std::process::ExitCode;

use pusher_client::{Client, Config, Endpoint, Event, RequestError, State};
use url::Url;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, server, channels @ ..] = arguments.as_slice() else {
        eprintln!("usage: watch KEY CLUSTER|ws[s]://HOST[:PORT] CHANNEL…");
        return ExitCode::FAILURE;
    };
    match watch(config(key, server), channels).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn config(key: &str, server: &str) -> Config {
    match Url::parse(server)
        .ok()
        .and_then(|url| Some((url.host_str()?.to_owned(), url)))
    {
        Some((host, url)) => {
            let mut config = Config::new(
                key,
                Endpoint::Host {
                    host,
                    port: url.port(),
                },
            );
            config.tls = url.scheme() == "wss";
            config.path_prefix = url.path().to_owned();
            config
        }
        None => Config::new(key, Endpoint::Cluster(server.to_owned())),
    }
}

async fn watch(config: Config, channels: &[String]) -> Result<(), RequestError> {
    let (client, mut events) = Client::connect(config);
    for channel in channels {
        client.subscribe(channel)?;
    }
    while let Some(event) = events.next().await {
        match event {
            Event::State(change) => match (change.current, change.retry_in) {
                (current, Some(wait)) => println!("{current:?}, trying again in {:.1} s", wait.as_secs_f32()),
                (current @ (State::Failed | State::Disconnected { .. }), None) => {
                    println!("{current:?}");
                    break;
                }
                (current, None) => println!("{current:?}"),
            },
            Event::Subscribed { channel } => println!("{channel}: subscribed"),
            Event::SubscriptionFailed { channel, error } => println!("{channel}: {error}"),
            Event::Message {
                channel,
                event,
                data,
                user_id,
            } => {
                let sender = user_id.map(|id| format!(" from {id}")).unwrap_or_default();
                println!("{channel}: {event}{sender} {}", data.value());
            }
            Event::MemberAdded { channel, member } => println!("{channel}: {} came", member.user_id),
            Event::MemberRemoved { channel, member } => println!("{channel}: {} left", member.user_id),
            Event::Error(error) => println!("error: {error}"),
            Event::Lagged { missed } => println!("too slow: {missed} events were dropped"),
        }
    }
    Ok(())
}
