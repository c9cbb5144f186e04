//! The drawing of a seat map: each section with its front above, one glyph a seat. Sections that do
//! not fit the terminal are folded to bars of one or several rows. Selected rows are always drawn seat
//! by seat, over as many lines as they need.

use super::row_names::RowNames;
use crate::console::Colors;
use crate::values::{RowRange, money};
use boxoffice_client::protocol::event::{
    Counts, Currency, Layout, PlaceState, SeatMap, SectionMap,
};
use boxoffice_load::escape::escape;
use boxoffice_plan::Hall;
use std::fmt::Write;

/// The most bars of a section; more rows share bars.
const MOST_ROWS: usize = 60;
/// The width of a bar.
const BAR: u64 = 40;
/// The space between the label of a row and its seats.
const GAP: &str = "  ";

/// The map, and the terminal that it is drawn on.
#[derive(Debug)]
pub(crate) struct Drawing<'a> {
    pub(crate) map: &'a SeatMap,
    pub(crate) hall: &'a Hall,
    pub(crate) currency: Currency,
    /// Selected rows; all rows without a selection.
    pub(crate) rows: Option<&'a RowRange>,
    /// The columns of the terminal.
    pub(crate) width: usize,
    pub(crate) colors: Colors,
}

/// Draws every section, and a legend with the counts of all.
pub(crate) fn draw(drawing: &Drawing<'_>) -> String {
    let mut text = String::new();
    for section in &drawing.map.sections {
        drawing.headline(section, &mut text);
        match &section.section.layout {
            Layout::Standing { .. } => {
                drawing.bar(&section.counts, &mut text);
                text.push('\n');
            }
            Layout::Seated { rows } => drawing.seated(section, rows, &mut text),
        }
        text.push('\n');
    }
    drawing.legend(&mut text);
    text
}

impl Drawing<'_> {
    fn headline(&self, section: &SectionMap, text: &mut String) {
        let (spec, counts) = (&section.section, &section.counts);
        let kind = if spec.layout.is_seated() { "" } else { "standing, " };
        let price = money(spec.price, self.currency);
        let (free, capacity) = (counts.free, counts.capacity());
        let name = escape(spec.name.as_str());
        push(text, format_args!("{name}: {kind}{price}, {free} of {capacity} free\n"));
    }

    fn seated(&self, section: &SectionMap, rows: &[u16], text: &mut String) {
        if let Some(range) = self.rows {
            return self.listed(section, rows, range, text);
        }
        let names = RowNames::of(self.hall, &section.section.name);
        let label = longest_row(names, rows.len());
        let widest = rows.iter().copied().max().map_or(0, usize::from);
        let is_even = rows.iter().all(|&seats| usize::from(seats) == widest);
        let even = is_even && names.are_counted();
        let numbers = if even { 0 } else { GAP.len() + widest.to_string().len() };
        let room = self.width.saturating_sub(label + GAP.len() + numbers);
        let pitch = if widest * 2 <= room + 1 { 2 } else { 1 };
        if rows.len() > MOST_ROWS || widest * pitch > room + pitch - 1 {
            return self.folded(section, rows, text);
        }
        let grid = Grid { label, widest, pitch };
        grid.front(even, text);
        let mut index = 0;
        for (row, &seats) in rows.iter().enumerate() {
            let states = (index..index + usize::from(seats)).map(|seat| section.states.state(seat));
            index += usize::from(seats);
            let indent = grid.indent(seats);
            push(text, format_args!("{:>label$}{GAP}{:indent$}", names.row(row), ""));
            self.glyphs(states.map(|state| state.map_or(' ', glyph)), pitch, text);
            if !even {
                // Without a ruler, the number of the last seat shows how seats are counted.
                let rest = (widest - usize::from(seats)) * pitch - indent + numbers;
                let last = names.seat(row, usize::from(seats).saturating_sub(1));
                push(text, format_args!("{last:>rest$}"));
            }
            text.push('\n');
        }
    }

    /// Selected rows seat by seat; each line begins with the number of its first seat.
    fn listed(&self, section: &SectionMap, rows: &[u16], range: &RowRange, text: &mut String) {
        const NUMBER: usize = 4;
        let names = RowNames::of(self.hall, &section.section.name);
        let (label, range) = (longest_row(names, rows.len()), names.range(range));
        let room = self.width.saturating_sub(label + NUMBER + GAP.len() + 1);
        let widest = rows.iter().copied().max().map_or(0, usize::from);
        let pitch = if widest * 2 <= room + 1 { 2 } else { 1 };
        // Lines of whole tens are easy to count in.
        let a_line = (room / pitch).max(10) / 10 * 10;
        let mut index = 0;
        for (row, &seats) in rows.iter().enumerate() {
            let seats = usize::from(seats);
            let lines = (0..seats).step_by(a_line).filter(|_| range.contains(&row));
            for first in lines {
                let end = seats.min(first + a_line);
                let states = (index + first..index + end).map(|seat| section.states.state(seat));
                let name = if first == 0 { names.row(row) } else { String::new() };
                push(text, format_args!("{name:>label$} {:>NUMBER$}{GAP}", names.seat(row, first)));
                self.glyphs(states.map(|state| state.map_or(' ', glyph)), pitch, text);
                text.push('\n');
            }
            index += seats;
        }
    }

    /// A bar for one or several rows.
    fn folded(&self, section: &SectionMap, rows: &[u16], text: &mut String) {
        let rows_a_bar = rows.len().div_ceil(MOST_ROWS).max(1);
        let names = RowNames::of(self.hall, &section.section.name);
        let label = longest_row(names, rows.len());
        let label = if rows_a_bar > 1 { label * 2 + 1 } else { label };
        let mut index = 0;
        for (bar, group) in rows.chunks(rows_a_bar).enumerate() {
            let first = bar * rows_a_bar;
            let seats: usize = group.iter().map(|&seats| usize::from(seats)).sum();
            let states = (index..index + seats).filter_map(|seat| section.states.state(seat));
            index += seats;
            let name = match group.len() {
                1 => names.row(first),
                more => format!("{}-{}", names.row(first), names.row(first + more - 1)),
            };
            let counts = count(states);
            push(text, format_args!("{name:>label$}{GAP}"));
            self.bar(&counts, text);
            push(text, format_args!("{GAP}{} of {} free\n", counts.free, counts.capacity()));
        }
        let section = escape(section.section.name.as_str());
        let (first, last) = (names.row(0), names.row(rows.len().min(rows_a_bar) - 1));
        let some = if rows_a_bar > 1 { format!("{first}-{last}") } else { first };
        push(text, format_args!("seat by seat: --section {section} --rows {some}\n"));
    }

    /// The share of each state, taken places first. No state with places is rounded away.
    fn bar(&self, counts: &Counts, text: &mut String) {
        let capacity = counts.capacity().max(1);
        let taken = [(counts.sold, '█'), (counts.held, '▓'), (counts.blocked, '×')];
        let mut cells = String::new();
        let mut left = BAR - u64::from(counts.free > 0);
        for (places, cell) in taken {
            let share = u128::from(places) * u128::from(BAR) / u128::from(capacity);
            let share = u64::try_from(share).unwrap_or(BAR).max(u64::from(places > 0)).min(left);
            left -= share;
            (0..share).for_each(|_| cells.push(cell));
        }
        let free = BAR.saturating_sub(cells.chars().count() as u64);
        let rest = if counts.free > 0 { '░' } else { cells.chars().last().unwrap_or(' ') };
        (0..free).for_each(|_| cells.push(rest));
        self.glyphs(cells.chars(), 1, text);
    }

    fn legend(&self, text: &mut String) {
        let all: Counts = self.map.sections.iter().map(|section| section.counts).sum();
        let entries = [
            ("○░", all.free, "free"),
            ("◐▓", all.held, "held"),
            ("●█", all.sold, "sold"),
            ("×", all.blocked, "blocked"),
        ];
        let entries = entries.map(|(glyphs, places, state)| {
            let mut entry = String::new();
            self.glyphs(glyphs.chars(), 1, &mut entry);
            push(&mut entry, format_args!(" {places} {state}"));
            entry
        });
        text.push_str(&entries.join("   "));
    }

    /// Glyphs `pitch` columns apart, a colour for each run.
    fn glyphs(&self, glyphs: impl Iterator<Item = char>, pitch: usize, text: &mut String) {
        let mut color = "";
        for (index, glyph) in glyphs.enumerate() {
            if index > 0 && pitch > 1 {
                text.push(' ');
            }
            if self.colors == Colors::On && color_of(glyph) != color {
                color = color_of(glyph);
                text.push_str(color);
            }
            text.push(glyph);
        }
        if !color.is_empty() {
            text.push_str("\x1b[0m");
        }
    }
}

