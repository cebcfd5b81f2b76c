import type { Linear, SumsLoss } from '../linear.ts'
import type { Network } from '../network.ts'
import type { GivenOptions } from '../options.ts'
import type { Lowered } from '../schemes/scheme.ts'
import type { Source } from '../table.ts'
import type { Tree } from '../tree.ts'
import type { Trees } from '../trees.ts'

/** What a model that was trained elsewhere may become. */
export type ForeignFamily = Tree | Trees | Linear | Network

/** What is known of a model that was trained elsewhere. */
export interface ImportedReport {
  readonly model: ForeignFamily
  readonly lowered: Lowered
  readonly keys: string
  /** Of the model file: its name, its SHA-256, and what wrote it. */
  readonly file: string
  readonly sha256: string
  readonly format: string
  readonly rounds: { readonly taken: number; readonly all: number } | null
  /** The sample: its source, and how many rows it has. */
  readonly source: Source
  readonly rows: number
  readonly recipe: GivenOptions
  readonly loss: ImportLoss
}

/** What a model lost on its way, as it is printed for programs. */
export interface ImportLoss {
  /** The library's own predictions beside the reader's; null where there are none. */
  readonly float: { readonly rows: number; readonly equal: number; readonly largest: number } | null
  /** Integer scores beside the reader's; null without rows. `bound` is what rounding may do at most. */
  readonly quantised: {
    readonly largest: number
    readonly changed: number
    readonly bound: number
    readonly step: number
  } | null
  /** Of sums of trees, and of trees whose cuts are public. */
  readonly cuts: { readonly mode: string; readonly published: number; readonly changed: number } | null
  /** Of linear models and networks. */
  readonly sums: SumsLoss | null
}
