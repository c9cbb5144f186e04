//! The sections of a new event in the hall of a plan.

use super::kept_plan::keep;
use super::plan::{read, wrong};
use crate::failure::Failure;
use crate::values::SectionPrice;
use boxoffice_client::Client;
use boxoffice_client::protocol::event::{Currency, Sections};
use boxoffice_plan::{Plan, PlanDigest};
use std::path::Path;

/// Has the server keep a plan, and gives its digest and its sections at these prices.
///
/// # Errors
/// [`Failure`] for a file that is no plan, prices that are not those of its sections, or a server that
/// does not keep it.
pub(super) async fn sections(
    client: &Client,
    file: &Path,
    prices: &[SectionPrice],
    currency: Currency,
) -> Result<(PlanDigest, Sections), Failure> {
    let source = read(file)?;
    let sections = priced(&source.plan, prices, currency).map_err(|why| wrong(file, &why))?;
    let (digest, _) = keep(client, &source).await?;
    Ok((digest, sections))
}

fn priced(plan: &Plan, prices: &[SectionPrice], currency: Currency) -> Result<Sections, String> {
    let mut minor = Vec::new();
    for SectionPrice { name, price } in prices {
        if plan.section_named(name.as_str()).is_none() {
            let names: Vec<_> = plan.sections.iter().map(|it| it.name.as_str()).collect();
            return Err(format!("there is no section {name}; there are {}", names.join(", ")));
        }
        if minor.iter().any(|(named, _)| *named == name) {
            return Err(format!("the price of {name} is there twice"));
        }
        minor.push((name, price.minor(currency)?));
    }
    let unpriced = |name: &str| !minor.iter().any(|(named, _)| named.as_str() == name);
    if let Some(section) = plan.sections.iter().find(|section| unpriced(&section.name)) {
        let name = &section.name;
        return Err(format!("the section {name} needs a price, like --price {name}=45.00"));
    }
    let price = |name: &_| minor.iter().find(|(named, _)| *named == name).map(|(_, price)| *price);
    plan.priced(price).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_plan::{PlanFormat, read_plan};

    fn check(prices: &[&str]) -> Result<Vec<u64>, String> {
        let plan = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"A..B\"\n\
            seats = \"1..4\"\n[[section]]\nname = \"pit\"\ncapacity = 9\n";
        let plan = read_plan(plan, PlanFormat::Toml).expect("a plan").plan;
        let prices: Vec<_> = prices.iter().map(|price| price.parse().expect("a price")).collect();
        let sections = priced(&plan, &prices, Currency::EUR)?;
        Ok(sections.as_slice().iter().map(|section| section.price).collect())
    }

    #[test]
    fn every_section_of_the_plan_has_one_price() {
        assert_eq!(check(&["pit=30", "stalls=45.00"]), Ok(vec![4_500, 3_000]));
        for (prices, why) in [
            (&["stalls=45"][..], "the section pit needs a price, like --price pit=45.00"),
            (&["stalls=45", "box=1"], "there is no section box; there are stalls, pit"),
            (&["pit=1", "pit=2", "stalls=3"], "the price of pit is there twice"),
        ] {
            assert_eq!(check(prices), Err(why.to_owned()));
        }
    }
}