/// The geometry of a section.
struct Grid {
    /// The width of the longest row label.
    label: usize,
    /// The number of seats of the widest row.
    widest: usize,
    /// The distance of two seats.
    pitch: usize,
}

impl Grid {
    /// The indentation of a row of `seats` seats, so that all rows are centred.
    fn indent(&self, seats: u16) -> usize {
        self.widest.saturating_sub(seats.into()) * self.pitch / 2
    }

    /// The line of the stage, and a ruler of seat numbers if all rows are equally long.
    fn front(&self, even: bool, text: &mut String) {
        let margin = self.label + GAP.len();
        let columns = (self.widest * self.pitch).saturating_sub(self.pitch - 1);
        let front =
            if columns >= 9 { format!("{:─^columns$}", " front ") } else { "front".into() };
        push(text, format_args!("{:margin$}{front}\n", ""));
        if !even {
            return;
        }
        let step = if self.pitch > 1 { 5 } else { 10 };
        let mut ruler = "1".to_owned();
        for number in (step..=self.widest).step_by(step) {
            let blanks = ((number - 1) * self.pitch).saturating_sub(ruler.len());
            push(&mut ruler, format_args!("{:blanks$}{number}", ""));
        }
        push(text, format_args!("{:margin$}{ruler}\n", ""));
    }
}

const fn glyph(state: PlaceState) -> char {
    match state {
        PlaceState::Free => '○',
        PlaceState::Held => '◐',
        PlaceState::Sold => '●',
        PlaceState::Blocked => '×',
    }
}

/// Green is free, yellow held, red sold, grey blocked.
const fn color_of(glyph: char) -> &'static str {
    match glyph {
        '○' | '░' => "\x1b[32m",
        '◐' | '▓' => "\x1b[33m",
        '●' | '█' => "\x1b[31m",
        _ => "\x1b[90m",
    }
}

fn count(states: impl Iterator<Item = PlaceState>) -> Counts {
    let mut counts = Counts::default();
    for state in states {
        match state {
            PlaceState::Free => counts.free += 1,
            PlaceState::Held => counts.held += 1,
            PlaceState::Sold => counts.sold += 1,
            PlaceState::Blocked => counts.blocked += 1,
        }
    }
    counts
}

/// The width of the longest label of a row.
fn longest_row(names: RowNames<'_>, rows: usize) -> usize {
    let width = |row| names.row(row).chars().count();
    if names.are_counted() {
        return width(rows.saturating_sub(1));
    }
    (0..rows).map(width).max().unwrap_or(0)
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes any text");
}

#[cfg(test)]
mod tests;
