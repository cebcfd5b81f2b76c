import type { Contract } from '../../runtime/contract.ts'
import type { Opened } from './load.ts'
import type { PlacedRecord } from './records.ts'

/**
 * Answers as CSV (RFC 4180, lines ended by a line feed), in the order of the records: the line of the record in its
 * file (or its number, if that is JSON), the answer, and what is known of the training rows that ended like it: how
 * many of each answer, or their number and standard deviation; of `label` the share of the answer, if it is told.
 */
export function formatAnswers(contract: Contract, records: readonly PlacedRecord[], opened: readonly Opened[]): string {
  const first = records.every(({ place }) => place.line !== undefined) ? 'line' : 'record'
  const rows = opened.map((one, i) => {
    const where = first === 'line' ? (records[i]?.place.line ?? 0) : i + 1
    if ('counts' in one) return [where, one.answer, ...one.counts]
    if ('rows' in one) return [where, one.answer, one.rows, one.deviation]
    return one.percent === undefined ? [where, one.answer] : [where, one.answer, one.percent]
  })
  return [[first, 'answer', ...knownColumns(contract)], ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('')
}

function knownColumns(contract: Contract): readonly string[] {
  if (contract.reveal === 'label') return contract.answers[0]?.percent === undefined ? [] : ['percent']
  return contract.answers?.map((answer) => `rows: ${answer}`) ?? ['rows', 'deviation']
}

/** Prints answers as a table, or as JSON: one record of a JSON file as itself, else a list. */
export function printAnswers(
  contract: Contract,
  records: readonly PlacedRecord[],
  opened: readonly Opened[],
  { input, json }: { readonly input: string; readonly json: boolean },
): void {
  const answers = contract.reveal === 'signs' ? contract.answers : null
  if (json) {
    const results = opened.map((one) => {
      if (!('counts' in one)) return one
      return { ...one, counts: Object.fromEntries(one.counts.map((count, i) => [answers?.[i] ?? '', count])) }
    })
    console.log(JSON.stringify(input.endsWith('.json') && results.length === 1 ? results[0] : results, null, 2))
    return
  }
  const rows = opened.map((one, i) => {
    const place = records[i]?.place
    const where = place?.line === undefined ? (place?.file ?? '') : `${place.file}:${place.line}`
    if ('rows' in one) return [where, one.answer.toPrecision(6), `${one.rows}, ± ${one.deviation.toPrecision(3)}`]
    if (!('counts' in one))
      return [where, String(one.answer), ...(one.percent === undefined ? [] : [`${one.percent}%`])]
    const total = one.counts.reduce((sum, count) => sum + count, 0)
    return [where, one.answer, `${one.counts[answers?.indexOf(one.answer) ?? 0] ?? 0} of ${total}`]
  })
  const isKnown = knownColumns(contract).length > 0
  printTable([['record', 'answer', ...(isKnown ? ['training rows like it'] : [])], ...rows])
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

function quoted(cell: string | number): string {
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
