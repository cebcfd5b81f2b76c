import type { Leaf } from '../../runtime/client.ts'
import type { SignsContract } from '../../runtime/contract.ts'
import type { PlacedRecord } from './records.ts'

/**
 * Answers as CSV (RFC 4180, lines ended by a line feed), in the order of the records: the line of the record in its
 * file (or its number, if that is JSON), the answer, and what is known of the training rows that ended like it: how
 * many of each answer, or their number and standard deviation.
 */
export function formatAnswers(
  { answers }: SignsContract,
  records: readonly PlacedRecord[],
  leaves: readonly Leaf[],
): string {
  const first = records.every(({ place }) => place.line !== undefined) ? 'line' : 'record'
  const known = answers === null ? ['rows', 'deviation'] : answers.map((answer) => `rows: ${answer}`)
  const rows = leaves.map((leaf, i) => {
    const where = first === 'line' ? (records[i]?.place.line ?? 0) : i + 1
    return 'counts' in leaf ? [where, leaf.answer, ...leaf.counts] : [where, leaf.answer, leaf.rows, leaf.deviation]
  })
  return [[first, 'answer', ...known], ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('')
}

/** Prints answers as a table, or as JSON: one record of a JSON file as itself, else a list. */
export function printAnswers(
  { answers }: SignsContract,
  records: readonly PlacedRecord[],
  leaves: readonly Leaf[],
  { input, json }: { readonly input: string; readonly json: boolean },
): void {
  if (json) {
    const results = leaves.map((leaf) => {
      if (!('counts' in leaf)) return leaf
      return { ...leaf, counts: Object.fromEntries(leaf.counts.map((count, i) => [answers?.[i] ?? '', count])) }
    })
    console.log(JSON.stringify(input.endsWith('.json') && results.length === 1 ? results[0] : results, null, 2))
    return
  }
  const rows = leaves.map((leaf, i) => {
    const place = records[i]?.place
    const where = place?.line === undefined ? (place?.file ?? '') : `${place.file}:${place.line}`
    if (!('counts' in leaf))
      return [where, leaf.answer.toPrecision(6), `${leaf.rows}, ± ${leaf.deviation.toPrecision(3)}`]
    const total = leaf.counts.reduce((sum, count) => sum + count, 0)
    return [where, leaf.answer, `${leaf.counts[answers?.indexOf(leaf.answer) ?? 0] ?? 0} of ${total}`]
  })
  printTable([['record', 'answer', 'training rows like it'], ...rows])
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
