//! `boxoffice-server token`, and where a server listens without tokens.

use boxoffice_protocol::id::Token;
use boxoffice_testing::boxoffice_server;
use boxoffice_testing::process::{Process, command, durable, durable_at, program, program_at};
use boxoffice_testing::tokens::{
    TokenFolder, enter, token_command, turned_away, until_admitted, until_refused,
};
use rustix::process::Signal;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A free port, where only this machine can reach it.
const FREE: &str = "127.0.0.1:0";

/// The message of a server that does not start.
fn does_not_start(command: &mut Command) -> String {
    let output = command.output().expect("the program runs");
    // A setting makes no sense, or a person has to look.
    assert!(matches!(output.status.code(), Some(2 | 3)), "{output:?}");
    assert_eq!(output.stdout, b"", "it says that it listens");
    String::from_utf8(output.stderr).expect("UTF-8")
}

/// The command between the backticks.
fn command_in(message: &str) -> &str {
    message.split('`').nth(1).unwrap_or_else(|| panic!("no command in {message}"))
}

/// Types a line into a shell in this folder.
fn type_in(folder: &Path, line: &str) -> std::process::Output {
    let binaries = boxoffice_server().parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(folder).stdin(Stdio::null());
    shell.env("PATH", format!("{}:{path}", binaries.display()));
    shell.env_remove("BOXOFFICE_TOKENS").env_remove("BOXOFFICE_TOKENS_FILE");
    shell.output().expect("a shell")
}

#[tokio::test]
async fn without_tokens_it_listens_on_loopback_only_and_says_how_to_mend_that() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let data = temporary.path().join("it's data");
    for open in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0", "[::ffff:192.0.2.7]:0", "192.0.2.7:0"]
    {
        let error = does_not_start(program_at(open, FREE).arg("--data").arg(&data));
        assert!(error.contains(open) && error.contains("without a token"), "{error}");
        assert!(!data.exists(), "nothing was done");
    }
    let error = does_not_start(program_at(FREE, "0.0.0.0:0").arg("--data").arg(&data));
    assert!(error.contains("0.0.0.0:0") && error.contains("without a token"), "{error}");
    for ours in ["127.0.0.1:0", "127.1.2.3:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
        match Process::try_spawn(program_at(ours, FREE).args(["--log", "error", "--memory"])) {
            Ok(process) => drop(process),
            Err(status) => assert!(ours.starts_with("[::1]"), "{ours}: {status}"),
        }
    }
    // The command in the message helps.
    let error = does_not_start(program_at("0.0.0.0:0", FREE).arg("--data").arg(&data));
    let created = type_in(temporary.path(), command_in(&error));
    assert!(created.status.success(), "{created:?}");
    let token = String::from_utf8(created.stdout).expect("UTF-8");
    let token = Token::parse(token.trim_end()).expect("a token");
    let process = Process::spawn(&mut durable_at(&data, "0.0.0.0:0", FREE));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, process.address.port()));
    assert_eq!(turned_away(address, None).await, "this server wants a token");
    enter(address, &token).await;
}

#[test]
fn in_memory_it_says_how_to_mend_that_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = || {
        let mut command = program_at("0.0.0.0:0", FREE);
        command.arg("--memory").current_dir(folder.path());
        command
    };
    let error = does_not_start(&mut open());
    assert!(type_in(folder.path(), command_in(&error)).status.success(), "{error}");
    assert!(error.contains("start the server with --tokens tokens.toml"), "{error}");
    Process::spawn(open().args(["--tokens", "tokens.toml"]));
}

#[tokio::test]
async fn when_all_tokens_are_revoked_nobody_is_let_in_whatever_happens_next() {
    let folder = TokenFolder::new();
    let one = folder.create("one", &["--role", "admin"]);
    let serve = || {
        let mut serve = command();
        serve.arg("--tokens").arg(folder.file());
        serve
    };
    let process = Process::spawn(&mut serve());
    enter(process.address, &one).await;
    let run = folder.run(&["revoke", "one"]).ended(0);
    assert!(run.stderr.contains("turns away every client"), "{}", run.stderr);
    until_refused(process.address, &one).await;
    turned_away(process.address, None).await;
    std::fs::remove_file(folder.file()).expect("it is there");
    turned_away(process.address, None).await;
    drop(process);
    // Also after a start: with the file gone, as it was named, and with an empty one.
    for text in [None, Some("")] {
        if let Some(text) = text {
            std::fs::write(folder.file(), text).expect("written");
        }
        let process = Process::spawn(&mut serve());
        turned_away(process.address, None).await;
        turned_away(process.address, Some(&one)).await;
        drop(process);
        let mut open = program_at("0.0.0.0:0", FREE);
        does_not_start(open.args(["--memory", "--tokens"]).arg(folder.file()));
    }
}

