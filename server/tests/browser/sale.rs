//! An event on sale, and browsers that look at it.

use crate::common::{config, start_with};
use boxoffice_client::Client;
use boxoffice_inventory::HoldRules;
use boxoffice_plan::{PlanDigest, SourcePlan, plan_digest};
use boxoffice_protocol::event::{EventSpec, EventUpdate};
use boxoffice_server::config::Config;
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::browser::{Browser, Screen};
use boxoffice_testing::webdriver::Driver;
use boxoffice_testing::{client_at, customer, event, new_id, seats};
use std::sync::Arc;

/// A server with one event, a browser driver, and a client that sells without the page.
pub(super) struct Sale {
    pub(super) driver: Arc<Driver>,
    pub(super) server: Server,
    pub(super) client: Client,
}

impl Sale {
    /// Opens it for a test; none where there is no browser.
    pub(super) async fn open(test: &str, spec: EventSpec) -> Option<Self> {
        Self::open_with(test, spec, config().holds).await
    }

    pub(super) async fn open_with(test: &str, spec: EventSpec, holds: HoldRules) -> Option<Self> {
        let driver = Driver::start(test)?;
        let server = start_with(Dependencies::default(), Config { holds, ..config() }).await;
        let client = client_at(server.address()).await;
        client.create_event(&event("night"), spec).await.expect("it is new");
        Some(Self { driver, server, client })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.http_address().expect("it speaks HTTP"))
    }

    /// Has the server keep a plan.
    pub(super) async fn keep(&self, source: &SourcePlan) -> PlanDigest {
        let canonical = source.file.canonical();
        let digest = plan_digest(&canonical);
        self.client.put_plan(digest, &canonical).await.expect("it is kept");
        digest
    }

    /// A browser that shows the event.
    pub(super) fn visitor(&self, screen: Screen) -> Browser {
        let browser = Browser::open(&self.driver, screen);
        self.visit(&browser);
        browser
    }

    pub(super) fn visit(&self, browser: &Browser) {
        self.visit_event(browser, "night");
    }

    /// Shows an event that a test has made itself.
    pub(super) fn visit_event(&self, browser: &Browser, slug: &str) {
        browser.visit(&self.url(&format!("/event/{slug}")));
        browser.until("document.querySelector('#plan').getAttribute('aria-busy') === 'false'");
        browser.until("document.querySelector('#live').dataset.live === 'yes'");
    }

    /// Chooses a seat and holds it.
    pub(super) fn hold(&self, browser: &Browser, seat: &str) {
        browser.click(&format!("[data-seat='{seat}']"));
        browser.until_shown("#hold");
        browser.click("#hold");
        browser.until_shown("#held");
    }

    /// Chooses a seat and asks for a hold that may have ended when the page shows it.
    pub(super) fn hold_briefly(&self, browser: &Browser, seat: &str) {
        browser.click(&format!("[data-seat='{seat}']"));
        browser.until_shown("#hold");
        browser.click("#hold");
        browser.until(
            "['#held', '#notice'].some((each) => document.querySelector(each).checkVisibility())",
        );
    }

    pub(super) async fn update(&self, update: EventUpdate) {
        let updated = self.client.update_event(&event("night"), None, update).await;
        updated.expect("it may be so");
    }

    /// Sells seats without the page.
    pub(super) async fn take(&self, labels: &[&str]) {
        self.take_of("night", labels).await;
    }

    /// The same of another event.
    pub(super) async fn take_of(&self, slug: &str, labels: &[&str]) {
        let id = new_id(self.client.server_now());
        let (event, ann, seats) = (event(slug), customer("ann"), seats(labels));
        let taken = self.client.reserve(id, &event, &ann, &seats).await;
        taken.expect("the seats are free");
    }
}
