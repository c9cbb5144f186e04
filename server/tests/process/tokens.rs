//! Tokens that are made and revoked while a server runs.

use boxoffice_protocol::id::Token;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_testing::process::{Process, command, durable};
use boxoffice_testing::tokens::{
    TokenFolder, enter, token_command, turned_away, until_admitted, until_refused, why,
};
use boxoffice_testing::{
    Raw, START, concert, create, event, film, hello, new_id, reserve, standing, until_some,
};

/// A server with this file of tokens.
fn serve(folder: &TokenFolder) -> Process {
    Process::spawn(command().arg("--tokens").arg(folder.file()))
}

fn watch(of: &str) -> Request {
    Request::Watch { event: event(of), from_version: None }
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
async fn a_revoked_token_ends_watches_that_have_nothing_to_say() {
    let folder = TokenFolder::new();
    let (one, two) =
        (folder.create("one", &["--role", "admin"]), folder.create("two", &["--role", "agent"]));
    let process = serve(&folder);
    let mut watcher = enter(process.address, &one).await;
    let mut other = enter(process.address, &two).await;
    watcher.ask(&create("film", film(2, 2))).await;
    for client in [&mut watcher, &mut other] {
        client.ask(&watch("film")).await;
    }
    folder.revoke("one");
    let said = watcher.closed().await;
    let Body::Refused(refusal) = said[0].reply.body.clone() else { panic!("{said:?}") };
    assert_eq!(why(refusal), "the token was revoked or changed");
    other.ask(&Request::Ping).await;
}

#[tokio::test]
async fn a_token_that_is_made_while_the_server_runs_is_let_in() {
    let folder = TokenFolder::new();
    let process = serve(&folder);
    assert_eq!(turned_away(process.address, None).await, "this server wants a token");
    let one = folder.create("one", &["--role", "admin"]);
    let mut client = until_admitted(process.address, &one).await;
    client.ask(&create("film", film(2, 2))).await;
    // Another role for the same secret ends the connections that had the old one.
    let text = std::fs::read_to_string(folder.file()).expect("it is there");
    let unfinished = folder.file().with_extension("mine");
    std::fs::write(&unfinished, text.replace("admin", "reader")).expect("written");
    std::fs::rename(unfinished, folder.file()).expect("renamed");
    until_some("the new role is noticed", async || {
        let answer = client.ask(&Request::Ping).await.body;
        (!matches!(answer, Body::Pong { .. })).then_some(())
    })
    .await;
    let mut client = enter(process.address, &one).await;
    why(client.refused(&Request::Stats).await);
}

#[tokio::test]
async fn the_first_token_ends_the_time_without_tokens() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let data = temporary.path().join("data");
    let process = Process::spawn(&mut durable(&data));
    let mut early = Raw::silent(process.address).await;
    early.ask(&hello()).await;
    let words = ["create", "one", "--role", "reader", "--data", data.to_str().expect("UTF-8")];
    let run = token_command(&words).ended(0);
    assert!(run.stderr.contains("every client without a token"), "{}", run.stderr);
    let one = Token::parse(run.stdout.trim_end()).expect("a token");
    // Until it is noticed, no token is looked at and every client may do everything.
    let noticed = until_some("the first token is noticed", async || {
        let mut client = Raw::silent(process.address).await;
        match client.ask(&hello()).await.body {
            Body::Welcome(_) => None,
            Body::Refused(refusal) => Some(why(refusal)),
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(noticed.await, "this server wants a token");
    assert_eq!(why(early.refused(&Request::Ping).await), "this server wants a token by now");
    assert_eq!(early.closed().await, []);
    enter(process.address, &one).await;
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
        let said = client.ask(&Request::Ping).await.body;
        assert!(matches!(said, Body::Pong { .. }), "{said:?}");
        enter(process.address, &one).await;
    }
    // It is noticed again once it is whole.
    std::fs::write(folder.file(), whole).expect("written");
    let two = folder.create("two", &["--role", "agent"]);
    until_admitted(process.address, &two).await;
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
}
