import { describe, expect, test } from 'vitest'
import type { Column } from '../../runtime/contract.ts'
import { documentsIn } from '../../runtime/page/documents.ts'
import { readLine } from '../../runtime/page/pasted.ts'
import { type Question, readNumber, type Unit } from '../../runtime/page/questions.ts'
import { formSpeech } from '../../runtime/words/form.ts'
import { faultsOfWords, speechOf } from '../../runtime/words/message.ts'
import { pageEn } from '../../runtime/words/page-en.ts'

const unit: Unit = { name: null, factor: 1, minimum: -1e4, maximum: 1e4, decimals: 3 }
const letters = [...'abcdefghijklmnopqrstuvwxyz']
/** Every language of two letters that is known here, and some as other regions write them. */
const tags = Intl.NumberFormat.supportedLocalesOf([
  ...letters.flatMap((first) => letters.map((second) => first + second)),
  ...['ckb', 'ar-EG', 'de-CH', 'de-AT', 'fr-CH', 'en-ZA', 'es-MX', 'pt-PT', 'ur-IN', 'mr-IN', 'ar-u-nu-arab'],
])

describe('a number that a form writes', () => {
  test.each([{}, { clamps: true as const }])('is read as itself in every language: %j', (more) => {
    expect(tags.length).toBeGreaterThan(100)
    const values = [2.345, 2345, -2.345, -9.999, 0.5, 0, 1234.567]
    const lost = tags.flatMap((tag) => {
      const { typed, decimalSign } = speechOf(tag, pageEn)
      return values.flatMap((value) => {
        const read = readNumber(typed(value), { ...unit, ...more }, decimalSign)
        return 'value' in read && read.value === value ? [] : [`${tag}: ${typed(value)}`]
      })
    })
    expect(lost).toEqual([])
  })
})

describe('a number that people type', () => {
  const ambiguous = (...values: number[]) => ({ kind: 'ambiguous', values })
  test.each<[text: string, sign: string, read: object]>([
    ['2,345', ',', { value: 2.345 }],
    ['2.345', ',', ambiguous(2.345, 2345)],
    ['2.345', '.', { value: 2.345 }],
    ['2,345', '.', ambiguous(2.345, 2345)],
    ['1.234,5', ',', { value: 1234.5, understood: '1234.5' }],
    ['٢٫٣٤٥', '.', { value: 2.345, understood: '2.345' }],
    ['٢٬٣٤٥', '.', { value: 2345, understood: '2345' }],
    ['۲۳', '.', { value: 23 }],
    ['−২.৫', '.', { value: -2.5 }],
    ['\u200e-२३', '.', { value: -23 }],
    ['𝟜𝟡', '.', { value: 49 }],
    ['٢٫٣٫٤', '.', { kind: 'not-a-number' }],
  ])('%s, where decimals stand behind %j', (text, sign, read) => {
    expect(readNumber(text, unit, sign)).toMatchObject(read)
  })

  test('is no other number in silence where only one of two is in the range', () => {
    expect(readNumber('1.234', { ...unit, maximum: 5 }, ',')).toMatchObject({ value: 1.234 })
    expect(readNumber('1.234', { ...unit, maximum: 5, clamps: true }, ',')).toMatchObject({ kind: 'ambiguous' })
    expect(readNumber('1,234', { ...unit, decimals: 2 }, ',')).toMatchObject({ kind: 'ambiguous' })
  })
})

describe('a pasted line', () => {
  const column = (name: string): Column => ({
    ...{ kind: 'number', name, missing: 'never' },
    grid: { minimum: 0, step: 1, size: 10_000 },
  })
  const question = (title: string, of: Column): Question =>
    ({
      ...{ kind: 'number', title, hint: null, group: null, isResult: false, mayBeMissing: false, example: '' },
      ...{ units: [{ ...unit, minimum: 0 }], column: of },
    }) as Question
  const read = (text: string, names: readonly string[], titles: readonly string[] = names, sign = '.') => {
    const columns = names.map(column)
    const questions = columns.map((one, i) => question(titles[i] ?? one.name, one))
    const values = readLine(text, { columns, missingValues: [] }, questions, sign)
    return Object.fromEntries([...values].map(([i, value]) => [names[i], value]))
  }

  test.each<[name: string, text: string, names: string[], titles: string[], values: object]>([
    ['names that differ in case', 'T,t\n1,2', ['t', 'T'], ['t', 'T'], { t: 2, T: 1 }],
    ['a name before a title', 'b,a\n1,2', ['a', 'b'], ['b', 'x'], { a: 2, b: 1 }],
    ['a title of two columns', 'Age,c\n1,2', ['a', 'b', 'c'], ['Age', 'age', 'x'], { c: 2 }],
    ['a name of two in another case', 'aB,c\n1,2', ['ab', 'AB', 'c'], ['x', 'y', 'z'], { c: 2 }],
    ['two cells for a column', 'A,A,b\n1,2,3', ['A', 'b'], ['x', 'y'], { b: 3 }],
    ['its name and its title', 'Age,a\n1,2', ['a'], ['Age'], { a: 2 }],
    ['a semicolon among commas', 'a,b,c (x; y)\n1,2,3', ['a', 'b'], ['x', 'y'], { a: 1, b: 2 }],
    ['decimal commas between semicolons', '1,5;2,5;3,5', ['a', 'b', 'c'], [], { a: 1.5, b: 2.5, c: 3.5 }],
  ])('%s', (_, text, names, titles, values) => expect(read(text, names, titles)).toEqual(values))

  test('is read as the language writes numbers', () => {
    expect(read('a\tb\n2,345\t2.345', ['a', 'b'], [], ',')).toEqual({ a: 2.345 })
    expect(read('a\tb\n2,345\t2.345', ['a', 'b'], [], '.')).toEqual({ b: 2.345 })
  })

  test('takes the very level, where two differ in case', () => {
    const levels: Column = { kind: 'text', name: 'a', levels: ['x', 'X'], missing: 'never' } as Column
    const asked = {
      ...{ kind: 'choice', title: 'a', hint: null, group: null, isResult: false, mayBeMissing: false, example: 'x' },
      choices: ['x', 'X'].map((text) => ({ text, value: text, label: `type ${text}` })),
    } as Question
    const given = (cell: string) => readLine(cell, { columns: [levels], missingValues: [] }, [asked], '.').get(0)
    expect([given('X'), given('type X'), given('TYPE X')]).toEqual(['X', 'X', undefined])
  })
})

test('names that every object has are no texts of a page', () => {
  for (const key of ['toString', 'constructor', '__proto__'])
    expect(faultsOfWords(JSON.parse(JSON.stringify(pageEn).replace(/^\{/, `{"${key}":"a",`)), pageEn)).toEqual([
      `"${key}" is not a text of a page`,
    ])
})

test('documents come in the nearest language; a form in English where its tag is none', () => {
  const documents = { title: 'en', languages: { zh: { title: 'zh' }, 'zh-Hant': { title: 'Hant' } } }
  expect(['zh-Hant-TW', 'zh-CN', 'fr'].map((lang) => documentsIn(documents, lang).title)).toEqual(['Hant', 'zh', 'en'])
  expect(formSpeech('en_US').lang).toBe('en')
})
