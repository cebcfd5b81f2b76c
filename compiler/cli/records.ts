import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Contract } from '../../runtime/contract.ts'
import { RecordError } from '../../runtime/errors.ts'
import { cellsOf, type Value } from '../../runtime/grid.ts'
import { readCsv } from '../1-read/csv.ts'
import { parseNumber } from '../1-read/grid.ts'
import { badRecord, cannotRead, type Place } from '../errors.ts'

/** A record of an input file, and where it stands there. */
export interface PlacedRecord {
  readonly record: ReadonlyMap<string, Value>
  readonly place: Place
}

/**
 * Reads records for a contract: a CSV with a header (columns that the contract does not know are left out), or JSON,
 * one object or a list of them (names that it does not know are refused). All are checked before any is used.
 *
 * @throws {CompileError} naming file, line and column; the value is not named: it may be a patient's.
 */
export async function readRecords(
  path: string,
  contract: Contract,
  delimiter: string | null,
): Promise<readonly PlacedRecord[]> {
  const { records, columns } = path.endsWith('.json')
    ? { records: await readJsonRecords(path), columns: new Map<string, number>() }
    : await readCsvRecords(path, contract, delimiter)
  for (const { record, place } of records) {
    try {
      cellsOf(contract, Object.fromEntries(record))
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      const column = columns.get(error.field)
      throw badRecord(column === undefined ? place : { ...place, column }, error.message)
    }
  }
  return records
}

async function readJsonRecords(path: string): Promise<PlacedRecord[]> {
  const file = basename(path)
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw badRecord({ file }, 'is not JSON. It takes an object, or a list of them.')
    throw cannotRead(path, error)
  }
  return (Array.isArray(json) ? json : [json]).map((item: unknown, i) => {
    const place = Array.isArray(json) ? { file: `${file}[${i}]` } : { file }
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw badRecord(place, 'is not an object of features and their values.')
    }
    return { record: new Map<string, Value>(Object.entries(item)), place }
  })
}

async function readCsvRecords(
  path: string,
  contract: Contract,
  delimiter: string | null,
): Promise<{ records: PlacedRecord[]; columns: ReadonlyMap<string, number> }> {
  const raw = await readCsv(basename(path), path, delimiter)
  const columns = raw.columns.flatMap((column) => {
    const known = contract.columns.find(({ name }) => name === column.name)
    return known === undefined
      ? []
      : [{ ...column, kind: known.kind, missing: known.missingValues ?? contract.missingValues }]
  })
  const absent = contract.columns.find(({ name }) => !columns.some((column) => column.name === name))
  if (absent !== undefined) {
    throw badRecord({ file: raw.file, line: 1 }, `has no column "${absent.name}", which the model uses. Add it.`)
  }
  const values = columns.map(({ kind, texts, missing }) =>
    texts.map((text) => (missing.includes(text) ? null : kind === 'number' ? (parseNumber(text) ?? text) : text)),
  )
  const records = Array.from({ length: raw.rows }, (_, row) => ({
    record: new Map(columns.map(({ name, codes }, i) => [name, values[i]?.[codes[row] ?? 0] ?? null])),
    place: { file: raw.file, line: raw.lines[row] ?? 1 },
  }))
  return { records, columns: new Map(raw.columns.map(({ name }, i) => [name, i + 1])) }
}
