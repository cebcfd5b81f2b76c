/**
 * A model trained elsewhere, in its own floats: what its library computes, as data, and nothing of Grids or
 * cryptography. Readers make it, {@link predictForeign} is its oracle, {@link splitOn} takes its tests to Grids.
 *
 * A record's **columns** become the model's **inputs** (scaled, encoded), on which the **body** works.
 */

/** One thing that a record may hold for a column. `null` and NaN are "missing"; texts are levels. */
export type ForeignValue = number | string | null

/** One row: a value per column, in the order of {@link ForeignModel.columns}. */
export type ForeignRow = readonly ForeignValue[]

/** What a number is rounded to. */
export type Precision = 'float32' | 'float64'

/** A column as the library saw it. */
export type ForeignColumn =
  | {
      readonly kind: 'number'
      /** Null where the file has no names: then its place is all there is. */
      readonly name: string | null
      /** Least and greatest value in training, where the file says so. */
      readonly range: { readonly least: number; readonly greatest: number } | null
    }
  | {
      /** Categories given by their codes 0, 1, ...: the file does not name them. */
      readonly kind: 'code'
      readonly name: string | null
      /** The codes seen in training, ascending, where the file says so. */
      readonly codes: readonly number[] | null
    }
  | {
      /** Categories given by name. */
      readonly kind: 'level'
      readonly name: string | null
      readonly levels: readonly (string | number)[]
    }

/** One step of what is done to a number before the model sees it. All are monotone, and NaN stays NaN but for `fill`. */
export type NumberStep =
  | {
      readonly kind: 'add' | 'subtract' | 'multiply' | 'divide'
      readonly by: number
      /** To which the operands and the result are rounded. */
      readonly precision: Precision
    }
  | { readonly kind: 'clip'; readonly least: number; readonly greatest: number }
  | { readonly kind: 'round'; readonly precision: Precision }
  | { readonly kind: 'truncate' }
  /** The number of these, ascending, that it exceeds: what a column was replaced by before training. */
  | { readonly kind: 'code'; readonly cuts: readonly number[] }
  /** A missing value becomes this number. */
  | { readonly kind: 'fill'; readonly by: number }

/** One number that the body works on, made of one column. */
export type ForeignInput =
  | { readonly kind: 'number'; readonly column: number; readonly steps: readonly NumberStep[] }
  | {
      /** A level becomes a number, then goes through the steps. */
      readonly kind: 'coded'
      readonly column: number
      readonly levels: readonly (string | number)[]
      /** The number of each level; NaN is "missing" to the body. */
      readonly numbers: readonly number[]
      /** The number of what is no level; null where the library refuses it. */
      readonly unknown: number | null
      /** The number of a missing value; null where the library refuses it. */
      readonly missing: number | null
      readonly steps: readonly NumberStep[]
    }

/** A question that a split puts to one input. */
export type ForeignTest =
  | {
      readonly kind: 'number'
      readonly input: number
      /** The number is rounded to this before it is compared. */
      readonly precision: Precision
      /** `x < threshold`, `x <= threshold` or `x = threshold` is "yes". */
      readonly comparison: '<' | '<=' | '='
      /** May be infinite. */
      readonly threshold: number
      /** Where missing goes: a side, or it counts as zero. */
      readonly missing: 'yes' | 'no' | 'zero'
      /** Numbers as near to 0 as this count as missing and take that side; null: none do. */
      readonly zero: { readonly within: number; readonly side: 'yes' | 'no' } | null
    }
  | {
      readonly kind: 'category'
      readonly input: number
      /** Codes whose side is `listed`. */
      readonly codes: readonly number[]
      readonly listed: 'yes' | 'no'
      /** Further codes known in training, which take the other side; null: all others do. */
      readonly known: readonly number[] | null
      /** A number with a fraction: without it, it is a code; or it is unknown. */
      readonly fractions: 'dropped' | 'unknown'
      /** Where negative codes, and those neither listed nor known, go. */
      readonly unknown: 'yes' | 'no'
      readonly missing: 'yes' | 'no'
    }

