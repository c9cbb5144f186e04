//! Clients in other languages, against a server: the package for Python and the example in TypeScript,
//! which are generated from the server's description, and `wire.py`, which speaks the binary protocol.

use crate::common::{config, start_with};
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::http::Http;
use boxoffice_testing::installed::{environment, installed_once, run};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{repository, test_name};
use std::path::{Path, PathBuf};

#[tokio::test]
async fn clients_in_python_are_in_step_with_the_server() {
    let package = repository("client/python").canonicalize().expect("the package");
    let requirements = package.join("requirements.txt");
    let pinned = std::fs::read_to_string(&requirements).expect("the pinned packages");
    let requirements = requirements.display().to_string();
    let packages = ["--require-hashes", "-r", &requirements];
    let programs = match environment("python-client", &packages, &pinned) {
        Ok(programs) => programs,
        Err(why) => return skip(test_name!(), Need::PyPi, &why),
    };
    let server = start_with(Dependencies::default(), config()).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let description = folder.path().join("openapi.json");
    write_description(&server, &description).await;
    let description = description.display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", programs.display());
    let tcp = server.address().to_string();
    let http = server.http_address().expect("HTTP is on").to_string();
    let variables = [
        ("PATH", path.as_str()),
        ("BOXOFFICE_TCP", &tcp),
        ("BOXOFFICE_HTTP", &http),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ];
    let check = |program: PathBuf, arguments: &[&str]| {
        let ran = run(&package, 300, &program, arguments, &variables);
        println!("{}", ran.as_deref().unwrap_or_default());
        assert!(ran.is_ok(), "{}: {}", program.display(), ran.unwrap_err());
    };
    check(package.join("generate"), &[&description]);
    let cache = folder.path().join("mypy").display().to_string();
    let sources = ["src", "tests", "wire.py", "../examples/first_booking.py"];
    check(programs.join("mypy"), &[&["--cache-dir", &cache][..], &sources].concat());
    check(programs.join("pytest"), &["--quiet"]);
}

#[tokio::test]
async fn an_example_in_typescript_is_accepted_and_books() {
    let example = repository("client/examples/typescript");
    let read = |name: &str| std::fs::read(example.join(name)).expect("a file of the example");
    let packages = ["package.json", "package-lock.json"].map(|name| (name, read(name)));
    let installed = installed_once("typescript", &packages, |folder| {
        for (name, content) in &packages {
            std::fs::write(folder.join(name), content).map_err(|error| error.to_string())?;
        }
        run(folder, 300, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &[])
    });
    let folder = match installed {
        Ok(folder) => folder,
        Err(why) => return skip(test_name!(), Need::Npm, &why),
    };
    for name in ["first_booking.ts", "tsconfig.json"] {
        std::fs::write(folder.join(name), read(name)).expect("there is room");
    }
    let server = start_with(Dependencies::default(), config()).await;
    write_description(&server, &folder.join("openapi.json")).await;
    let check = |program: &str, arguments: &[&str]| {
        let ran = run(&folder, 120, program, arguments, &[]);
        assert!(ran.is_ok(), "{program}: {}", ran.unwrap_err());
        ran.unwrap_or_default()
    };
    let types = ["openapi.json", "--output", "description.d.ts"];
    check("node_modules/.bin/openapi-typescript", &types);
    check("node_modules/.bin/tsc", &[]);
    let url = format!("http://{}", server.http_address().expect("HTTP is on"));
    let said = check("node", &["build/first_booking.js", &url]);
    assert!(said.contains("it is cancelled now, at version 4"), "{said}");
}

async fn write_description(server: &Server, file: &Path) {
    let description = Http::connect(server.http_address()).await.get("/openapi.json").await;
    std::fs::write(file, &description.body).expect("there is room");
}
