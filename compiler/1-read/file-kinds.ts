/** The kind that a file of records may be. */
export const json = 'JSON'

/** The beginnings of files that are no table of text, and what they are: enough of them that no name of a column is one. */
const signatures: readonly (readonly [beginning: string | RegExp, name: string])[] = [
  ['PK\x03\x04', 'an Excel workbook (xlsx) or another zip archive'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook (xls)'],
  ['PAR1\x15', 'a Parquet file'],
  ['ARROW1\0', 'an Arrow or Feather file'],
  ['\x89HDF', 'an HDF5 file'],
  [/^BZh[1-9](1AY&SY|.rE8P)/, 'a bzip2 archive'],
  ['\xfd7zX', 'an xz archive'],
  ['\x28\xb5\x2f\xfd', 'a zstd archive'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['\x1f\x8b', 'a gzip archive within another'],
  ['%PDF', 'a PDF'],
  [/^\$FL[23]@/, 'an SPSS file (sav)'],
  ['<stata_dta>', 'a Stata file (dta)'],
  ['HEADER RECORD*******', 'a SAS transport file (xpt)'],
  ['SQLite format 3\0', 'an SQLite database'],
  ['\x93NUMPY', 'a NumPy array'],
  ...['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'].map((start) => [start, 'a Python pickle'] as const),
  ...[/^RD[XAB][23]\n[XAB]\n/, 'X\n\0\0'].map((start) => [start, 'an R data file (rds or RData)'] as const),
  ...['\xff\xfe\0\0', '\0\0\xfe\xff'].map((start) => [start, 'UTF-32'] as const),
  [
    /^(\xef\xbb\xbf)?\s*(<!doctype|<html|<\?xml|<table)/i,
    'a page of the web or XML (some programs name such a file csv or xls)',
  ],
  [/^(\xef\xbb\xbf)?\s*[[{]\s*(["{[\]}]|$)/, json],
  [/^(\xef\xbb\xbf)?\s*(%[^\n]*\n\s*)*@relation\s/i, 'an ARFF file (its names stand in lines of their own)'],
  ['{\\rtf', 'a text of a word processor (RTF)'],
]

/** What the first bytes of a file show that it is; null for what may be a table. */
export function kindOf(bytes: Buffer): string | null {
  const start = bytes.subarray(0, 1024).toString('latin1')
  const found = signatures.find(([beginning]) =>
    typeof beginning === 'string' ? start.startsWith(beginning) : beginning.test(start),
  )
  return found?.[1] ?? null
}
