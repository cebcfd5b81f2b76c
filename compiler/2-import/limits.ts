/** What a model file may be at most: it comes from outside, so every count is bounded before memory is taken for it. */
export const limits = {
  /** Bytes of the file. */
  bytes: 200_000_000,
  /** Nesting of JSON, UBJSON and protobuf. */
  nesting: 100,
  trees: 20_000,
  /** Of all trees. */
  nodes: 4_000_000,
  /** Splits between a root and its farthest leaf. */
  depth: 512,
  columns: 20_000,
  outputs: 1_000,
  /** Numbers in all leaves. */
  leafValues: 8_000_000,
  /** Codes that one split names. */
  categories: 65_536,
  /** Matrices of a network, each counted as often as it is named. */
  layers: 100,
  /** Numbers in all these matrices, and in what is added behind them. */
  weights: 8_000_000,
  /** Columns and steps that all nodes before a model make. */
  steps: 2_000_000,
  /** Numbers that levels become, of all columns that are made of them. */
  codes: 8_000_000,
} as const
