import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contract as labelContract } from '../../generated/heart-disease-label/client.ts'
import documents from '../../generated/heart-disease-label/page.json' with { type: 'json' }
import type { Contract } from '../../runtime/contract.ts'
import { gridValue, type Value } from '../../runtime/grid.ts'
import { documentsIn, type PageDocuments } from '../../runtime/page/documents.ts'
import { readLine } from '../../runtime/page/pasted.ts'
import { questionsOf } from '../../runtime/page/questions.ts'
import { seedOf } from '../support/seed.ts'

const contract: Contract = labelContract
const questions = questionsOf(contract.columns, documents as PageDocuments)
const names = contract.columns.map(({ name }) => name)
const read = (text: string) =>
  Object.fromEntries([...readLine(text, contract, questions, '.')].map(([i, value]) => [names[i] ?? '', value]))

/** A record of the model at random. */
const record = fc.record(
  Object.fromEntries(
    contract.columns.map((column, i) => {
      const question = questions[i]
      const values: readonly Value[] =
        question?.kind === 'choice'
          ? question.choices.map(({ value }) => value)
          : column.kind === 'number'
            ? Array.from({ length: column.grid.size }, (_, at) => gridValue(column.grid, at))
            : []
      const missing: readonly Value[] = column.missing === 'never' ? [] : [null]
      return [column.name, fc.constantFrom(...values, ...missing)]
    }),
  ),
)

describe('a line of a table', () => {
  test('of any record gives the record, however its cells are divided and its columns ordered', () => {
    const write = (value: Value, comma: boolean) =>
      value === null ? '?' : comma ? String(value).replace('.', ',') : String(value)
    fc.assert(
      fc.property(
        record,
        fc.constantFrom('\t', ';', ','),
        fc.shuffledSubarray(names, { minLength: 2 }),
        (row, divider, order) => {
          const cells = (columns: readonly string[]) => columns.map((name) => write(row[name] ?? null, divider === ';'))
          const line = (columns: readonly string[]) => cells(columns).join(divider)
          expect(read(`${order.join(divider)}\r\n${line(order)}\r\n`)).toEqual(
            Object.fromEntries(order.map((name) => [name, row[name]])),
          )
          expect(read(line(names))).toEqual(row)
        },
      ),
      { seed: seedOf('lines of a table'), numRuns: 50 },
    )
  })

  test('takes the titles of the form and its words, in its language; quotes around them', () => {
    const french = questionsOf(contract.columns, documentsIn(documents as PageDocuments, 'fr'))
    const values = readLine('"Âge";Sexe;"ECG au repos"\n"63";"Homme";normal', contract, french, ',')
    expect([...values].map(([i, value]) => [names[i], value])).toEqual([
      ['age', 63],
      ['sex', 1],
      ['restecg', 0],
    ])
    expect(read('Age,"Resting ECG, read"\n63,"normal"')).toEqual({ age: 63 })
    expect(read('age,"resting ecg"\n63,"normal"')).toEqual({ age: 63, restecg: 0 })
  })

  test.each([
    ['nothing', ''],
    ['a line without titles that is too short', '63,1,4'],
    ['titles alone', names.join(',')],
    ['a value out of range, of no meaning, ambiguous', 'age,sex,chol\n630,9,"1,234"'],
  ])('%s fills nothing in', (_, text) => expect(read(text)).toEqual({}))
})
