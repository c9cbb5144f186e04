//! A house that sells one event, and browsers that look at it.

use super::browser::{Browser, Screen};
use super::webdriver::Driver;
use super::{client, config, customer, event, new_id, seats, start};
use boxoffice_client::Client;
use boxoffice_inventory::HoldRules;
use boxoffice_protocol::event::{EventSpec, EventUpdate};
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use std::sync::Arc;

/// A server with one event, and whoever sells it besides the page.
pub struct House {
    pub driver: Arc<Driver>,
    pub server: Server,
    pub client: Client,
}

impl House {
    /// Opens it for a test; none where there is no browser.
    pub async fn open(test: &str, spec: EventSpec) -> Option<Self> {
        Self::open_with(test, spec, config().holds).await
    }

    pub async fn open_with(test: &str, spec: EventSpec, holds: HoldRules) -> Option<Self> {
        let driver = Driver::start(test)?;
        let server = start(Config { clock: None, holds, ..config() }).await;
        let client = client(&server).await;
        client.create_event(&event("night"), spec).await.expect("it is new");
        Some(Self { driver, server, client })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.http_address().expect("it speaks HTTP"))
    }

    /// Somebody who looks at the event.
    pub fn visitor(&self, screen: Screen) -> Browser {
        let browser = self.driver.browser(screen);
        self.visit(&browser);
        browser
    }

    pub fn visit(&self, browser: &Browser) {
        browser.visit(&self.url("/event/night"));
        browser.until("document.querySelector('#plan').getAttribute('aria-busy') === 'false'");
        browser.until("document.querySelector('#live').dataset.live === 'yes'");
    }

    /// Chooses a seat and holds it.
    pub fn hold(&self, browser: &Browser, seat: &str) {
        browser.click(&format!("[data-seat='{seat}']"));
        browser.until_shown("#hold");
        browser.click("#hold");
        browser.until_shown("#held");
    }

    /// Changes the event.
    pub async fn update(&self, update: EventUpdate) {
        let updated = self.client.update_event(&event("night"), None, update).await;
        updated.expect("it may be so");
    }

    /// Somebody takes seats who does not use the page.
    pub async fn take(&self, labels: &[&str]) {
        self.take_of("night", labels).await;
    }

    /// Somebody takes seats of another event.
    pub async fn take_of(&self, slug: &str, labels: &[&str]) {
        let id = new_id(self.client.server_now());
        let (event, ann, seats) = (event(slug), customer("ann"), seats(labels));
        let taken = self.client.reserve(id, &event, &ann, &seats).await;
        taken.expect("the seats are free");
    }
}
