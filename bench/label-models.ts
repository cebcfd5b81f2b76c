/** Models of `label` of any shape, with random cuts: contract and leaves, as a compiler would hand them to the runtime. */

import { formatVersion } from 'emp-compile-runtime/internal/contract'
import {
  type LabelAnswer,
  type LabelContract,
  labelMessages,
} from 'emp-compile-runtime/internal/schemes/label/contract'
import type { LabelLeaf } from 'emp-compile-runtime/internal/schemes/label/server'
import { seededRandom } from '../compiler/folds.ts'

export interface LabelShape {
  readonly features: number
  /** Cuts of each feature. */
  readonly cuts: number
  /** Leaves of the tree. */
  readonly leaves: number
  /** Leaves in a reply; the next power of two by default. */
  readonly padded?: number
  /** Of the longest path; by default as short as the leaves allow. */
  readonly depth?: number
  readonly answers?: readonly LabelAnswer[]
  readonly seed?: number
  readonly guard?: boolean
}

export interface LabelModel {
  readonly contract: LabelContract
  readonly leaves: readonly LabelLeaf[]
  readonly depth: number
}

interface Part {
  /** Per feature: after which cut, up to which. */
  readonly box: readonly (readonly [above: number, upTo: number])[]
  readonly depth: number
}

/** Cells go from 0 to `cuts`; the tree divides them at random, the answers of its leaves are random too. */
export function labelModel(shape: LabelShape): LabelModel {
  const { features, cuts, leaves, padded = 2 ** Math.ceil(Math.log2(leaves)), seed = 1, guard = false } = shape
  const { depth = Math.ceil(Math.log2(leaves)), answers: possible = [{ answer: 'no' }, { answer: 'yes' }] } = shape
  const random = seededRandom(seed)
  const below = (bound: number) => Math.floor(random() * bound)
  const whole: Part = { box: Array.from({ length: features }, () => [-1, cuts] as const), depth: 0 }
  const parts = [whole]
  while (parts.length < leaves) {
    // One path as long as wanted first, then the shortest ones.
    const spine = parts.length <= depth && shape.depth !== undefined
    const at = spine ? parts.length - 1 : shallowest(parts)
    const { box, depth: above } = parts[at] ?? whole
    const wide = divisible(box)
    const found = wide[below(wide.length)]
    if (found === undefined) throw new RangeError('so few cuts do not divide so many leaves')
    const [feature, [from, to]] = found
    // A long path halves the cuts that are left to it.
    const cut = spine ? Math.floor((from + to) / 2) : from + 1 + below(to - from - 1)
    const halves = [[from, cut] as const, [cut, to] as const].map((half) => ({
      box: box.with(feature, half),
      depth: above + 1,
    }))
    parts.splice(at, 1, ...halves)
  }
  const sized = {
    columns: Array.from({ length: features }, (_, i) => ({
      kind: 'number' as const,
      name: `x${i}`,
      grid: { minimum: 0, step: 1, size: cuts + 1 },
      missing: 'never' as const,
    })),
    features: Array.from({ length: features }, (_, i) => ({ column: `x${i}` })),
    cuts: Array.from({ length: features }, () => Array.from({ length: cuts }, (_, cut) => cut)),
    possible,
    leaves: padded,
    ...(guard ? { guard: 1 as const } : {}),
  }
  return {
    depth: Math.max(...parts.map((part) => part.depth)),
    contract: {
      format: formatVersion,
      name: 'shape',
      family: 'tree',
      reveal: 'label',
      scheme: 'ristretto',
      ...sized,
      ignored: [],
      missingValues: [''],
      answers:
        typeof possible[0]?.answer === 'number' ? null : [...new Set(possible.map(({ answer }) => String(answer)))],
      messages: labelMessages(sized),
    },
    leaves: parts.map(({ box }) => ({
      answer: below(possible.length),
      edges: box.flatMap(([above, upTo], feature) =>
        above < 0 && upTo === cuts
          ? []
          : [{ feature, ...(above < 0 ? {} : { above }), ...(upTo === cuts ? {} : { upTo }) }],
      ),
    })),
  }
}

/** The features of a box that a cut can still divide. */
const divisible = (box: Part['box']) => [...box.entries()].filter(([, [from, to]]) => to - from > 1)

function shallowest(parts: readonly Part[]): number {
  const left = parts.filter(({ box }) => divisible(box).length > 0)
  const least = Math.min(...left.map(({ depth }) => depth))
  return parts.findIndex((part) => left.includes(part) && part.depth === least)
}

/** The place of the answer of the leaf that the cells reach, by its conditions alone. */
export function labelOf(
  { contract, leaves }: Pick<LabelModel, 'contract' | 'leaves'>,
  cells: readonly number[],
): number {
  const reached = leaves.filter(({ edges }) =>
    edges.every(({ feature, above, upTo }) => {
      const [cell, cuts] = [cells[feature] ?? 0, contract.cuts[feature] ?? []]
      return (above === undefined || cell > (cuts[above] ?? 0)) && (upTo === undefined || cell <= (cuts[upTo] ?? 0))
    }),
  )
  const [leaf] = reached
  if (leaf === undefined || reached.length > 1) throw new Error('a record reaches exactly one leaf')
  return leaf.answer
}
