import fc from 'fast-check'
import { defaultMissingValues, trimBlanks } from '../../../compiler/1-read/words.ts'

/** A text as tables hold it: what is blank at its ends, or seen by nobody, is not its own. */
const held = (text: string) => (trimBlanks(text) === text && text !== '' ? text : `a${text}b`)

/** Texts that end a string, a comment, a tag or a line, mean something to TypeScript, or do not look like what they are. */
const hostile = [
  ...new Set(
    [
      ...['"', "'", '`', '\\', '\\\\', "\\'", "';", `\${process.exit()}`, `\`\${1}\``, '"""', '“”‘’'],
      ...['*/', '/*', '//', '*\\/', '*/ throw 1 /*', '// eslint-disable', '/// <reference path="x" />', '<!--', '-->'],
      ...[
        '@ts-nocheck',
        '@ts-ignore',
        '@ts-expect-error',
        '//@ts-nocheck',
        '@jsx h',
        '//# sourceMappingURL=x',
        '#!/bin/sh',
      ],
      ...['\n', 'a\nb', '\u2028', '\u2029', '\u0085', '\u0001', '\u001b[31m', '\u007f', '\ufeff', '\u00a0'],
      ...['</script>', '<script>alert(1)</script>', ']]>', '&amp;', '{{x}}', '<%= x %>'],
      ...[
        '\u202e',
        'user\u2066 // admin\u2069',
        '\u200b',
        '\u200d',
        '👩‍⚕️',
        '🏳️‍🌈',
        'e\u0301',
        'é',
        'Ａ',
        '\ufffe',
        '\u{e0001}',
        '\u{10ffff}',
      ],
      ...[
        'class',
        'default',
        'new',
        'get',
        'set',
        'readonly',
        'static',
        'await',
        'enum',
        'Null',
        'undefined',
        'NaNs',
        'true',
      ],
      ...['__proto__', 'constructor', 'toString', 'prototype', 'hasOwnProperty', 'valueOf', 'then', 'length', 'name'],
      ...[
        'a b',
        'a-b',
        'aB',
        'a_b',
        'AB',
        'ab',
        'a  b',
        ' a',
        'a ',
        '1',
        '-1',
        '1e3',
        '0x1',
        '$',
        '_',
        '$0',
        '#a',
        'a.b',
        'a[0]',
      ],
      ...['Features', 'Answer', 'Leaf', 'Outcomes', 'client', 'server', 'contract', 'decide', 'left', 'tests', 'model'],
      ...['x'.repeat(1000), `${'long '.repeat(200)}*/`, "'".repeat(1000), '\\'.repeat(999), 'ß'.repeat(1000)],
    ].map(held),
  ),
]

const isMissing = (text: string) => defaultMissingValues.includes(text)

/** One such text, several in a row, or any characters but NUL, which no text has; never one that counts as missing. */
export const hostileNames: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom(...hostile) },
    {
      weight: 2,
      arbitrary: fc.array(fc.constantFrom(...hostile), { minLength: 2, maxLength: 4 }).map((t) => t.join('')),
    },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => !text.includes('\0')),
    },
  )
  .map(held)
  .filter((text) => !isMissing(text))

export interface HostileTable {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Every one of these texts as a column's name, as a text in a cell, and as an answer. */
export const everyHostileName: readonly HostileTable[] = Array.from(
  { length: Math.ceil(hostile.length / 30) },
  (_, i) => {
    const names = hostile.slice(30 * i, 30 * i + 30)
    const numbers = (row: number) => names.map((_, column) => String((7 * row + 3 * column) % 11))
    return {
      header: [...names, 'a text', 'an answer'],
      rows: names.map((name, row) => [...numbers(row), name, names[(row + 1) % names.length] ?? '']),
    }
  },
)

/** Tables with hostile names, texts and answers, and random data. */
export const hostileTables: fc.Arbitrary<HostileTable> = fc
  .record({
    header: fc.uniqueArray(hostileNames, { minLength: 3, maxLength: 6 }),
    levels: fc.uniqueArray(
      hostileNames.filter((text) => Number.isNaN(Number(text))),
      { minLength: 2, maxLength: 5 },
    ),
    answers: fc.uniqueArray(hostileNames, { minLength: 2, maxLength: 3 }),
    // For every row: a number for each column, to be taken as a number, a text or a missing value.
    rows: fc.array(fc.array(fc.nat(999), { minLength: 6, maxLength: 6 }), { minLength: 8, maxLength: 14 }),
    kinds: fc.array(fc.constantFrom('number', 'text', 'number or missing', 'text or missing'), { minLength: 6 }),
  })
  // A first row that could be data is refused: one of numbers alone, or with an answer as the target's name.
  .filter(
    ({ header, answers }) =>
      !answers.includes(header.at(-1) ?? '') && header.some((name) => Number.isNaN(Number(name))),
  )
  .map(({ header, levels, answers, rows, kinds }) => ({
    header,
    rows: rows.map((numbers, row) =>
      header.map((_, i) => {
        const [number = 0, kind = ''] = [numbers[i], kinds[i]]
        // The first two rows differ in their answer.
        if (i === header.length - 1) return answers[(row < 2 ? row : number) % answers.length] ?? ''
        if (row > 1 && kind.endsWith('missing') && number % 5 === 0) return '?'
        return kind.startsWith('number') ? String(number % 30) : (levels[number % levels.length] ?? '')
      }),
    ),
  }))

/** A CSV with every cell in quotes. */
export function toCsv({ header, rows }: HostileTable): string {
  const line = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')
  return `${[header, ...rows].map(line).join('\n')}\n`
}