#[test]
fn a_token_is_shown_once_and_what_is_kept_is_no_secret() {
    let folder = TokenFolder::new();
    let created =
        folder.run(&["create", "web-shop", "--role", "agent", "--expires", "30d"]).ended(0);
    let token = created.stdout.trim_end().to_owned();
    assert_eq!(created.stdout.lines().count(), 1, "{}", created.stdout);
    assert!(!created.stderr.contains(&token) && created.stderr.contains("web-shop"));
    folder.create("ann's phone", &["--role", "customer", "--customer", "ann"]);
    let mode = folder.file().metadata().expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(folder.file()).expect("it is there");
    let secret = token.split_once('_').expect("a prefix").1;
    let list = folder.run(&["list"]).ended(0).stdout;
    let json = folder.run(&["list", "--json"]).ended(0);
    for text in [&kept, &list, &json.stdout] {
        assert!(!text.contains(secret) && text.contains("web-shop"), "{text}");
    }
    assert!(!list.contains("sha256") && !json.stdout.contains("sha256"));
    let objects = json.objects();
    assert_eq!((&objects[0]["role"], &objects[0]["expired"]), (&"agent".into(), &false.into()));
    assert_eq!((&objects[1]["role"], &objects[1]["customer"]), (&"customer".into(), &"ann".into()));
    let time = |value: &serde_json::Value| -> jiff::Timestamp {
        value.as_str().expect("a time").parse().expect("RFC 3339")
    };
    let good_for = time(&objects[0]["expires"]).duration_since(time(&objects[0]["created"]));
    assert_eq!(good_for.as_secs(), 30 * 24 * 60 * 60);
    assert!(objects[1]["expires"].is_null());
    for column in ["name", "role", "customer", "created", "expires", "ann's phone"] {
        assert!(list.contains(column), "{column} is not in:\n{list}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let folder = TokenFolder::new();
    folder.create("one", &["--role", "agent"]);
    let before = std::fs::read_to_string(folder.file()).expect("it is there");
    let cases: [(&[&str], &str, i32); 10] = [
        (&["create", "one", "--role", "admin"], "a token one already", 1),
        (&["create", "two", "--role", "customer"], "which customer", 1),
        (&["create", "two", "--role", "agent", "--customer", "ann"], "customer", 1),
        (&["create", "two", "--role", "king"], "king", 2),
        (&["create", "two"], "--role", 2),
        (&["create", "a\u{202E}b", "--role", "agent"], "U+202E", 2),
        (&["create", "two", "--role", "agent", "--expires", "soon"], "30d", 2),
        (&["create", "two", "--role", "agent", "--expires", "0s"], "more than nothing", 2),
        (&["create", "two", "--role", "agent", "--expires", "-1d"], "error", 2),
        (&["revoke", "one", "two"], "no token two", 1),
    ];
    for (words, named, exit) in cases {
        let run = folder.run(words).ended(exit);
        assert!(run.stderr.contains(named), "{words:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    assert_eq!(std::fs::read_to_string(folder.file()).expect("it is there"), before);
    std::fs::write(folder.file(), "tokens = 1\n").expect("written");
    let run = folder.run(&["list"]).ended(1);
    assert!(run.stderr.contains("tokens.toml") && run.stderr.contains("line 1"), "{}", run.stderr);
    let error = does_not_start(command().arg("--tokens").arg(folder.file()));
    assert!(error.contains("tokens.toml") && error.contains("line 1"), "{error}");
    let run = token_command(&["list", "--data", "/no/such/folder"]).ended(0);
    assert!(run.stderr.contains("there is no file /no/such/folder/tokens.toml"), "{}", run.stderr);
}

#[test]
fn commands_at_the_same_time_lose_none_of_each_others_tokens() {
    let folder = TokenFolder::new();
    std::thread::scope(|scope| {
        for number in 0..12 {
            let folder = &folder;
            scope.spawn(move || {
                let (name, gone) = (format!("token-{number}"), format!("gone-{number}"));
                folder.create(&gone, &["--role", "reader"]);
                folder.create(&name, &["--role", "reader"]);
                folder.revoke(&gone);
            });
        }
    });
    let listed = folder.run(&["list", "--json"]).ended(0).objects();
    let mut names: Vec<_> =
        listed.iter().map(|token| token["name"].as_str().expect("a name")).collect();
    names.sort_unstable();
    let mut expected: Vec<_> = (0..12).map(|number| format!("token-{number}")).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn tokens_come_from_the_environment_too() {
    let words =
        ["create", "big \"screen\"", "--role", "customer", "--customer", "ann", "--no-file"];
    let run = token_command(&words).ended(0);
    let (token, variable) = run.stdout.trim_end().split_once('\n').expect("two lines");
    let token = Token::parse(token).expect("a token");
    let folder = TokenFolder::new();
    let other = folder.create("other", &["--role", "admin"]);
    let mut serve = command();
    serve.env("BOXOFFICE_TOKENS", variable).env("BOXOFFICE_TOKENS_FILE", folder.file());
    let process = Process::spawn(&mut serve);
    enter(process.address, &token).await;
    enter(process.address, &other).await;
    turned_away(process.address, None).await;
    // Those of the environment are none of the file's business.
    folder.revoke("other");
    until_refused(process.address, &other).await;
    until_admitted(process.address, &token).await;
    for (text, named) in [("", "no token"), ("token = 7", "line 1"), ("x", "BOXOFFICE_TOKENS")] {
        let error = does_not_start(command().env("BOXOFFICE_TOKENS", text));
        assert!(error.contains(named), "{text}: {error}");
    }
}

#[test]
fn the_demo_runs_where_tokens_are_wanted() {
    let folder = TokenFolder::new();
    folder.create("one", &["--role", "reader"]);
    let mut demo = program();
    demo.args(["demo", "--once"]).env("BOXOFFICE_TOKENS_FILE", folder.file());
    let output = demo.output().expect("the binary runs");
    assert!(output.status.success(), "{output:?}");
    let error = does_not_start(program_at("0.0.0.0:0", FREE).args(["demo", "--once"]));
    assert!(error.contains("without a token"), "{error}");
}

#[test]
fn a_data_folder_that_has_tokens_only_is_a_new_one() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let data = temporary.path().join("data");
    let words = ["create", "one", "--role", "admin", "--data", data.to_str().expect("UTF-8")];
    token_command(&words).ended(0);
    let mode = data.metadata().expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    for _ in 0..2 {
        let process = Process::spawn(&mut durable(&data));
        process.signal(Signal::TERM);
        assert!(process.wait().0.success());
    }
}

#[test]
fn tokens_are_made_for_the_server_that_was_started_here() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path().canonicalize().expect("it is there");
    let data = here.join("elsewhere");
    let listed = |expected: &Path| {
        let list = type_in(&here, "boxoffice-server token list");
        let said = String::from_utf8(list.stderr).expect("UTF-8");
        assert!(said.contains(expected.to_str().expect("UTF-8")), "{said}");
    };
    listed(Path::new("boxoffice-data/tokens.toml"));
    let server = Process::spawn(durable_at(&data, FREE, FREE).current_dir(&here));
    let created = type_in(&here, "boxoffice-server token create admin --role admin");
    assert!(created.status.success(), "{created:?}");
    assert!(data.join("tokens.toml").exists() && !here.join("boxoffice-data").exists());
    listed(&data.join("tokens.toml"));

    let other = here.join("other");
    let _other = Process::spawn(durable_at(&other, FREE, FREE).current_dir(&here));
    let which = type_in(&here, "boxoffice-server token create shop --role agent");
    let said = String::from_utf8(which.stderr).expect("UTF-8");
    assert!(!which.status.success() && said.contains("several servers run here"), "{said}");
    assert!(said.contains(other.to_str().expect("UTF-8")), "{said}");
    drop(server);
}
