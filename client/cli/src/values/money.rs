//! Money: people write major units of a currency, the wire has minor ones.

use boxoffice_client::protocol::event::Currency;
use boxoffice_client::protocol::limits::MAX_PRICE_MINOR;
use std::str::FromStr;

/// An amount as typed: `45.00`, `45`. Its minor units depend on the currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Amount {
    whole: u64,
    fraction: String,
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{:?} is no price; one looks like 45.00", super::seats::clip(text));
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(wrong()),
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(wrong());
        }
        let whole = whole.parse().map_err(|_| wrong())?;
        Ok(Self { whole, fraction: fraction.to_owned() })
    }
}

impl Amount {
    /// The amount in the minor units of `currency`.
    pub(crate) fn minor(&self, currency: Currency) -> Result<u64, String> {
        let decimals = usize::from(currency.digits());
        if self.fraction.len() > decimals {
            return Err(format!("a price in {currency} has at most {decimals} decimals"));
        }
        let fraction = format!("{:0<decimals$}", self.fraction);
        let too_much = || format!("a price is at most {}", money(MAX_PRICE_MINOR, currency));
        let scaled = self.whole.checked_mul(scale(decimals)).ok_or_else(too_much)?;
        let minor = scaled.checked_add(fraction.parse().unwrap_or(0)).ok_or_else(too_much)?;
        if minor > MAX_PRICE_MINOR { Err(too_much()) } else { Ok(minor) }
    }
}

/// Minor units as people read them: `45.00 EUR`.
pub(crate) fn money(minor: u64, currency: Currency) -> String {
    match usize::from(currency.digits()) {
        0 => format!("{minor} {currency}"),
        decimals => {
            let scale = scale(decimals);
            format!("{}.{:0decimals$} {currency}", minor / scale, minor % scale)
        }
    }
}

/// The minor units of a major one.
fn scale(decimals: usize) -> u64 {
    std::iter::repeat_n(10, decimals).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, currency: &str, minor: u64, read: &str) {
        let currency = Currency::parse(currency).expect("three letters");
        let amount: Amount = text.parse().expect(text);
        assert_eq!(amount.minor(currency), Ok(minor), "{text}");
        assert_eq!(money(minor, currency), read);
    }

    #[test]
    fn prices_follow_their_currency() {
        check("45.00", "EUR", 4_500, "45.00 EUR");
        check("45", "EUR", 4_500, "45.00 EUR");
        check("0.5", "USD", 50, "0.50 USD");
        check("0.05", "USD", 5, "0.05 USD");
        check("6000", "JPY", 6_000, "6000 JPY");
        check("1.5", "KWD", 1_500, "1.500 KWD");
        check("4500", "HUF", 450_000, "4500.00 HUF");
        check("0.5", "CLF", 5_000, "0.5000 CLF");
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for wrong in
            ["", ".", "45.", ".5", "-1", "+1", "45,00", "4 5", "1e3", "99999999999999999999"]
        {
            assert!(wrong.parse::<Amount>().is_err(), "{wrong:?} was taken");
        }
        let minor = |text: &str, currency: &str| {
            text.parse::<Amount>().expect(text).minor(Currency::parse(currency).expect("letters"))
        };
        assert!(minor("45.001", "EUR").is_err());
        assert!(minor("45.0", "JPY").is_err());
        assert!(minor("18446744073709551615", "EUR").is_err());
    }
}
