import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { ForeignModel, ForeignRow, ForeignValue } from '../../compiler/2-import/foreign.ts'
import type { ReaderOptions } from '../../compiler/2-import/options.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { CompileError } from '../../compiler/errors.ts'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const models = join(root, 'test/2-import/models')

export const bytesOf = (path: string) => new Uint8Array(readFileSync(join(models, path)))
export const textOf = (path: string) => readFileSync(join(models, path), 'utf8')
export const jsonOf = (path: string) => JSON.parse(textOf(path))

export const readModel = (path: string, options: Partial<ReaderOptions> = {}): ForeignModel =>
  readForeign(path, bytesOf(path), options)

/** The cells of a CSV or other table, but its header if it has one. */
export function cells(text: string, separator = ',', header = true): string[][] {
  return text
    .trim()
    .split('\n')
    .slice(header ? 1 : 0)
    .map((line) => line.trim().split(separator))
}

const dataset = (name: string) => cells(readFileSync(join(root, 'datasets', name), 'utf8'))
const asNumber = (cell: string) => (cell === '?' ? null : Number(cell))

/** The rows that the reference models were trained on: 297 and 303 rows of heart disease, iris, diabetes. */
export const rowsOf: Record<'heart' | 'heart303' | 'iris' | 'diabetes', readonly ForeignRow[]> = {
  heart: dataset('heart-disease.csv')
    .filter((row) => !row.includes('?'))
    .map((row) => row.slice(0, -1).map(Number)),
  heart303: dataset('heart-disease.csv').map((row) => row.slice(0, -1).map(asNumber)),
  iris: dataset('iris.csv').map((row) => row.slice(0, -1).map(Number)),
  diabetes: dataset('diabetes.csv').map((row) => row.slice(0, -1).map(Number)),
}

export const datasetOf = (name: string) =>
  /^(derived-)?(heart303|heart|iris|diabetes)/.exec(name)?.[2] as keyof typeof rowsOf

/** Rows of a libsvm file: what is not written is missing, or another value. */
export function libsvmRows(text: string, columns: number, absent: ForeignValue): ForeignRow[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const row: ForeignValue[] = new Array<ForeignValue>(columns).fill(absent)
      for (const entry of line.trim().split(/\s+/).slice(1)) {
        const [place = '', value = ''] = entry.split(':')
        row[Number(place)] = Number(value)
      }
      return row
    })
}

/** The scores of a model for rows, one number where there is one output. */
export const scores = (model: ForeignModel, rows: readonly ForeignRow[]) =>
  rows.map((row) => flat(predictForeign(model, row).scores))
export const values = (model: ForeignModel, rows: readonly ForeignRow[]) =>
  rows.map((row) => flat(predictForeign(model, row).values))
const flat = (numbers: readonly number[]) => (numbers.length === 1 ? numbers[0] : numbers)

/** Compares lists (of lists) of numbers, and names the largest difference and where it is. */
export function expectNear(given: readonly unknown[], wanted: readonly unknown[], within: number): void {
  const [a, b] = [given.flat(3), wanted.flat(3)].map((list) => list.map(Number)) as [number[], number[]]
  expect(a.length).toBe(b.length)
  const worst = a.reduce(
    (most, x, i) => {
      const difference = Math.abs(x - (b[i] as number)) / Math.max(1, Math.abs(b[i] as number))
      return difference > most.difference || Number.isNaN(difference) ? { difference, i, x, wanted: b[i] } : most
    },
    { difference: 0 } as { difference: number; i?: number; x?: number; wanted?: number | undefined },
  )
  expect(worst.difference, JSON.stringify(worst)).toBeLessThanOrEqual(within)
}

/** The error that a call throws, which has to be a CompileError. */
export function errorOf(call: () => unknown): CompileError {
  try {
    call()
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
