import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature } from 'emp-compile-runtime/internal/contract'
import { type Grid, gridValue } from 'emp-compile-runtime/internal/grid'
import { nearestAmong } from 'emp-compile-runtime/internal/words/message'

/** What people are told about a column: all of it optional, all of it published. */
export interface ColumnDocument {
  readonly title: string | null
  readonly description: string | null
  readonly unit: string | null
  /** Units in which a value may be given instead. */
  readonly otherUnits: readonly OtherUnit[]
  /** The meaning of coded values, by their text. */
  readonly categories: ReadonlyMap<string, string>
  /** A value to show how the column is filled in. It is nobody's. */
  readonly example: string | null
  /** Of a target: the answer that figures are about. */
  readonly positive?: string | null
  /** The heading under which a long form asks for it. */
  readonly group?: string
  /** Whether the value comes from a test or a paper, which people look up before they begin. */
  readonly isResult?: boolean
  /** The same in other languages, by their tags: what is said there of it. */
  readonly languages?: ReadonlyMap<string, ColumnWords>
}

/** What is said of a column in a language, as far as it is said there. */
export interface ColumnWords {
  readonly title?: string
  readonly description?: string
  readonly unit?: string
  readonly group?: string
  readonly categories: ReadonlyMap<string, string>
  /** The names of other units, by their own. */
  readonly otherUnits: ReadonlyMap<string, string>
}

/** What people are told about a column in a language, text by text: in `fr-CA`, else in `fr`, else as it is. */
export function documentInLanguage(document: ColumnDocument, lang: string): ColumnDocument {
  const { languages, ...own } = document
  const said = nearestAmong(lang, [...(languages?.keys() ?? [])]).flatMap((tag) => languages?.get(tag) ?? [])
  if (said.length === 0) return own
  const textOf = (from: (words: ColumnWords) => string | undefined) => said.map(from).find((text) => text !== undefined)
  const texts = said.toReversed().map(({ categories: _, otherUnits: __, ...others }) => others)
  return {
    ...own,
    ...Object.assign({}, ...texts),
    otherUnits: own.otherUnits.map(({ unit, factor }) => ({
      unit: textOf(({ otherUnits }) => otherUnits.get(unit)) ?? unit,
      factor,
    })),
    categories: new Map(
      [...own.categories].map(([value, label]) => [value, textOf(({ categories }) => categories.get(value)) ?? label]),
    ),
  }
}

/** What is said of the data in a language, text by text. */
export function sourceInLanguage({ languages, title, description }: SourceTexts, lang: string): SourceWords {
  const said = nearestAmong(lang, [...(languages?.keys() ?? [])]).flatMap((tag) => languages?.get(tag) ?? [])
  const textOf = (from: (words: SourceWords) => string | null) => said.map(from).find((text) => text !== null)
  return {
    title: textOf((words) => words.title) ?? title,
    description: textOf((words) => words.description) ?? description,
  }
}

type SourceTexts = Pick<Source, 'languages' | 'title' | 'description'>

/** A value in this unit, times the factor, is one in the column's own. */
export interface OtherUnit {
  readonly unit: string
  readonly factor: number
}

/** What is said of the data in a language; null where it is not said in it. */
export interface SourceWords {
  readonly title: string | null
  readonly description: string | null
}

/** A work that the data came from. */
export interface Reference {
  readonly title: string
  /** An http(s) address. */
  readonly path: string | null
}

/** How public cuts divide a column's range: evenly, or evenly in the logarithm, for columns that are skewed. */
export type Scale = 'linear' | 'log'

export interface TableColumn {
  readonly column: Column
  readonly document: ColumnDocument
  /** As the schema says, or as the rows show; else linear. */
  readonly scale?: Scale
  /** Nobody said the scale: the rows show it. */
  readonly isScaleInferred?: boolean
}

/** As narrow as the number of different cells allows. */
export type Codes = Uint8Array | Uint16Array | Int32Array

