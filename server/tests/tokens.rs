//! Tokens while a server runs: who is let in, who no longer is, and who guesses.

mod common;

use boxoffice_protocol::id::Token;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_server::auth::Role;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use boxoffice_server::metrics::Closed;
use common::process::{Process, command};
use common::tokens::{
    TokenFolder, admit, altered, enter, of_customer, turned_away, until_admitted, until_refused,
    why,
};
use common::{Raw, START, best, concert, config, create, event, film, hello, hello_with, new_id};
use common::{reserve, standing, until};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpSocket;

/// A server with this file of tokens.
fn serve(folder: &TokenFolder) -> Process {
    Process::spawn(command().arg("--tokens").arg(folder.file()))
}

fn watch(of: &str) -> Request {
    Request::Watch { event: event(of), from_version: None }
}

#[tokio::test]
async fn whoever_shows_no_token_or_a_wrong_one_is_turned_away() {
    let mut config = config();
    let right = admit(&mut config, "agent", Role::Agent, None);
    let server = common::start(config).await;
    let address = server.address();
    assert_eq!(turned_away(address, None).await, "this server wants a token");
    let text = right.as_str();
    let wrong = [
        altered(&right, 3),
        altered(&right, text.len() - 1),
        Token::parse(&text[..text.len() - 1]).expect("visible"),
        Token::parse(&format!("{text}A")).expect("visible"),
        Token::parse(&text.to_uppercase()).expect("visible"),
        Token::parse("\u{1F3AB} a ticket").expect("visible"),
    ];
    for wrong in &wrong {
        let why = turned_away(address, Some(wrong)).await;
        assert_eq!(why, "this server knows no such token, or no longer", "{wrong:?}");
    }
    until("they are counted", || server.metrics().tcp.closed_for(Closed::NotAllowed) == 7).await;
    enter(address, &right).await;
}

#[tokio::test]
async fn requests_sent_right_behind_a_hello_that_is_refused_are_not_looked_at() {
    let mut config = config();
    admit(&mut config, "agent", Role::Agent, None);
    let server = common::start(config).await;
    let mut client = Raw::silent(server.address()).await;
    let (_, mut bytes) = client.encode(&hello());
    bytes.unsplit(client.encode(&create("film", film(2, 2))).1);
    client.send_bytes(&bytes).await;
    let said = client.closed().await;
    assert!(
        matches!(&said[..], [frame] if matches!(frame.reply.body, Body::Refused(Refusal::NotAllowed { .. }))),
        "{said:?}"
    );
    assert!(server.catalog().is_empty());
}

#[tokio::test]
async fn an_expired_token_is_refused_also_while_connected() {
    let clock = Clock::manual(START);
    let mut config = Config { clock: Some(clock.clone()), ..config() };
    let good_for = Duration::from_secs(30);
    let short = admit(&mut config, "short", Role::Admin, Some(START.plus(good_for)));
    let long = admit(&mut config, "long", Role::Agent, None);
    let server = common::start(config).await;
    let (mut client, mut other) =
        (enter(server.address(), &short).await, enter(server.address(), &long).await);
    client.ask(&create("film", film(2, 2))).await;
    clock.advance(good_for - Duration::from_millis(1));
    client.ask(&reserve(new_id(START), "film", "ann", best(1))).await;
    clock.advance(Duration::from_millis(1));
    let wish = reserve(new_id(START), "film", "ann", best(1));
    assert_eq!(why(client.refused(&wish).await), "the token has expired");
    assert_eq!(client.closed().await, []);
    for _ in 0..20 {
        // That is no guess, and is not slowed.
        assert_eq!(turned_away(server.address(), Some(&short)).await, "the token has expired");
    }
    let reply = other.ask(&reserve(new_id(START), "film", "bob", best(1))).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    assert_eq!(reply.version, 3, "nothing was done after it expired");
}

