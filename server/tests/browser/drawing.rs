//! Drawings of halls, of which only the pixels can be looked at: the sample plans, colours on the
//! canvas, and gestures that move it.

use boxoffice_plan::{PlanFormat, SourcePlan, read_plan};
use boxoffice_testing::browser::Browser;
use std::fs;

pub(super) const SAMPLES: [&str; 5] = ["theatre", "cinema", "club", "arena", "stadium"];

/// The main thread's share of a frame: sixty of them are drawn in a second.
const FRAME_MS: f64 = 16.0;
const FRAMES: usize = 600;

/// A plan of `client/examples/plans`.
pub(super) fn sample(name: &str) -> SourcePlan {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../client/examples/plans");
    let toml = fs::read_to_string(format!("{folder}/{name}.toml")).expect("a sample");
    read_plan(&toml, PlanFormat::Toml).expect("a plan")
}

/// A script with `pixels(color, slack)`: where a colour is on the canvas, as `{count, left, top, right,
/// bottom}` in pixels of it.
pub(super) const PIXELS: &str = "
    const plan = document.querySelector('canvas');
    const { width, height } = plan;
    const { data } = plan.getContext('2d').getImageData(0, 0, width, height);
    const pixels = (color, slack = 0) => {
        const wanted = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
        const found = { count: 0, left: width, top: height, right: 0, bottom: 0, width, height };
        for (let at = 0; at < data.length; at += 4) {
            if (wanted.some((it, index) => Math.abs(data[at + index] - it) > slack)) continue;
            const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
            found.count += 1;
            found.left = Math.min(found.left, x);
            found.right = Math.max(found.right, x);
            found.top = Math.min(found.top, y);
            found.bottom = Math.max(found.bottom, y);
        }
        return found;
    };";

/// Zooms in, pans about and zooms out again, over and over, and returns how long the main thread took for
/// the frames, in milliseconds.
fn gestures() -> String {
    format!(
        "const plan = document.querySelector('#plan');
         plan.setPointerCapture = () => {{}};
         const box = plan.getBoundingClientRect();
         const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
         const channel = new MessageChannel();
         const frames = [];
         let begun = 0;
         channel.port1.onmessage = () => frames.push(performance.now() - begun);
         const move = (number) => {{
             const part = number % 150;
             const at = {{ clientX: x + 0.3 * box.width * Math.cos(number / 25),
                 clientY: y + 0.3 * box.height * Math.sin(number / 19) }};
             const send = (type) => plan.dispatchEvent(new PointerEvent(type,
                 {{ pointerId: 1, pointerType: 'mouse', buttons: 1, bubbles: true, ...at }}));
             if (part === 40) send('pointerdown');
             if (part > 40 && part < 110) send('pointermove');
             if (part === 110) send('pointerup');
             const deltaY = part < 40 ? -30 : 30;
             if (part < 40 || part > 110) plan.dispatchEvent(new WheelEvent('wheel',
                 {{ deltaY, clientX: x, clientY: y }}));
         }};
         return new Promise((resolve) => {{
             const next = () => {{
                 begun = performance.now();
                 channel.port2.postMessage(0);
                 if (frames.length >= {FRAMES}) return resolve(frames);
                 move(frames.length);
                 return requestAnimationFrame(next);
             }};
             requestAnimationFrame(next);
         }});"
    )
}

/// Moves the drawing for ten seconds. The time of the processor is what the law is about: the clock runs
/// on while others use it.
pub(super) fn follow_gestures(browser: &Browser, of: &str) {
    let before = browser.main_thread_seconds();
    let frames = browser.run(&gestures());
    let mean = (browser.main_thread_seconds() - before) * 1_000.0 / FRAMES as f64;
    let frames = frames.as_array().expect("a list").iter();
    let mut frames: Vec<_> = frames.map(|it| it.as_f64().expect("a number")).collect();
    frames.sort_by(f64::total_cmp);
    let (p95, most) = (frames[FRAMES * 95 / 100], frames[frames.len() - 1]);
    println!("{of}: {mean:.1} ms a frame; by the clock p95 {p95:.1}, most {most:.1}");
    assert!(mean <= FRAME_MS, "{of}: {mean:.1} ms");
}