export type TreeNode =
  | { readonly kind: 'split'; readonly test: ForeignTest; readonly yes: number; readonly no: number }
  /** One value, or one per output. */
  | { readonly kind: 'leaf'; readonly values: readonly number[] }

/** A tree: node 0 is its root, every other node is the child of exactly one. */
export interface ForeignTree {
  readonly nodes: readonly TreeNode[]
  /** The output that its leaves add to; null: each leaf has a value per output. */
  readonly output: number | null
  /** A leaf counts times this. */
  readonly weight: number
}

/** `score = (base first? + sum of weight * leaf) * scale / divisor (+ base last?)`, each operation rounded. */
export interface Ensemble {
  readonly kind: 'trees'
  readonly trees: readonly ForeignTree[]
  readonly precision: Precision
  /** One per output. */
  readonly base: readonly number[]
  readonly baseComes: 'first' | 'last'
  readonly scale: number
  readonly divisor: number
  /** The file holds one tree that answers by itself, not a sum that happens to have one. */
  readonly single: boolean
}

/** `score = intercept + sum of coefficient * input`. */
export interface LinearBody {
  readonly kind: 'linear'
  readonly precision: Precision
  /** Per output one coefficient per input. */
  readonly coefficients: readonly (readonly number[])[]
  readonly intercepts: readonly number[]
}

/** Layer after layer: `activation(intercept + sum of weight * input)`; the last layer's activation is the link. */
export interface NetworkBody {
  readonly kind: 'network'
  readonly precision: Precision
  readonly layers: readonly {
    /** Per output of the layer one weight per input. */
    readonly weights: readonly (readonly number[])[]
    readonly intercepts: readonly number[]
    readonly activation: 'identity' | 'relu' | 'tanh' | 'logistic'
  }[]
}

/** From scores to what the library calls its prediction. */
export type ForeignLink =
  | {
      readonly kind: 'identity' | 'exponential' | 'square' | 'softplus' | 'probit' | 'step' | 'softmax' | 'softmax-zero'
    }
  /** `1 / (1 + exp(-steepness * score))`, for each score by itself. */
  | { readonly kind: 'logistic'; readonly steepness: number; readonly normalised: boolean }
  /** Of Cox's model: `1 - exp(-exp(base + score))`, the chance of an event up to a horizon. */
  | { readonly kind: 'survival'; readonly base: number }
  /** The scores are shares of the answers already. */
  | { readonly kind: 'share' }

/** What the outputs mean. */
export type ForeignOutcome =
  | { readonly kind: 'number' }
  /** Two answers and one score: the second answer where score, or value after the link, is above (or at) the limit. */
  | {
      readonly kind: 'two'
      readonly answers: readonly [string, string] | null
      readonly of: 'raw' | 'value'
      readonly limit: number
      readonly tie: 'first' | 'second'
    }
  /** One score per answer: the first of the largest scores, or of the largest values after the link. */
  | { readonly kind: 'several'; readonly answers: readonly string[] | null; readonly of: 'raw' | 'value' }

/** Where a model came from, for messages and its owner. */
export interface ForeignSource {
  readonly format: string
  /** Of the library that wrote the file, as it says; null if it does not. */
  readonly version: string | null
  /** Rounds of boosting taken, in the file, and best by early stopping; null where there is no such thing. */
  readonly rounds: { readonly taken: number; readonly all: number; readonly best: number | null } | null
}

export interface ForeignModel {
  readonly source: ForeignSource
  readonly columns: readonly ForeignColumn[]
  readonly inputs: readonly ForeignInput[]
  /** Whether the library takes an input that is missing. */
  readonly missing: 'taken' | 'refused'
  readonly body: Ensemble | LinearBody | NetworkBody
  readonly link: ForeignLink
  readonly outcome: ForeignOutcome
}