#[tokio::test]
async fn a_revoked_token_is_refused_also_while_connected() {
    let folder = TokenFolder::new();
    let (one, two) =
        (folder.create("one", &["--role", "admin"]), folder.create("two", &["--role", "agent"]));
    let process = serve(&folder);
    let (mut client, mut other) =
        (enter(process.address, &one).await, enter(process.address, &two).await);
    client.ask(&create("concert", concert(1_000))).await;
    folder.revoke("one");
    let gone = until_refused(process.address, &one).await;
    assert_eq!(gone, "this server knows no such token, or no longer");
    // All that was read with it is refused with one answer, and nothing of it is done.
    let (first, mut bytes) = client.encode(&reserve(new_id(START), "concert", "ann", standing(1)));
    bytes.unsplit(client.encode(&create("film", film(2, 2))).1);
    client.send_bytes(&bytes).await;
    let said = client.closed().await;
    assert_eq!((said.len(), said[0].correlation), (1, first), "{said:?}");
    let Body::Refused(refusal) = said[0].reply.body.clone() else { panic!("{said:?}") };
    assert_eq!(why(refusal), "the token was revoked or changed");
    let refusal = other.refused(&watch("film")).await;
    assert_eq!(refusal, Refusal::EventNotFound, "the other one goes on");
}

#[tokio::test]
async fn a_token_that_is_made_while_the_server_runs_is_let_in() {
    let folder = TokenFolder::new();
    let process = serve(&folder);
    assert_eq!(turned_away(process.address, None).await, "this server wants a token");
    let one = folder.create("one", &["--role", "admin"]);
    let mut client = until_admitted(process.address, &one).await;
    client.ask(&create("film", film(2, 2))).await;
    // Another role for the same secret: who came in with the old one has to come in again.
    let text = std::fs::read_to_string(folder.file()).expect("it is there");
    let unfinished = folder.file().with_extension("mine");
    std::fs::write(&unfinished, text.replace("admin", "reader")).expect("written");
    std::fs::rename(unfinished, folder.file()).expect("renamed");
    let noticed = async { while let Body::Pong { .. } = client.ask(&Request::Ping).await.body {} };
    tokio::time::timeout(common::PATIENCE, noticed).await.expect("it is noticed");
    let mut client = enter(process.address, &one).await;
    why(client.refused(&Request::Stats).await);
}

#[tokio::test]
async fn the_first_token_ends_the_time_without_tokens() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let data = temporary.path().join("data");
    let process = Process::spawn(&mut common::process::durable(&data));
    let mut early = Raw::silent(process.address).await;
    early.ask(&hello()).await;
    let words = ["create", "one", "--role", "reader", "--data", data.to_str().expect("UTF-8")];
    let run = common::tokens::token_command(&words).ended(0);
    assert!(run.stderr.contains("nobody in without a token"), "{}", run.stderr);
    let one = Token::parse(run.stdout.trim_end()).expect("a token");
    // Until it is noticed nobody's token is looked at, and this one may do everything.
    let noticed = async {
        loop {
            let mut client = Raw::silent(process.address).await;
            match client.ask(&hello()).await.body {
                Body::Welcome(_) => tokio::task::yield_now().await,
                Body::Refused(refusal) => break why(refusal),
                other => panic!("{other:?}"),
            }
        }
    };
    let noticed = tokio::time::timeout(common::PATIENCE, noticed).await;
    assert_eq!(noticed.expect("it is noticed"), "this server wants a token");
    assert_eq!(why(early.refused(&Request::Ping).await), "this server wants a token by now");
    assert_eq!(early.closed().await, []);
    enter(process.address, &one).await;
}

#[tokio::test]
async fn a_watcher_whose_token_ended_is_told_so_in_place_of_the_next_push() {
    let clock = Clock::manual(START);
    let mut config = Config { clock: Some(clock.clone()), ..config() };
    let minute = Duration::from_secs(60);
    let screen = admit(&mut config, "screen", Role::Reader, Some(START.plus(minute)));
    let agent = admit(&mut config, "agent", Role::Admin, None);
    let server = common::start(config).await;
    let mut agent = enter(server.address(), &agent).await;
    agent.ask(&create("film", film(2, 2))).await;
    let mut screen = enter(server.address(), &screen).await;
    let watched = screen.ask(&watch("film")).await;
    assert!(matches!(watched.body, Body::Snapshot(_)), "{watched:?}");
    agent.ask(&reserve(new_id(START), "film", "ann", best(1))).await;
    let pushed = screen.receive().await.expect("news");
    assert!(matches!(pushed.reply.body, Body::PlacesChanged(_)), "{pushed:?}");
    clock.advance(minute);
    agent.ask(&reserve(new_id(START), "film", "ann", best(1))).await;
    let said = screen.closed().await;
    assert_eq!((said.len(), said[0].correlation), (1, 0), "{said:?}");
    let Body::Refused(refusal) = said[0].reply.body.clone() else { panic!("{said:?}") };
    assert_eq!(why(refusal), "the token has expired");
    until("nobody watches", || server.metrics().watches.value() == 0).await;
}

