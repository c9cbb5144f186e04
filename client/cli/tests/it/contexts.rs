//! Contexts and token files: servers by a name, and secrets that stay where they are.

use super::server::{config, start};
use super::tokens::with_tokens;
use boxoffice_testing::Run;
use boxoffice_testing::cli::Cli;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A user with a folder of settings.
struct User(TempDir);

impl User {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program as this user types it, with no server among its variables.
    fn command(&self, line: &str) -> Command {
        let mut command = Cli::nowhere().command(line.split_whitespace());
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command
    }

    fn run(&self, line: &str) -> Run {
        self.command(line).output().expect("the program runs").into()
    }

    /// A file with a secret that only the user can read.
    fn secret(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("written");
        allow(&path, 0o600);
        path
    }
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn a_token_comes_from_a_file_that_only_its_owner_reads() {
    let (server, [admin, ann]) = with_tokens();
    let (user, address) = (User::new(), server.address());
    let file = user.secret("admin token", &format!("\n{admin}\n"));
    let mut command = user.command(&format!("events --server {address}"));
    command.arg("--token-file").arg(&file);
    Run::from(command.output().expect("runs")).ended(0);
    user.run(&format!("events --server {address} --token-file {}", file.display())).ended(2);

    let file = user.secret("ann.token", ann.as_str());
    let line = format!("events --server {address} --token-file {}", file.display());
    user.run(&line).ended(0);
    user.run(&format!("{line} --token x")).ended(2);
    for mode in [0o640, 0o604, 0o620] {
        allow(&file, mode);
        let run = user.run(&line).ended(2);
        assert!(run.stderr.contains(&format!("chmod 600 {}", file.display())), "{}", run.stderr);
        assert!(!run.stderr.contains(ann.as_str()), "{}", run.stderr);
    }
    allow(&file, 0o600);
    fs::write(&file, "two\nlines\n").expect("written");
    assert!(user.run(&line).ended(2).stderr.contains("has no token"));
    fs::remove_file(&file).expect("it is there");
    assert!(user.run(&line).ended(2).stderr.contains("cannot read the token"));
}

#[test]
fn a_customers_token_says_which_customer() {
    let (server, [admin, ann]) = with_tokens();
    let cli = Cli::at(server.address());
    let event = "event create night --name Night --starts 2030-12-24T20:00:00Z --section a=2x9@3";
    cli.done(&format!("{event} --token {admin}"));
    let held = cli.run(&format!("hold night A1 --token {ann}")).ended(0);
    assert!(held.stdout.contains("  ann  "), "{}", held.stdout);
    let id = held.stdout.split_whitespace().last().expect("an id");
    cli.done(&format!("confirm night {id} --token {ann}"));
    let missing = cli.run(&format!("hold night A2 --token {admin}")).ended(2);
    assert!(missing.stderr.contains("--customer NAME"), "{}", missing.stderr);
    let mut command = cli.command(["hold", "night", "A2", "--token", admin.as_str()]);
    let bob = Run::from(command.env("BOXOFFICE_CUSTOMER", "bob").output().expect("runs")).ended(0);
    assert!(bob.stdout.contains("  bob  "), "{}", bob.stdout);
}

#[test]
fn a_context_has_a_server_and_its_secrets_stay_in_their_files() {
    let (server, [admin, ann]) = with_tokens();
    let other = start(config());
    let user = User::new();
    let (shop, here) = (server.address(), other.address());
    let [admin_file, ann_file] =
        [("admin", &admin), ("ann", &ann)].map(|(name, token)| user.secret(name, token.as_str()));
    let add = |name: &str, file: &Path| {
        let run = user.run(&format!(
            "context add {name} --server http://{shop}/ --token-file {} --customer cleo",
            file.display()
        ));
        run.ended(0).stderr
    };
    assert_eq!(add("shop", &admin_file), "shop is added, and in use\n");
    assert!(add("buyer", &ann_file).contains("`boxoffice context use buyer`"));
    user.run(&format!("context add here --server {here}")).ended(0);

    let path = user.path("config/boxoffice/contexts.toml");
    let text = fs::read_to_string(&path).expect("the contexts");
    assert!(!text.contains(admin.as_str()) && !text.contains(ann.as_str()), "{text}");
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    let listed = user.run("context list --json").ended(0).objects();
    let names: Vec<_> =
        listed.iter().map(|it| format!("{} {}", it["name"], it["current"])).collect();
    assert_eq!(names, ["\"buyer\" false", "\"here\" false", "\"shop\" true"]);
    assert_eq!(user.run("context show --json").ended(0).objects()[0]["server"], shop.to_string());

    let event = "event create night --name Night --starts 2030-12-24T20:00:00Z --section a=2x9@3";
    user.run(event).ended(0);
    let held = user.run("hold night A1").ended(0);
    assert!(held.stdout.contains("  cleo  "), "{}", held.stdout);
    assert!(held.stderr.trim_end().ends_with("--customer cleo"), "{}", held.stderr);
    let run = user.run("event delete night --context buyer").ended(4);
    assert!(run.stderr.contains("not allowed"), "{}", run.stderr);
    let held = user.run("hold night A2 --context buyer --customer ann").ended(0);
    assert!(held.stderr.trim_end().ends_with("--customer ann --context buyer"), "{}", held.stderr);

    // No token for a server that is not the context's.
    user.run(&format!("events --server {here}")).ended(0);
    user.run(&format!("hold night A2 --server {here}")).ended(2);
    user.run("context use here").ended(0);
    assert_eq!(user.run("events --json").ended(0).objects().len(), 0);
    user.run("context remove here").ended(0);
    assert!(user.run("context show").ended(0).stderr.contains("no context is in use"));
    assert!(user.run("context use nowhere").ended(2).stderr.contains("buyer, shop"));
    user.run("context use shop").ended(0);
    user.run("context use --none").ended(0);
    assert!(user.run("context add x --token secret").ended(2).stderr.contains("keeps no secret"));
}

#[test]
fn a_mistake_in_the_contexts_is_shown_with_its_line() {
    let user = User::new();
    fs::create_dir_all(user.path("config/boxoffice")).expect("a folder");
    let path = user.path("config/boxoffice/contexts.toml");
    fs::write(path, "current = \"shop\n").expect("written");
    let run = user.run("events").ended(2);
    assert!(run.stderr.contains("contexts.toml: TOML parse error at line 1"), "{}", run.stderr);
    assert!(run.stderr.contains("1 | current = \"shop\n"), "{}", run.stderr);
}

#[test]
fn the_port_of_http_is_told_from_the_servers() {
    let mut config = config();
    config.http_listen = Some(config.listen);
    let server = start(config);
    let http = server.http_address().expect("it speaks HTTP");
    let user = User::new();
    let run = user.run(&format!("events --server http://{http}/events/dune-2")).ended(3);
    assert!(run.stderr.contains("speaks HTTP"), "{}", run.stderr);
    assert!(run.stderr.contains("--server 127.0.0.1:7117"), "{}", run.stderr);
    let port = server.address().port();
    for name in [format!("localhost:{port}"), format!("http://127.0.0.1:{port}/")] {
        user.run(&format!("events --server {name}")).ended(0);
    }
    assert!(user.run("events --server ftp://x").ended(2).stderr.contains("localhost"));
}
