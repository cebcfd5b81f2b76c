import type { RawColumn, RawTable } from './csv.ts'

/** The rows of a table that are wanted, with the texts that occur in them. */
export function selectRows(raw: RawTable, isWanted: (row: number) => boolean): RawTable {
  const rows = Int32Array.from({ length: raw.rows }, (_, row) => row).filter(isWanted)
  return {
    ...raw,
    rows: rows.length,
    lines: Int32Array.from(rows, (row) => raw.lines[row] as number),
    columns: raw.columns.map((column) => selectIn(column, rows)),
  }
}

function selectIn({ name, place, size, codes, digits, decimals, textAt }: RawColumn, rows: Int32Array): RawColumn {
  const newCode = new Int32Array(size).fill(-1)
  const kept: number[] = []
  const own = Int32Array.from(rows, (row) => {
    const code = codes[row] as number
    if (newCode[code] === -1) newCode[code] = kept.push(code) - 1
    return newCode[code] as number
  })
  return {
    name,
    place,
    size: kept.length,
    codes: own,
    digits: Float64Array.from(kept, (code) => digits[code] as number),
    decimals: Uint8Array.from(kept, (code) => decimals[code] as number),
    textAt: (code) => textAt(kept[code] as number),
  }
}
