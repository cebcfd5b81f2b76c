import type { ForeignLink } from './foreign.ts'

/** What the user says beside the file. */
export interface ReaderOptions {
  /** Rounds of boosting to take: those up to the best by early stopping, as the scikit-learn wrappers do, or all, or a number. */
  readonly rounds: 'best' | 'all' | number
  /** What the scores mean, where the file does not say it or says it wrongly; null: as the file says. */
  readonly link: ForeignLink | null
  /** What the leaves of a LightGBM v2 forest hold; null: not known. */
  readonly averagedLeaves: 'raw' | 'probability' | null
  /** How many columns a model has, where the file does not say it (ONNX); null: as many as it looks at. */
  readonly columns: number | null
}

export const defaultReadOptions: ReaderOptions = { rounds: 'best', link: null, averagedLeaves: null, columns: null }
