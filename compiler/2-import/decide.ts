import type { ForeignTest, Precision } from './foreign.ts'

/** A number as the library holds it. */
export const rounded = (precision: Precision, x: number) => (precision === 'float32' ? Math.fround(x) : x)

/** Whether an input, NaN if missing, takes the "yes" side of a split: exactly as the library decides. */
export function saysYes(test: ForeignTest, x: number): boolean {
  switch (test.kind) {
    case 'number':
      return numberSaysYes(test, rounded(test.precision, x))
    case 'category':
      return (Number.isNaN(x) ? test.missing : categorySide(test, x)) === 'yes'
  }
}

function numberSaysYes(test: Extract<ForeignTest, { kind: 'number' }>, given: number): boolean {
  const { comparison, threshold, missing, zero } = test
  if (Number.isNaN(given) && missing !== 'zero') return missing === 'yes'
  const x = Number.isNaN(given) ? 0 : given
  if (zero !== null && Math.abs(x) <= zero.within) return zero.side === 'yes'
  switch (comparison) {
    case '<':
      return x < threshold
    case '<=':
      return x <= threshold
    case '=':
      return x === threshold
  }
}

const otherSide = { yes: 'no', no: 'yes' } as const

function categorySide(test: Extract<ForeignTest, { kind: 'category' }>, x: number): 'yes' | 'no' {
  if (test.fractions === 'unknown' && !Number.isInteger(x)) return test.unknown
  const code = Math.trunc(x)
  if (code < 0) return test.unknown
  if (test.codes.includes(code)) return test.listed
  return test.known === null || test.known.includes(code) ? otherSide[test.listed] : test.unknown
}
