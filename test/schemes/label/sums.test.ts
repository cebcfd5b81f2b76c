import { describe, expect, test } from 'vitest'
import { labelModel, labelOf } from '../../../bench/label-models.ts'
import { type LabelLeaf, sumsOf } from '../../../runtime/schemes/label/sums.ts'
import { announcedRandom } from '../../support/seed.ts'

const shapes = [
  { features: 1, cuts: 1, leaves: 1, padded: 1 },
  { features: 1, cuts: 1, leaves: 1, padded: 8 },
  { features: 1, cuts: 1, leaves: 2, padded: 2 },
  { features: 3, cuts: 5, leaves: 11, padded: 16 },
  { features: 13, cuts: 13, leaves: 43 },
  { features: 30, cuts: 32, leaves: 17, depth: 7, padded: 17 },
  { features: 57, cuts: 32, leaves: 58, depth: 16 },
]

describe('the sums of the leaves', () => {
  test.each(shapes)(
    'of $leaves leaves, $padded: 0 for the leaf that is reached, at least 1 for all others',
    (shape) => {
      const random = announcedRandom('sums')
      const seed = Math.floor(random() * 1e9)
      const { contract, leaves } = labelModel({ ...shape, seed })
      const { splits, leaves: sums } = sumsOf(contract, leaves)
      expect(splits).toHaveLength(contract.leaves - 1)
      expect(sums).toHaveLength(contract.leaves)
      expect(sums.filter(({ isPadding }) => !isPadding)).toHaveLength(leaves.length)
      for (let i = 0; i < 50; i++) {
        const cells = contract.features.map(() => Math.floor(random() * (shape.cuts + 1)))
        const bits = contract.cuts.flatMap((cuts, feature) => cuts.map((cut) => Number((cells[feature] ?? 0) > cut)))
        const values = [0]
        for (const { from, bit, to } of splits) {
          const [sum = 0, b = 0] = [values[from], bits[bit]]
          values[to] = sum + b
          values[to + 1] = sum + 1 - b
        }
        const costs = sums.map(({ sum }) => values[sum] ?? Number.NaN)
        const reached = costs.flatMap((cost, leaf) => (cost === 0 ? [sums[leaf]?.answer] : []))
        expect(reached).toEqual([labelOf({ contract, leaves }, cells)])
        expect(costs.every((cost) => cost >= 0)).toBe(true)
        expect(sums.every(({ isPadding }, leaf) => !isPadding || (costs[leaf] ?? 0) > 0)).toBe(true)
      }
    },
  )

  const { contract, leaves } = labelModel({ features: 2, cuts: 4, leaves: 6, padded: 8 })
  const whole: LabelLeaf = { answer: 0, edges: [] }
  const half = (edge: Omit<LabelLeaf['edges'][number], 'feature'>, feature = 0, answer = 0): LabelLeaf => ({
    answer,
    edges: [{ feature, ...edge }],
  })
  const quarters = (feature: number) => [half({ upTo: 1 }, feature), half({ above: 1 }, feature)]
  test.each<[string, readonly LabelLeaf[]]>([
    ['none', []],
    ['a gap', leaves.slice(1)],
    ['a gap at the border', [half({ upTo: 1 }), half({ above: 2 })]],
    ['one leaf twice', [...leaves, ...leaves.slice(0, 1)]],
    ['two leaves of everything', [whole, whole]],
    ['overlapping leaves', [half({ upTo: 2 }), half({ above: 1 })]],
    ['leaves of two different trees', [...quarters(0), ...quarters(1)]],
    ['an answer that is none', [{ answer: 2, edges: [] }]],
    ['a feature that is none', [half({ upTo: 1 }, 2), half({ above: 1 }, 2)]],
    ['a cut that is none', [half({ upTo: 5 }), half({ above: 5 })]],
    ['a cut that is no integer', [half({ upTo: 1.5 }), half({ above: 1.5 })]],
    ['an empty interval', [half({ above: 2, upTo: 2 }), half({ upTo: 2 }), half({ above: 2 })]],
    ['more leaves than the contract has', labelModel({ features: 2, cuts: 4, leaves: 9, padded: 16 }).leaves],
  ])('are not made of %s', (_, refused) => {
    expect(() => sumsOf(contract, refused)).toThrow(RangeError)
  })
})
