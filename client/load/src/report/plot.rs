//! Curves over two axes, as SVG.

use crate::escape::escape_html;
use std::fmt::Write;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 36.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 44.0;

/// A scale with its marks.
#[derive(Debug)]
pub(super) struct Axis {
    pub(super) title: &'static str,
    scale: AxisScale,
    ticks: Vec<(f64, String)>,
}

#[derive(Debug, Clone, Copy)]
enum AxisScale {
    Linear { first: f64, last: f64 },
    Log { first: f64, last: f64 },
}

impl Axis {
    /// From 0 or `first` to at least `last`, marked in round steps.
    pub(super) fn linear(
        title: &'static str,
        (first, last): (f64, f64),
        label: impl Fn(f64) -> String,
    ) -> Self {
        let step = round_step((last - first).max(f64::MIN_POSITIVE) / 5.0);
        let marks = ((last - first) / step).ceil().clamp(1.0, 12.0);
        let ticks = (0..=12u8).map(f64::from).take_while(|&mark| mark <= marks);
        let ticks = ticks.map(|mark| first + mark * step);
        let ticks: Vec<_> = ticks.map(|value| (value, label(value))).collect();
        Self { title, scale: AxisScale::Linear { first, last: first + marks * step }, ticks }
    }

    /// From at most `first` to at least `last`, both above 0, marked at these values.
    pub(super) fn log(
        title: &'static str,
        (first, last): (f64, f64),
        ticks: Vec<(f64, String)>,
    ) -> Self {
        Self { title, scale: AxisScale::Log { first, last: last.max(first * 1.01) }, ticks }
    }

    /// Powers of ten around `first` and `last`, with twos and fives where they are few.
    pub(super) fn decades(
        title: &'static str,
        (first, last): (f64, f64),
        label: impl Fn(f64) -> String,
    ) -> Self {
        let (low, high) = (first.max(1e-3), last.max(first.max(1e-3)));
        let decades = || (-3..10).map(|power| 10f64.powi(power));
        let factors: &[f64] = if high / low > 1e3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let values: Vec<_> =
            decades().flat_map(|ten| factors.iter().map(move |factor| ten * factor)).collect();
        let begin = values.iter().rposition(|&value| value <= low).unwrap_or(0);
        let end = values.iter().position(|&value| value >= high).unwrap_or(values.len() - 1);
        let shown = &values[begin..=end.max(begin + 1).min(values.len() - 1)];
        let ticks = shown.iter().map(|&value| (value, label(value))).collect();
        let ends = (values[begin], shown.last().copied().unwrap_or(high));
        Self::log(title, ends, ticks)
    }

    /// Where a value is between the ends, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let place = match self.scale {
            AxisScale::Linear { first, last } => (value - first) / (last - first),
            AxisScale::Log { first, last } => {
                (value.max(first).ln() - first.ln()) / (last.ln() - first.ln())
            }
        };
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + self.place(value) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.place(value) * (HEIGHT - TOP - BOTTOM)
    }
}

/// 1, 2 or 5 times a power of ten, at least `step`.
fn round_step(step: f64) -> f64 {
    let ten = 10f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * ten >= step);
    factor.unwrap_or(10.0) * ten
}

/// A curve: its name, and its points from left to right.
#[derive(Debug)]
pub(super) struct Curve {
    pub(super) name: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

/// The plot of up to two curves.
pub(super) fn plot(alt: &str, x: &Axis, y: &Axis, curves: &[Curve]) -> String {
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escape_html(alt)
    );
    grid(&mut svg, x, y);
    let mut legend_x = LEFT;
    for (curve, class) in curves.iter().zip(["one", "two"]) {
        draw(&mut svg, x, y, curve, class);
        if curves.len() > 1 {
            let text_x = legend_x + 12.0;
            let name = escape_html(curve.name);
            push(
                &mut svg,
                format_args!(
                    "<circle class=\"dot {class}\" cx=\"{legend_x}\" cy=\"12\" r=\"5\"/>\
                     <text class=\"legend\" x=\"{text_x}\" y=\"16\">{name}</text>"
                ),
            );
            legend_x += 44.0 + 7.0 * curve.name.len() as f64;
        }
    }
    svg.push_str("</svg>");
    svg
}

fn grid(svg: &mut String, x: &Axis, y: &Axis) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for (value, label) in &y.ticks {
        let (at, end, label) = (y.y(*value), LEFT - 10.0, escape_html(label));
        push(
            svg,
            format_args!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
                 <text x=\"{end}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                at + 4.0
            ),
        );
    }
    for (value, label) in &x.ticks {
        let (at, below, label) = (x.x(*value), bottom + 18.0, escape_html(label));
        push(
            svg,
            format_args!(
                "<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{bottom}\"/>\
                 <text x=\"{at:.1}\" y=\"{below}\" text-anchor=\"middle\">{label}</text>"
            ),
        );
    }
    let (middle, low) = ((LEFT + right) / 2.0, HEIGHT - 6.0);
    let title = escape_html(x.title);
    push(
        svg,
        format_args!("<text x=\"{middle}\" y=\"{low}\" text-anchor=\"middle\">{title}</text>"),
    );
}

fn draw(svg: &mut String, x: &Axis, y: &Axis, curve: &Curve, class: &str) {
    let mut path = String::new();
    for (index, &(at, value)) in curve.points.iter().enumerate() {
        let verb = if index == 0 { 'M' } else { 'L' };
        push(&mut path, format_args!("{verb}{:.1} {:.1}", x.x(at), y.y(value)));
    }
    if let (Some(first), Some(last), "one") = (curve.points.first(), curve.points.last(), class) {
        let (from, to, bottom) = (x.x(first.0), x.x(last.0), HEIGHT - BOTTOM);
        push(
            svg,
            format_args!(
                "<path class=\"area\" d=\"{path}L{to:.1} {bottom}L{from:.1} {bottom}Z\"/>"
            ),
        );
    }
    push(svg, format_args!("<path class=\"curve {class}\" d=\"{path}\"/>"));
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (step, round) in [(0.3, 0.5), (1.0, 1.0), (1.1, 2.0), (34_000.0, 50_000.0), (7.0, 10.0)]
        {
            assert!((round_step(step) - round).abs() < round * 1e-9, "{step}");
        }
    }

    #[test]
    fn what_is_no_number_stays_in_the_picture() {
        let axis = || Axis::linear("x", (0.0, 0.0), |value| value.to_string());
        let points = vec![(f64::NAN, f64::INFINITY), (-5.0, 1e300)];
        let svg = plot("<&>", &axis(), &axis(), &[Curve { name: "n", points }]);
        assert!(!svg.contains("NaN") && !svg.contains("inf") && svg.contains("&lt;&amp;&gt;"));
    }
}
