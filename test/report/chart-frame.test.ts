import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainOf, figure, fitted, linearScale, logarithmic, ticksOf } from '../../compiler/report/charts/frame.ts'

describe('the frame', () => {
  test.each([
    { domain: [0, 1], most: 5, want: ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0'] },
    { domain: [0.5, 0.85], most: 6, want: ['0.5', '0.6', '0.7', '0.8'] },
    { domain: [-3, 13], most: 4, want: ['0', '5', '10'] },
    { domain: [0, 90_000], most: 4, want: ['0', '25,000', '50,000', '75,000'] },
    { domain: [-2e12, 2e12], most: 2, want: ['−2e+12', '0', '2e+12'] },
  ] as const)('ticks of $domain are round', ({ domain, most, want }) => {
    expect(ticksOf(domain, most).map(({ label }) => label)).toEqual(want)
  })

  test('ticks are few, rise, and lie within the domain', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.double({ noNaN: true }),
        fc.integer({ min: 2, max: 8 }),
        (a, b, most) => {
          const domain = domainOf([a, b])
          const values = ticksOf(domain, most).map(({ value }) => value)
          const slack = domain[1] / 1e6 - domain[0] / 1e6
          expect(values.length).toBeGreaterThan(0)
          expect(values.length).toBeLessThanOrEqual(2 * most + 2)
          for (const [i, value] of values.entries()) {
            expect(value).toBeGreaterThanOrEqual(domain[0] - slack)
            expect(value).toBeLessThanOrEqual(domain[1] + slack)
            if (i > 0) expect(value).toBeGreaterThan(values[i - 1] ?? Number.NaN)
          }
        },
      ),
    )
  })

  test('scales keep to their range, and take a single value to its middle', () => {
    expect([0, 5, 10, 20, -20].map(linearScale([0, 10], [100, 200]))).toEqual([100, 150, 200, 200, 100])
    expect([1, 10, 100].map(logarithmic([1, 100], [0, 8]))).toEqual([0, 4, 8])
    expect([3, Number.NaN].map(linearScale([3, 3], [0, 8]))).toEqual([4, 4])
  })

  test.each([
    [0.84134, '0.841'],
    [-0.00849, '−0.008'],
    [0, '0'],
    [-0, '0'],
    [12, '12'],
    [12.345, '12.35'],
    [123.45, '123.5'],
    [1234567, '1,234,567'],
    [1234, '1234'],
    [1e9, '1.00e+9'],
    [1e-9, '1.00e−9'],
    [Number.NaN, 'not defined'],
    [Number.NEGATIVE_INFINITY, 'not defined'],
  ])('%d is written %s', (value, want) => {
    expect(figure(value)).toBe(want)
  })

  test('text is cut to a width', () => {
    expect(fitted('short', 200)).toBe('short')
    expect(fitted('W'.repeat(50), 100, 10)).toBe(`${'W'.repeat(9)}…`)
    expect(fitted('W', 1)).toBe('…')
  })
})