/// Connects from this address of the machine.
async fn from(here: Ipv4Addr, to: SocketAddr) -> Raw {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((here, 0).into()).expect("every 127.x.y.z is ours");
    Raw::over(socket.connect(to).await.expect("the server listens"))
}

#[tokio::test]
async fn guessing_is_slowed_for_each_address_and_for_nobody_else() {
    let clock = Clock::manual(START);
    let mut config = Config { clock: Some(clock.clone()), ..config() };
    let right = admit(&mut config, "agent", Role::Agent, None);
    admit(&mut config, "ann", of_customer("ann"), None);
    let server = common::start(config).await;
    let address = server.address();
    assert_eq!(address.ip(), IpAddr::V4(Ipv4Addr::LOCALHOST), "loopback is no exception");
    let mut connected = enter(address, &right).await;
    let slowed = "too many wrong tokens came from this address; try again in 1 s";
    let mut answers = Vec::new();
    for guess in 0..200 {
        answers.push(turned_away(address, Some(&altered(&right, guess))).await);
        if guess % 20 == 0 {
            // A success for others must go on: on a connection, and on a new one from the same place.
            assert!(matches!(connected.ask(&Request::Ping).await.body, Body::Pong { .. }));
            enter(address, &right).await;
        }
    }
    assert_eq!(answers.iter().filter(|why| *why != slowed).count(), 10, "{answers:?}");
    assert!(answers[10..].iter().all(|why| why == slowed));
    // Two addresses share a count in one case of thousands, so that one of three does not.
    let mut others = Vec::new();
    for last in 2..5 {
        let mut other = from(Ipv4Addr::new(127, 0, 0, last), address).await;
        others.push(why(other.refused(&hello_with(Some(&altered(&right, 7)))).await));
    }
    assert!(others.iter().any(|why| why != slowed), "{others:?}");
    // A second later it may try once more.
    clock.advance(Duration::from_secs(1));
    assert_ne!(turned_away(address, Some(&altered(&right, 8))).await, slowed);
    assert_eq!(turned_away(address, Some(&altered(&right, 9))).await, slowed);
}

#[tokio::test]
async fn a_thousand_guesses_hold_nobody_up() {
    let mut config = config();
    let right = admit(&mut config, "agent", Role::Agent, None);
    let server = common::start(config).await;
    let address = server.address();
    let mut guessers = tokio::task::JoinSet::new();
    for guesser in 0..20 {
        let wrong = altered(&right, guesser);
        guessers.spawn(async move {
            for _ in 0..50 {
                turned_away(address, Some(&wrong)).await;
            }
        });
    }
    let mut entered = 0;
    while !guessers.is_empty() {
        enter(address, &right).await;
        entered += 1;
        while let Some(guesser) = guessers.try_join_next() {
            guesser.expect("it is told");
        }
    }
    println!("let in {entered} times meanwhile");
    assert!(entered > 0);
    until("all are gone", || server.metrics().tcp.open.value() == 0).await;
}

#[tokio::test]
async fn a_file_that_is_spoilt_while_the_server_runs_changes_nothing() {
    let folder = TokenFolder::new();
    let one = folder.create("one", &["--role", "agent"]);
    let process = serve(&folder);
    let mut client = enter(process.address, &one).await;
    let whole = std::fs::read_to_string(folder.file()).expect("it is there");
    std::fs::write(folder.file(), "[[token]]\nname = \"hal").expect("written");
    for _ in 0..50 {
        assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
        enter(process.address, &one).await;
    }
    // It is noticed again once it is whole.
    std::fs::write(folder.file(), whole).expect("written");
    let two = folder.create("two", &["--role", "agent"]);
    until_admitted(process.address, &two).await;
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
}
