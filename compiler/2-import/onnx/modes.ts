import type { ForeignTest, Precision } from '../foreign.ts'

/** Modes of TreeEnsemble 5 by their numbers; the older operators write the names. */
export const modes = [
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
  'BRANCH_MEMBER',
] as const
export type Mode = (typeof modes)[number]

/** A test, and which of its sides is ONNX's true branch. */
export interface Branch {
  readonly test: ForeignTest
  readonly yesIsTrue: boolean
}

/**
 * A split of ONNX. Missing takes the true branch where the file says so, else it compares as NaN does: false, but for
 * "not equal".
 *
 * @param members of BRANCH_MEMBER.
 */
export function branchOf(
  mode: Mode,
  input: number,
  precision: Precision,
  threshold: number,
  missingIsTrue: boolean,
  members: readonly number[],
): Branch {
  if (mode === 'BRANCH_MEMBER') {
    const missing = missingIsTrue ? 'yes' : 'no'
    const test: ForeignTest = {
      kind: 'category',
      input,
      codes: members,
      listed: 'yes',
      known: null,
      fractions: 'unknown',
      unknown: 'no',
      missing,
    }
    return { test, yesIsTrue: true }
  }
  const negated = mode === 'BRANCH_GT' || mode === 'BRANCH_GTE' || mode === 'BRANCH_NEQ'
  const goesTrue = missingIsTrue || mode === 'BRANCH_NEQ'
  const missing = goesTrue !== negated ? 'yes' : 'no'
  return {
    test: { kind: 'number', input, precision, comparison: comparisons[mode], threshold, missing, zero: null },
    yesIsTrue: !negated,
  }
}

/** `x > t` is "no" to `x <= t`, and so on. */
const comparisons = {
  BRANCH_LEQ: '<=',
  BRANCH_GT: '<=',
  BRANCH_LT: '<',
  BRANCH_GTE: '<',
  BRANCH_EQ: '=',
  BRANCH_NEQ: '=',
} as const
