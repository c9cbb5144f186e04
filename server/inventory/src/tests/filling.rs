//! How full a hall gets when everyone asks for the best seats together, and how far they sit from the
//! middle of its front: by today's rule, and by the one that takes the nearest seats that leave no seat
//! alone. Prints the figures.

use crate::adjacent::Among;
use crate::best::best;
use crate::breaks::SectionBreaks;
use crate::model::dice::Dice;
use crate::places_of::PlacesOf;
use crate::sections::{self, Section};
use boxoffice_protocol::event::{Layout, PlaceState};
use boxoffice_protocol::reservation::Together;

const ROWS: u16 = 10;
const SEATS: u16 = 20;
const PLACES: u32 = ROWS as u32 * SEATS as u32;

/// A row and the number of its first seat.
type FirstSeat = Option<(u16, u16)>;

trait FilledHall {
    /// Takes the best `party` seats together, if there are any.
    fn take(&mut self, party: u16) -> FirstSeat;
}

/// The real one.
struct Today([Section; 1]);

impl Today {
    fn new() -> Self {
        let layout = Layout::Seated { rows: vec![SEATS; ROWS.into()] };
        Self([Section::new(&layout, SectionBreaks::default(), &[])])
    }
}

impl FilledHall for Today {
    fn take(&mut self, party: u16) -> FirstSeat {
        let found = best(&self.0, None, Among::All, party.into(), Together::Required).ok()?;
        sections::put(&mut self.0, PlacesOf::Seats(&found), PlaceState::Free, PlaceState::Sold, 1);
        Some((found[0].row(), found[0].number()))
    }
}

/// One whose best seats are the nearest, by whether seats are free.
struct Nearest(Vec<[bool; SEATS as usize]>);

impl FilledHall for Nearest {
    fn take(&mut self, party: u16) -> FirstSeat {
        let is_free = |row: u16, seat: Option<u16>| {
            seat.is_some_and(|seat| seat < SEATS && self.0[usize::from(row)][usize::from(seat)])
        };
        let alone = |row, seat: Option<u16>, beyond| is_free(row, seat) && !is_free(row, beyond);
        let starts = (0..ROWS).flat_map(|row| (0..=SEATS - party).map(move |first| (row, first)));
        let free = starts
            .filter(|&(row, first)| (first..first + party).all(|seat| is_free(row, Some(seat))));
        let (row, first) = free.min_by_key(|&(row, first)| {
            let end = first + party;
            let before = alone(row, first.checked_sub(1), first.checked_sub(2));
            let behind = alone(row, Some(end), Some(end + 1));
            (before || behind, (4 * row).pow(2) + (first + end).abs_diff(SEATS).pow(2), row, first)
        })?;
        let seats = usize::from(first)..usize::from(first + party);
        self.0[usize::from(row)][seats].fill(false);
        Some((row, first))
    }
}

/// How many places are sold until as many were asked for as there are, and how far the first 100 are
/// from the middle of the front on average, in halves of a seat.
fn fill(hall: &mut impl FilledHall, mut party: impl FnMut() -> u16) -> (u32, f64) {
    let (mut asked, mut sold, mut near) = (0, 0_u32, Vec::new());
    while asked < PLACES {
        let party = party();
        asked += u32::from(party);
        let Some((row, first)) = hall.take(party) else { continue };
        sold += u32::from(party);
        let aside = |seat: u16| f64::from((2 * seat + 1).abs_diff(SEATS));
        near.extend((first..first + party).map(|seat| aside(seat).hypot(f64::from(4 * row))));
    }
    near.truncate(100);
    let seats = near.len() as f64;
    (sold, near.into_iter().sum::<f64>() / seats)
}

struct FillFigures {
    mean: f64,
    fifth_percentile: f64,
    distance: f64,
}

/// A thousand halls that parties of one to six fill.
fn thousand<H: FilledHall>(name: &str, new: impl Fn() -> H) -> FillFigures {
    let runs = (0..1_000).map(|seed| {
        let mut dice = Dice::new(seed);
        fill(&mut new(), || u16::try_from(dice.of(1..7)).expect("a party"))
    });
    let (mut sold, distances): (Vec<u32>, Vec<f64>) = runs.unzip();
    sold.sort_unstable();
    let percent = |places: f64| 100.0 * places / f64::from(PLACES);
    let figures = FillFigures {
        mean: percent(sold.iter().sum::<u32>().into()) / 1_000.0,
        fifth_percentile: percent(sold[50].into()),
        distance: distances.iter().sum::<f64>() / 1_000.0,
    };
    let FillFigures { mean, fifth_percentile, distance } = &figures;
    println!(
        "{name}: {mean:.2} % sold, 5th percentile {fifth_percentile:.1} %, \
         the first 100 seats {distance:.2} from the focus"
    );
    figures
}

#[test]
fn pairs_fill_a_hall() {
    let (sold, _) = fill(&mut Today::new(), || 2);
    assert_eq!(sold, PLACES);
    let (stranded, _) = fill(&mut Nearest(vec![[true; SEATS as usize]; ROWS.into()]), || 2);
    assert_eq!(stranded, 180, "the nearest seats leave one alone at both ends of each row");
}

#[test]
fn parties_of_all_sizes_fill_a_hall_and_sit_near() {
    let today = thousand("best", Today::new);
    let nearest = thousand("nearest", || Nearest(vec![[true; SEATS as usize]; ROWS.into()]));
    assert!(today.mean >= 97.0);
    assert!(today.fifth_percentile >= 94.0);
    assert!(today.distance <= 1.10 * nearest.distance);
    assert!(nearest.mean < 94.0, "there is something to gain");
}
