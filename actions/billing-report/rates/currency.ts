// Digits of the minor unit where they are not two: https://www.iso.org/iso-4217-currency-codes.html. Intl has those
// that people use in cash, which are fewer for some.
const digits: Readonly<Record<number, readonly string[]>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
  3: 'BHD IQD JOD KWD LYD OMR TND'.split(' '),
  4: ['CLF', 'UYW'],
}
// Units of account, which Intl leaves out.
const unitsOfAccount = ['CLF', 'UYI', 'UYW', 'CHE', 'CHW', 'COU', 'MXV', 'USN', 'BOV']

/** Returns how many digits the minor unit of a currency of ISO 4217 has; undefined for what is no such code. */
export function minorDigits(currency: string): number | undefined {
  const isKnown = Intl.supportedValuesOf('currency').includes(currency) || unitsOfAccount.includes(currency)
  if (!isKnown) return undefined
  const [found = '2'] = Object.entries(digits).find(([, codes]) => codes.includes(currency)) ?? []
  return Number(found)
}