/** One feature of every row, dictionary-coded: row i has the cell `cells[codes[i]]`. */
export interface TableFeature {
  readonly feature: Feature
  readonly codes: Codes
  /** The different cells that occur, ascending: integers in `0 .. cellCount - 1` of the column. */
  readonly cells: Int32Array
}

/** All rows of a table, in their order. */
export function allRows({ rows }: Pick<Table, 'rows'>): Uint32Array {
  const all = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) all[row] = row
  return all
}

/** A target of a few different answers. */
export interface ClassTarget {
  readonly kind: 'classes'
  readonly name: string
  /** The different answers as written in the CSV: ascending if all are numbers, else by code unit. */
  readonly answers: readonly string[]
  /** For every row, the position of its answer. */
  readonly classes: Int32Array
  readonly document: ColumnDocument
}

/** A target of numbers, on a Grid of its own: row i has the value `grid.minimum + cells[i] * grid.step`. */
export interface NumberTarget {
  readonly kind: 'number'
  readonly name: string
  readonly grid: Grid
  readonly cells: Int32Array
  readonly document: ColumnDocument
}

export type Target = ClassTarget | NumberTarget

/** A text for the model card, and what it is about. */
export interface CardEntry {
  readonly name: string
  readonly text: string
}

/** Where the rows came from. */
export interface Source {
  readonly file: string
  /** The title and the description in other languages, by their tags. */
  readonly languages?: ReadonlyMap<string, SourceWords>
  /** SHA-256 of the CSV's bytes, hexadecimal. */
  readonly sha256: string
  readonly title: string | null
  readonly description: string | null
  readonly references: readonly Reference[]
  /** What the model card is to say. */
  readonly card?: readonly CardEntry[]
  readonly missingCells: number
  /** The texts that count as missing, in columns that do not name others. */
  readonly missingValues: readonly string[]
}

/** Integer cells on public Grids, a target, provenance. It stays with its owner. */
export interface Table {
  readonly source: Source
  readonly rows: number
  readonly columns: readonly TableColumn[]
  readonly features: readonly TableFeature[]
  readonly target: Target
  /** How much each row counts in training; null if all count the same. */
  readonly weights: Float64Array | null
  /** Whose rows they are: rows of one number, such as a patient's, are never in training and held out at once. */
  readonly groups?: Int32Array | null
  /** Columns that figures are wanted apart by, as they stand in the file: a number, a text, null for a gap. */
  readonly others?: ReadonlyMap<string, readonly (number | string | null)[]>
  /** What was read otherwise than it stands in the file, a sentence each. */
  readonly notes: readonly string[]
}

/** The column of that name. */
export function columnNamed(columns: readonly TableColumn[], name: string): TableColumn {
  const found = columns.find(({ column }) => column.name === name)
  if (found === undefined) throw new TypeError('a feature refers to a column that is not there')
  return found
}

/** The answer that a target has for a row: a position, or a number in its unit. */
export function truthOf(target: Target, row: number): number {
  return target.kind === 'classes' ? at(target.classes, row) : gridValue(target.grid, at(target.cells, row))
}

/** How many rows have a cell of a feature. */
export function rowsWithCell({ codes, cells }: Pick<TableFeature, 'codes' | 'cells'>, cell: number): number {
  let rows = 0
  for (const code of codes) if (cells[code] === cell) rows += 1
  return rows
}

/** The cells of one row, in the order of the features. */
export function rowCells(table: Table, row: number): number[] {
  return table.features.map(({ codes, cells }) => at(cells, at(codes, row)))
}

/**
 * Codes in the narrowest array that holds `different` ones.
 *
 * @param newCode the code to take for each of those given; themselves by default.
 */
export function narrowCodes(codes: Codes, different: number, newCode: Int32Array | null = null): Codes {
  const size = codes.length
  const narrow =
    different <= 1 << 8 ? new Uint8Array(size) : different <= 1 << 16 ? new Uint16Array(size) : new Int32Array(size)
  if (newCode === null) for (let i = 0; i < size; i++) narrow[i] = codes[i] as number
  else for (let i = 0; i < size; i++) narrow[i] = newCode[codes[i] as number] as number
  return narrow
}
