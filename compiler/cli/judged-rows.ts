import { basename } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Contract } from 'emp-compile-runtime/internal/contract'
import type { Value } from 'emp-compile-runtime/internal/grid'
import { readCsv } from '../1-read/csv.ts'
import type { csvOptionsOf } from '../1-read/options.ts'
import { badOption, noTarget } from '../errors.ts'
import type { ModelJson } from '../report/model-json.ts'
import type { RowOutcome } from '../report/outcome.ts'
import { upToTen } from '../text.ts'
import { judgedAnswer } from './plaintext.ts'
import { cellValues, readRecords } from './records.ts'

/** A row that a model was not tried on, and why. The value is not named: it may be a patient's. */
export interface RefusedRow {
  readonly line: number | null
  readonly reason: string
}

/** What a model answers on rows of another origin, beside what is true of them. */
export interface Judged {
  readonly outcomes: readonly RowOutcome[]
  readonly refused: readonly RefusedRow[]
  /** For each outcome the values of the columns that were asked for besides. */
  readonly others: readonly ReadonlyMap<string, Value>[]
}

/** Which columns of the file say what. */
export interface JudgedColumns {
  readonly target: string
  readonly weight: string | null
  readonly group: string | null
  /** Others that are wanted. */
  readonly others: readonly string[]
}

/**
 * Tries the model of a `model.json` on the rows of a CSV, in the clear.
 *
 * @throws {CompileError} `no-target`, `bad-option`, `no-column`, and those of reading records.
 */
export async function judgeRows(
  path: string,
  contract: Contract,
  model: ModelJson,
  { target, weight, group, others }: JudgedColumns,
  reading: ReturnType<typeof csvOptionsOf>,
): Promise<Judged> {
  const file = basename(path)
  const head = await readCsv(file, path, reading)
  const names = head.columns.map(({ name }) => name)
  if (!names.includes(target)) throw noTarget(file, target, names)
  for (const [option, name] of [
    ['sample-weight', weight],
    ['group', group],
    ...others.map((own) => ['by', own]),
  ] as const)
    if (typeof name === 'string' && !names.includes(name))
      throw badOption(option ?? '', name, `a column of ${file}: ${upToTen(names)}`)
  const records = await readRecords(path, contract, reading)
  const valuesOf = (name: string | null, column: Partial<Column>): ((row: number) => Value) => {
    const raw = head.columns.find((one) => one.name === name)
    if (name === null || raw === undefined) return () => null
    const [values = []] = cellValues(head, [{ raw, column: { ...column, name } as Column }], contract, reading)
    return (row) => values[at(raw.codes, row)] ?? null
  }
  const numbers = { kind: 'number' } as const
  const truthOf = valuesOf(target, model.classes === null ? numbers : { kind: 'text', levels: [...model.classes] })
  const weightOf = valuesOf(weight, numbers)
  const groupOf = valuesOf(group, { kind: 'text', levels: [] })
  const groups = new Map<Value, number>()
  const otherOf = others.map((name) => {
    const known = contract.columns.find((column) => column.name === name)
    return [name, valuesOf(name, known ?? { kind: 'text', levels: [] })] as const
  })
  const refused: RefusedRow[] = []
  const kept: { outcome: RowOutcome; other: ReadonlyMap<string, Value> }[] = []
  for (const [row, { record, place, refusal }] of records.entries()) {
    const truth = truthIn(model, truthOf(row))
    const weighs = weightOf(row)
    const reason =
      refusal?.reason ??
      (typeof truth === 'string' ? `${target} ${truth}.` : null) ??
      (weight !== null && !(typeof weighs === 'number' && weighs >= 0)
        ? `${weight} is not a number of at least 0.`
        : null)
    if (reason !== null || typeof truth === 'string') {
      refused.push({ line: place.line ?? null, reason: reason ?? '' })
      continue
    }
    const owner = groupOf(row) ?? `\u0000${row}`
    if (!groups.has(owner)) groups.set(owner, groups.size)
    const outcome = {
      truth,
      ...judgedAnswer(model, contract, record),
      ...(weight === null ? {} : { weight: Number(weighs) }),
      ...(group === null ? {} : { group: groups.get(owner) ?? 0 }),
    }
    kept.push({ outcome, other: new Map(otherOf.map(([name, own]) => [name, own(row)])) })
  }
  return { outcomes: kept.map(({ outcome }) => outcome), refused, others: kept.map(({ other }) => other) }
}

/** The position of an answer, or a number; a text says what is wrong with it. */
function truthIn({ classes }: ModelJson, value: Value): number | string {
  if (value === null) return 'is missing'
  if (classes === null) return typeof value === 'number' ? value : 'is not a number'
  const place = classes.indexOf(String(value))
  return place < 0 ? `has none of the answers of the model: ${upToTen([...classes])}` : place
}
