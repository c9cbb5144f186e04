//! A client whose host vanishes from the network: no FIN, no RST. The test makes a network namespace
//! for that host, and is skipped where it must not.

use boxoffice_protocol::reply::Body;
use boxoffice_testing::process::{Process, program_at};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::tokens::TokenFolder;
use boxoffice_testing::{Raw, hello_with, test_name, until_some};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::process::Command;

/// A host of the test's own, joined to this one by a cable; both are gone when it is dropped.
struct Host {
    name: String,
    here: Ipv4Addr,
}

impl Host {
    /// Makes the host; none where that is not allowed.
    fn new() -> Option<Self> {
        let number = std::process::id() % 16_000;
        let network = 0x0A_E7_00_00 | number << 2;
        let host = Self { name: format!("boxoffice{number}"), here: Ipv4Addr::from(network | 1) };
        let (name, cable, here) = (&host.name, host.cable(), host.here);
        let there = Ipv4Addr::from(network | 2);
        let made = ip(&format!("netns add {name}"))
            && ip(&format!("link add {cable} type veth peer name cable netns {name}"))
            && ip(&format!("addr add {here}/30 dev {cable}"))
            && ip(&format!("link set {cable} up"))
            && ip(&format!("-n {name} addr add {there}/30 dev cable"))
            && ip(&format!("-n {name} link set cable up"));
        made.then_some(host)
    }

    fn cable(&self) -> String {
        format!("{}c", self.name)
    }

    fn connect(&self, to: SocketAddr) -> TcpStream {
        let network = File::open(format!("/run/netns/{}", self.name)).expect("it was made");
        let connecting = std::thread::spawn(move || {
            move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("it is a network");
            TcpStream::connect(to).expect("the server listens")
        });
        connecting.join().expect("no panic")
    }

    fn vanish(&self) {
        assert!(ip(&format!("link set {} down", self.cable())));
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        ip(&format!("link del {}", self.cable()));
        ip(&format!("netns del {}", self.name));
    }
}

fn ip(arguments: &str) -> bool {
    let run = Command::new("ip").args(arguments.split(' ')).output();
    run.is_ok_and(|output| output.status.success())
}

#[tokio::test]
async fn row_13_a_client_that_vanishes_gives_its_slot_back() {
    let Some(host) = Host::new() else {
        return skip(test_name!(), Need::NetworkNamespace, "`ip netns add` fails");
    };
    // It listens where others can reach it, which takes tokens.
    let tokens = TokenFolder::new();
    let token = tokens.create("observer", &["--role", "admin"]);
    let hello = hello_with(Some(&token));
    let mut command = program_at(&format!("{}:0", host.here), "127.0.0.1:0");
    command.args(["--memory", "--log", "error", "--peer-timeout", "3s", "--idle-timeout", "10m"]);
    command.arg("--tokens").arg(tokens.file());
    let process = Process::spawn(&mut command);
    let vanishing = host.connect(process.address);
    vanishing.set_nonblocking(true).expect("a socket");
    let stream = tokio::net::TcpStream::from_std(vanishing).expect("a socket");
    let mut vanishing = Raw::over(stream);
    assert!(matches!(vanishing.ask(&hello).await.body, Body::Welcome(_)));
    let mut observer = Raw::silent(process.address).await;
    observer.ask(&hello).await;
    assert_eq!(observer.connections().await, 2);
    host.vanish();
    until_some("the server notices", async || (observer.connections().await == 1).then_some(()))
        .await;
}
