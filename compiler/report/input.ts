import type { Pruning, TrainingEvidence } from '../evidence.ts'
import type { Model } from '../model.ts'
import type { GivenOptions } from '../options.ts'
import type { Lowered, Words } from '../schemes/scheme.ts'
import type { Table } from '../table.ts'
import type { Figures } from './figures.ts'
import type { PrunedPath } from './priced-path.ts'

/** What a report is made of. */
export interface ReportInput {
  readonly table: Table
  readonly model: Model
  readonly lowered: Lowered
  readonly words: Words
  readonly figures: Figures
  readonly pruning: Pruning | null
  readonly path: PrunedPath | null
  readonly evidence: TrainingEvidence
  /** All that made the model, by the names of the options. */
  readonly recipe: GivenOptions
}
