import { at } from 'emp-compile-runtime/internal/at'
import type { Contract } from 'emp-compile-runtime/internal/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { PlacedRecord } from './records.ts'

/** A column of a table of answers beside the answer. */
interface Known {
  readonly name: string
  readonly of: (opened: Opened) => string | number
}

/**
 * What is told of answers like these beside them: the columns that at least one of them has. Scores come first, then
 * probabilities: of each answer, or of the one that is given.
 */
function knownOf(contract: Contract, opened: readonly Opened[]): readonly Known[] {
  const answers = contract.answers ?? []
  const count = opened.reduce((most, one) => Math.max(most, one.scores?.length ?? 0), 0)
  const scores = Array.from({ length: count }, (_, i) => ({
    name: `score${count > 1 ? `: ${answers[i]}` : ''}`,
    of: (one: Opened) => one.scores?.[i] ?? '',
  }))
  const sharesOf = (one: Opened) => (one.kind === 'class' ? one.shares : undefined)
  const shares = answers.map((answer, i) => ({
    name: `probability: ${answer}`,
    of: (one: Opened) => sharesOf(one)?.[i] ?? '',
  }))
  const percentOf = (one: Opened) => (one.kind === 'class' ? one.percent : undefined)
  const percent = { name: 'probability', of: (one: Opened) => inParts(percentOf(one)) ?? '' }
  const countsOf = (one: Opened) => (one.kind === 'class' ? one.counts : undefined)
  const counts = answers.map((answer, i) => ({
    name: `rows: ${answer}`,
    of: (one: Opened) => countsOf(one)?.[i] ?? '',
  }))
  const rows = { name: 'rows', of: (one: Opened) => (one.kind === 'number' ? (one.rows ?? '') : '') }
  const deviation = { name: 'deviation', of: (one: Opened) => (one.kind === 'number' ? (one.deviation ?? '') : '') }
  return [...scores, ...shares, percent, ...counts, rows, deviation].filter(({ of }) =>
    opened.some((one) => of(one) !== ''),
  )
}

const inParts = (percent: number | undefined) => (percent === undefined ? undefined : percent / 100)

/**
 * Answers as CSV (RFC 4180, lines ended by a line feed), in the order of the records: the line of the record in its
 * file (or its number, if that is JSON), the answer, and what is told of the training rows that ended like it. Where a model
 * counts values beyond a range as its end, the columns where it did so; where a record was refused, the reason.
 *
 * @param opened null for a record that was refused.
 */
export function formatAnswers(
  contract: Contract,
  records: readonly PlacedRecord[],
  opened: readonly (Opened | null)[],
): string {
  const first = records.every(({ place }) => place.line !== undefined) ? 'line' : 'record'
  const known = knownOf(contract, givenOf(opened))
  const clamps = contract.columns.some((column) => column.kind === 'number' && column.beyond === 'clamp')
  const refuses = records.some(({ refusal }) => refusal !== null)
  const rows = records.map(({ place, clamped, refusal }, i) => {
    const one = at(opened, i)
    return [
      first === 'line' ? (place.line ?? 0) : i + 1,
      one?.answer ?? '',
      ...known.map(({ of }) => (one === null ? '' : of(one))),
      ...(clamps ? [clamped.join(' ')] : []),
      ...(refuses ? [refusal?.reason ?? ''] : []),
    ]
  })
  const more = [...(clamps ? ['clamped'] : []), ...(refuses ? ['reason'] : [])]
  return [[first, 'answer', ...known.map(({ name }) => name), ...more], ...rows]
    .map((row) => `${row.map(quoted).join(',')}\n`)
    .join('')
}

/** Prints answers as a table, or as JSON: that of a file that is one record as itself, else a list. */
export function printAnswers(
  contract: Contract,
  records: readonly PlacedRecord[],
  opened: readonly (Opened | null)[],
  json: boolean,
): void {
  if (json) {
    const results = records.map(({ place, clamped, refusal }, i) => {
      const one = at(opened, i)
      return {
        ...(place.line === undefined ? {} : { line: place.line }),
        ...(one === null ? { answer: null } : jsonOf(contract, one)),
        ...(clamped.length === 0 ? {} : { clamped }),
        ...(refusal === null ? {} : { reason: refusal.reason }),
      }
    })
    console.log(JSON.stringify(records[0]?.isAlone === true ? results[0] : results, null, 2))
    return
  }
  const isKnown = knownOf(contract, givenOf(opened)).length > 0
  const rows = records.map(({ place, clamped, refusal }, i) => {
    const where = place.line === undefined ? place.file : `${place.file}:${place.line}`
    const one = at(opened, i)
    if (one === null) return [where, '', ...(isKnown ? [''] : []), refusal?.reason ?? '']
    const note = clamped.length === 0 ? [] : [`counted as the end of the range: ${clamped.join(', ')}`]
    return [where, ...describeAnswer(contract, one), ...note]
  })
  const ofModel = givenOf(opened).some((one) => one.kind === 'class' && one.scores !== undefined)
  const isShare = givenOf(opened).some((one) => one.kind === 'class' && one.shares !== undefined)
  const told = ofModel ? 'chance by the model' : isShare ? 'share, training rows like it' : 'training rows like it'
  printTable([['record', 'answer', ...(isKnown ? [told] : [])], ...rows])
}

const givenOf = (opened: readonly (Opened | null)[]) => opened.filter((one) => one !== null)

/** By the names of a table's columns, and where there is one for each answer by the names of the answers. */
function jsonOf({ answers }: Contract, opened: Opened): object {
  const named = (values: readonly number[]) =>
    Object.fromEntries(values.map((value, i) => [at(answers ?? [], i), value]))
  const { kind, answer, scores, ...others } = opened
  const [only] = scores ?? []
  const score = scores === undefined ? {} : { score: scores.length === 1 ? only : named(scores) }
  if (kind !== 'class') return { kind, answer, ...score, ...others }
  const { counts, shares, percent } = opened
  const probability = shares === undefined ? inParts(percent) : named(shares)
  return {
    kind,
    answer,
    ...score,
    ...(probability === undefined ? {} : { probability }),
    ...(counts === undefined ? {} : { counts: named(counts) }),
  }
}

/** The answer, and what is told of it in a few words, if anything is. */
function describeAnswer({ answers }: Contract, opened: Opened): readonly string[] {
  if (opened.kind === 'number') {
    const { answer, rows, deviation } = opened
    if (rows === undefined || deviation === undefined) return [String(Number(answer.toPrecision(12)))]
    return [answer.toPrecision(6), `${rows}, ± ${deviation.toPrecision(3)}`]
  }
  const { answer, counts, percent, shares } = opened
  if (shares !== undefined) {
    const of = counts === undefined ? '' : `, ${counts.reduce((sum, count) => sum + count, 0)}`
    return [answer, `${(100 * at(shares, answers?.indexOf(answer) ?? -1)).toFixed(1)}%${of}`]
  }
  if (counts === undefined) return percent === undefined ? [answer] : [answer, `${percent}%`]
  const total = counts.reduce((sum, count) => sum + count, 0)
  return [answer, `${at(counts, answers?.indexOf(answer) ?? -1)} of ${total}`]
}

function printTable(rows: readonly (readonly string[])[]): void {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(at(widths, i)))
        .join('  ')
        .trimEnd(),
    )
}

function quoted(cell: string | number): string {
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
