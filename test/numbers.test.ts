import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberLike } from '../compiler/1-read/number-like.ts'
import { describeFormat, plainFormat, readingsOf, readWritten, recogniseFormat } from '../runtime/text/numbers.ts'

const commas = { decimalChar: ',', groupChar: '.', bareNumber: true }
const dressed = { ...plainFormat, bareNumber: false }

describe('a number in a format', () => {
  test.each([
    ['63', plainFormat, 63, 0],
    ['63.000', plainFormat, 63, 3],
    ['.5', plainFormat, 0.5, 1],
    ['5.', plainFormat, 5, 0],
    ['+1', plainFormat, 1, 0],
    ['−0', plainFormat, 0, 0],
    ['−4.5', plainFormat, -4.5, 1],
    ['–4', plainFormat, -4, 0],
    ['1e3', plainFormat, 1000, 0],
    ['1.25e-3', plainFormat, 0.00125, 5],
    ['1.234,5', commas, 1234.5, 1],
    ['1.234', commas, 1234, 0],
    ['-0,25', commas, -0.25, 2],
    ['12 345', { ...plainFormat, groupChar: ' ' }, 12345, 0],
    ['12\u202f345,5', { ...commas, groupChar: ' ' }, 12345.5, 1],
    ['1’000.5', { ...plainFormat, groupChar: "'" }, 1000.5, 1],
    ['85%', dressed, 85, 0],
    ['$60', dressed, 60, 0],
    ['-$60.50', dressed, -60.5, 2],
    ['60 mg/dl', dressed, 60, 0],
  ])('%j', (text, format, value, decimals) => {
    expect(readWritten(text, format)).toEqual({ value, decimals })
  })

  test.each([
    ['', plainFormat],
    ['.', plainFormat],
    ['-', plainFormat],
    ['0x10', plainFormat],
    ['Infinity', plainFormat],
    ['1e999', plainFormat],
    ['1,5', plainFormat],
    ['1 5', plainFormat],
    ['--5', plainFormat],
    ['1.2.3', plainFormat],
    ['12.34,5', commas],
    ['1234.567,5', commas],
    ['0.500', commas],
    ['1.234.56', commas],
    ['85%', plainFormat],
    ['<0.5', dressed],
    ['120/80', dressed],
    ['2020-04-01', dressed],
  ])('%j is none', (text, format) => {
    expect(readWritten(text, format)).toBeNull()
  })

  test('is what Number makes of plain decimals, for random ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(12), (n, decimals) => {
        const text = (n / 10 ** decimals).toFixed(decimals)
        expect(readWritten(text, plainFormat)).toEqual({ value: Number(text) + 0, decimals })
      }),
    )
  })
})

describe('a column', () => {
  const formatOf = (texts: readonly string[], commaDecimals = false) => {
    const recognised = recogniseFormat(texts, commaDecimals)
    return recognised.kind === 'format' ? describeFormat(recognised.format) : recognised
  }
  test.each([
    [['250', '63.000'], 'decimal points'],
    [['1,5', '2'], 'decimal commas'],
    [['0,500', '1,234'], 'decimal commas'],
    [['250,000', '12,5'], 'decimal commas'],
    [['1,234,567', '4,000'], 'commas between groups of three digits'],
    [['4,000', '1,234.5'], 'commas between groups of three digits'],
    [['1.234,5', '1.234'], 'decimal commas and points between groups of three digits'],
    [['1.234.567'], 'decimal commas and points between groups of three digits'],
    [['12 345', '1'], 'blanks between groups of three digits'],
    [["1'000"], 'apostrophes between groups of three digits'],
  ])('%j has %s', (texts, want) => {
    expect(formatOf(texts)).toBe(want)
  })

  test('of commas before three digits alone is ambiguous, and both numbers are named', () => {
    for (const texts of [['250,000'], ['4,000', '4,037'], ['250', '63,000']]) {
      const text = texts.find((one) => one.includes(',')) ?? ''
      const values = [Number(text.replace(',', '.')), Number(text.replace(',', ''))]
      expect(formatOf(texts)).toEqual({ kind: 'ambiguous', text, values })
    }
  })

  test('of points before three digits is ambiguous where the file has decimal commas', () => {
    expect(formatOf(['1.234', '250'], true)).toEqual({ kind: 'ambiguous', text: '1.234', values: [1.234, 1234] })
    expect(formatOf(['1.234', '0.250'], true)).toBe('decimal points')
  })

  test('written in two ways has no format', () => {
    expect(formatOf(['1,5', '1.5'])).toEqual({ kind: 'none' })
  })
})

test('a text alone may be two numbers, and never more', () => {
  expect(readingsOf('250,000').map(({ value }) => value)).toEqual([250, 250000])
  expect(readingsOf('1.234').map(({ value }) => value)).toEqual([1.234, 1234])
  expect(readingsOf('1.234,5').map(({ value }) => value)).toEqual([1234.5])
  expect(readingsOf('63').map(({ value }) => value)).toEqual([63])
  const sign = fc.constantFrom('.', ',', ' ', "'", '1', '0', '23', '456')
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 7 }), (parts) => {
      expect(readingsOf(parts.join('')).length).toBeLessThanOrEqual(2)
    }),
  )
})

test.each([
  ...['85%', '$60', '60 €', '<0.5', '≥ 10', '12 mg', '120/80', '3.5kg', '5°C', '~7', '5 m', '2.5g', '12mg', '-3h'].map(
    (text) => [text, 'sign'],
  ),
  ...['2020-04-01', '01/02/2024', '1.2.2024', '12:30', '2020-04-01T12:00:00Z'].map((text) => [text, 'date']),
  ...['A1.5', 'W4', 'red', 'T2N0', 'b-12', '', 'typ 2', '1a', '17q', '3rd', '21ST', '4ème'].map((text) => [text, null]),
])('%j seems to be a %s', (text, want) => {
  expect(numberLike(text ?? '', false)).toBe(want)
})
