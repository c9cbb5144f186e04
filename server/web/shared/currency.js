// The decimals of currencies by ISO 4217, which define what a minor unit is. Those of `Intl` are
// for display: it writes HUF without decimals. The lines are those of `protocol/src/currency.rs`.

const DECIMALS = new Map([
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
].flatMap(([decimals, currencies]) => currencies.split(' ').map((code) => [code, decimals])));

/** The decimals of a currency's minor unit, as ISO 4217 lists them. */
export const decimalsOf = (currency) => DECIMALS.get(currency) ?? 2;
