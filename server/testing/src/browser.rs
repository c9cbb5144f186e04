//! Real browsers. Each has a profile of its own, and so is a visitor of its own.

use crate::binaries::target_folder;
use crate::patience::PATIENCE;
use crate::webdriver::{Driver, SCRIPT_PATIENCE};
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use tempfile::TempDir;

/// The key of a reference to an element (WebDriver, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const BRITISH: &str = "en-GB";

/// A screen of a desk.
pub const DESK: Screen =
    Screen { width: 1280, height: 800, phone: false, dark: false, language: BRITISH };
/// A phone's, held upright.
pub const PHONE: Screen =
    Screen { width: 390, height: 844, phone: true, dark: false, language: BRITISH };

/// A screen for a browser.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    /// With fingers instead of a mouse, and twice as many pixels.
    pub phone: bool,
    pub dark: bool,
    /// The language that the browser's pages are wanted in.
    pub language: &'static str,
}

/// Keys that have no letter (WebDriver, section 17.4.2).
pub mod keys {
    pub const TAB: &str = "\u{E004}";
    pub const ENTER: &str = "\u{E007}";
    pub const RIGHT: &str = "\u{E014}";
    pub const DOWN: &str = "\u{E015}";
}

/// A browser with one window; it ends when it is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Arc<Driver>,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser that shows nothing yet.
    pub fn open(driver: &Arc<Driver>, screen: Screen) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let Screen { width, height, phone, dark, language } = screen;
        let mut arguments = vec![
            "--headless=new".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.path().display()),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            format!("--lang={language}"),
            format!("--accept-lang={language}"),
        ];
        if dark {
            arguments.push("--force-dark-mode".to_owned());
            arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        // Its sandbox refuses to run as root, the only user of many containers.
        if rustix::process::geteuid().is_root() {
            arguments.push("--no-sandbox".to_owned());
        }
        let mut options = json!({ "args": arguments });
        if phone {
            let metrics =
                json!({ "width": width, "height": height, "pixelRatio": 2.0, "touch": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let timeouts = json!({ "script": u64::try_from(SCRIPT_PATIENCE.as_millis()).ok() });
        let capabilities =
            json!({ "alwaysMatch": { "goog:chromeOptions": options, "timeouts": timeouts } });
        let opened = driver.call("POST", "/session", &json!({ "capabilities": capabilities }));
        let opened = opened.expect("a browser starts");
        let session = opened["sessionId"].as_str().expect("a session").to_owned();
        Self { driver: Arc::clone(driver), session, _profile: profile }
    }

    fn try_call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Value> {
        self.driver.call(method, &format!("/session/{}{path}", self.session), body)
    }

    #[track_caller]
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_call(method, path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Goes to an address.
    pub fn visit(&self, url: &str) {
        self.call("POST", "/url", &json!({ "url": url }));
    }

    /// Runs a function's body in the page, and returns its result; a promise is waited for.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        self.call("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// The processor's time that the page's main thread has used since the first call, in seconds.
    /// Other work on the machine does not lengthen it.
    #[track_caller]
    pub fn main_thread_seconds(&self) -> f64 {
        let cdp = |command: &str, parameters: Value| {
            let body = json!({ "cmd": command, "params": parameters });
            self.call("POST", "/goog/cdp/execute", &body)
        };
        cdp("Performance.enable", json!({ "timeDomain": "threadTicks" }));
        let answer = cdp("Performance.getMetrics", json!({}));
        let metrics = answer["metrics"].as_array().expect("a list");
        let busy = metrics.iter().find(|metric| metric["name"] == "TaskDuration");
        busy.and_then(|metric| metric["value"].as_f64()).expect("a time")
    }

    /// Waits until an expression is true, looking again and again.
    #[track_caller]
    pub fn until(&self, expression: &str) {
        let script = format!(
            "const end = performance.now() + {};
             return new Promise((resolve) => {{
                 const look = () => {{
                     let is = false;
                     try {{ is = Boolean({expression}); }} catch {{ }}
                     if (is || performance.now() > end) resolve(is);
                     else setTimeout(look, 10);
                 }};
                 look();
             }});",
            PATIENCE.as_millis()
        );
        if self.run(&script) != true {
            self.screenshot("never");
            panic!("never: {expression}; the page says: {}", self.text("body"));
        }
    }

    /// Waits until an element is shown.
    #[track_caller]
    pub fn until_shown(&self, selector: &str) {
        let selector = Value::from(selector);
        self.until(&format!("document.querySelector({selector}).checkVisibility()"));
    }

    /// Waits until the drawing of a hall shows what it should.
    #[track_caller]
    pub fn until_painted(&self) {
        self.until("document.querySelector('canvas').dataset.painted === 'yes'");
    }

    /// Clicks on an element, as the mouse or a finger does.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.call("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Drags an element's middle with the mouse.
    #[track_caller]
    pub fn drag(&self, selector: &str, (x, y): (i32, i32)) {
        let origin = json!({ ELEMENT: self.element(selector) });
        let to = |x: i32, y: i32, origin: &Value| json!({ "type": "pointerMove", "duration": 200, "x": x, "y": y, "origin": origin });
        let button = |what: &str| json!({ "type": what, "button": 0 });
        let actions = [
            to(0, 0, &origin),
            button("pointerDown"),
            to(x / 2, y / 2, &origin),
            to(x, y, &origin),
            button("pointerUp"),
        ];
        let mouse = json!({ "type": "pointer", "id": "mouse", "actions": actions });
        self.call("POST", "/actions", &json!({ "actions": [mouse] }));
    }

    #[track_caller]
    fn element(&self, selector: &str) -> String {
        let using = json!({ "using": "css selector", "value": selector });
        let found = self.call("POST", "/element", &using);
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    /// Presses keys one after the other, wherever the focus is.
    #[track_caller]
    pub fn press(&self, keys: &[&str]) {
        let strokes = keys.iter().flat_map(|key| {
            ["keyDown", "keyUp"].map(|stroke| json!({ "type": stroke, "value": key }))
        });
        let keyboard =
            json!({ "type": "key", "id": "keyboard", "actions": strokes.collect::<Vec<_>>() });
        self.call("POST", "/actions", &json!({ "actions": [keyboard] }));
    }

    /// The role and the name of an element, for a screen reader.
    #[track_caller]
    pub fn spoken(&self, selector: &str) -> (String, String) {
        let element = self.element(selector);
        let [role, name] = ["computedrole", "computedlabel"].map(|what| {
            let told = self.call("GET", &format!("/element/{element}/{what}"), &json!({}));
            told.as_str().unwrap_or_default().to_owned()
        });
        (role, name)
    }

    /// Goes back to the page before.
    pub fn back(&self) {
        self.call("POST", "/back", &json!({}));
    }

    /// Opens another tab of the same browser and turns to it; returns the one before.
    pub fn open_tab(&self) -> Tab {
        self.open_beside("tab")
    }

    /// The same with a window, beside which the others stay visible.
    pub fn open_window(&self) -> Tab {
        self.open_beside("window")
    }

    fn open_beside(&self, kind: &str) -> Tab {
        let before = self.current_tab();
        let opened = self.call("POST", "/window/new", &json!({ "type": kind }));
        self.turn_to(&Tab(opened["handle"].clone()));
        before
    }

    /// The tab that it is at.
    pub fn current_tab(&self) -> Tab {
        Tab(self.call("GET", "/window", &json!({})))
    }

    /// Turns to a tab.
    pub fn turn_to(&self, tab: &Tab) {
        self.call("POST", "/window", &json!({ "handle": tab.0 }));
    }

    /// Closes the tab that it is at, and turns to another.
    pub fn close_tab(&self, next: &Tab) {
        self.call("DELETE", "/window", &json!({}));
        self.turn_to(next);
    }

    /// Puts the page to sleep behind another tab, as a browser does with pages in the background.
    pub fn fall_asleep(&self) -> Tab {
        let asleep = self.open_tab();
        let before = self.current_tab();
        self.turn_to(&asleep);
        self.lifecycle("frozen");
        before
    }

    /// Wakes the page up, and closes the tab that is before it.
    pub fn wake_up(&self, before: &Tab) {
        let page = self.current_tab();
        self.lifecycle("active");
        self.turn_to(before);
        self.close_tab(&page);
    }

    /// Shows the page as on this medium: `print` or `screen`.
    pub fn look_like(&self, medium: &str) {
        self.devtools("Emulation.setEmulatedMedia", &json!({ "media": medium }));
    }

    /// Ends the page's process, as a crash does.
    pub fn crash(&self) {
        // It ends before it answers.
        let crash = json!({ "cmd": "Page.crash", "params": {} });
        let _ = self.try_call("POST", "/goog/cdp/execute", &crash);
    }

    fn lifecycle(&self, state: &str) {
        self.devtools("Page.setWebLifecycleState", &json!({ "state": state }));
    }

    /// Runs a script at the beginning of every page from now on.
    pub fn on_every_page(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script }));
    }

    /// A command of Chromium's developer tools.
    fn devtools(&self, command: &str, params: &Value) {
        self.call("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": params }));
    }

    /// The text of an element.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        let selector = Value::from(selector);
        let text = self.run(&format!("return document.querySelector({selector}).innerText"));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// How a seat looks.
    #[track_caller]
    pub fn look(&self, seat: &str) -> String {
        let look = self
            .run(&format!("return document.querySelector('[data-seat=\"{seat}\"]').dataset.look"));
        look.as_str().unwrap_or_default().to_owned()
    }

    /// Begins to note how a seat looks.
    pub fn note_looks(&self, seat: &str) {
        self.run(&format!(
            "const seat = document.querySelector('[data-seat=\"{seat}\"]');
             window.looks = [seat.dataset.look];
             new MutationObserver(() => window.looks.push(seat.dataset.look))
                 .observe(seat, {{ attributeFilter: ['data-look'] }});"
        ));
    }

    /// Waits until it has looked like the last of these, and only like these before.
    #[track_caller]
    pub fn until_looked(&self, looks: &[&str]) {
        self.until(&format!("window.looks.length >= {}", looks.len()));
        assert_eq!(self.run("return window.looks"), json!(looks));
    }

    /// Waits until a seat looks so.
    #[track_caller]
    pub fn until_looks(&self, seat: &str, look: &str) {
        self.until(&format!(
            "document.querySelector('[data-seat=\"{seat}\"]').dataset.look === '{look}'"
        ));
    }

    /// Keeps a picture of the page, below the target folder.
    pub fn screenshot(&self, name: &str) {
        let Ok(picture) = self.try_call("GET", "/screenshot", &json!({})) else { return };
        let picture = picture.as_str().expect("base64").as_bytes();
        let picture = data_encoding::BASE64.decode(picture).expect("base64");
        let folder = target_folder().join("screenshots");
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, picture).expect("room for a picture");
        println!("a picture of it: {}", path.display());
    }
}

/// A tab of a browser.
#[derive(Debug)]
pub struct Tab(Value);

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.try_call("DELETE", "", &json!({}));
    }
}
