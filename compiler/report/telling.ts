import type { Outline, Section } from './html.ts'

/** A picture of the report: its file, its heading, a sentence below that, and itself. */
export type ReportPicture = readonly [file: string, heading: string, text: string, svg: string, more?: PictureMore]

interface PictureMore {
  /** What it shows as a list. */
  readonly outline?: Outline
  /** What the page shows in place of a picture that is too large for it. */
  readonly shown?: string
}

/** What a report tells of a model that is its family's own. */
export interface Telling {
  /** What such a model is: `A decision tree`. */
  readonly kind: string
  /** And is called: `the tree`. */
  readonly called: string
  /** What the card says it does not hold, and which files beside it do. */
  readonly withheld: string
  /** The first thing to know: a name and a value. */
  readonly line: readonly [name: string, value: string]
  /** More of what is to be known at first sight: names and values. */
  readonly lines?: readonly (readonly [name: string, value: string])[]
  /** What training came to, in a sentence. */
  readonly result: string
  /** The names of the columns that it uses. */
  readonly used: ReadonlySet<string>
  /** Pictures that stand before those of the figures. */
  readonly pictures: readonly ReportPicture[]
  /** Sections that stand behind them. */
  readonly sections: readonly Section[]
  /** Its sizes by their names, for other programs. */
  readonly sizes: Readonly<Record<string, number>>
  /** The model itself, for other programs, by the name of what it is. */
  readonly json: Readonly<Record<string, unknown>>
}
