import type { Tree } from '../../compiler/tree.ts'

/** The smallest tree with a threshold to hide: one column of 256 cells, `x <= cut` is "no". */
export const oneSplit = (cut: number): Tree => ({
  family: 'tree',
  missingValues: [''],
  columns: [{ kind: 'number', name: 'x', grid: { minimum: 0, step: 1, size: 256 }, missing: 'never' }],
  features: [{ column: 'x' }],
  answers: ['no', 'yes'],
  root: {
    kind: 'split',
    feature: 0,
    cut,
    left: { kind: 'leaf', answer: 0, counts: [5, 0] },
    right: { kind: 'leaf', answer: 1, counts: [0, 5] },
  },
})
