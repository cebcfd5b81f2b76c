import { at } from '../../at.ts'
import {
  cleanCut,
  type LabelLeaf,
  type Levels,
  levelsOf,
  type Placed,
  sameBox,
  wholeBox,
  withEdge,
  withoutRight,
  withRight,
} from './boxes.ts'
import { type LabelContract, splitWidth } from './contract.ts'

export type { LabelLeaf } from './boxes.ts'

/**
 * One split: from the sum at `from` it makes two, at `to` for the cells `<= cut` by adding the bit, and at `to + 1` for
 * those above by adding 1 less the bit. `bit` is a position in the request; the one after its last is the constant 0. With
 * `also` it is the sum of several bits.
 */
export interface SumSplit {
  readonly from: number
  readonly bit: number
  /** One less than the contract's width; absent where that is 1. */
  readonly also?: readonly number[]
  readonly to: number
}

/** What a leaf costs: the sum at `sum`. Padding is reached by nobody, whatever its sum is. */
export interface LeafSum {
  readonly sum: number
  readonly answer: number
  readonly isPadding: boolean
}

/** How the costs of all leaves are computed, in the order of the splits. The sum at 0 is the beginning of all. */
export interface LeafSums {
  readonly splits: readonly SumSplit[]
  readonly leaves: readonly LeafSum[]
}

/** An answer's place takes at most two bytes. */
const mostAnswers = 65_536

/**
 * Finds a tree with these leaves, so that leaves share the sums of their common path, and pads it with leaves of a cost
 * of at least 1 to the contract's number. So it is always `leaves - 1` splits of as many bits, whatever the tree: the work,
 * and with it the time, of an evaluation depends on the contract alone.
 *
 * @throws {RangeError} if the leaves are more than the contract's, or not those of a tree on its cuts: exactly one of
 *   them for every record.
 */
export function sumsOf(
  contract: Pick<LabelContract, 'features' | 'columns' | 'cuts' | 'possible' | 'leaves'>,
  leaves: readonly LabelLeaf[],
): LeafSums {
  const { cuts, possible, leaves: padded } = contract
  if (leaves.length > padded) throw new RangeError(`${leaves.length} leaves, where the contract has ${padded}`)
  if (possible.length > mostAnswers) throw new RangeError(`more than ${mostAnswers} answers`)
  const firstBits = cuts.map((_, feature) => cuts.slice(0, feature).reduce((sum, { length }) => sum + length, 0))
  const constant = cuts.reduce((sum, { length }) => sum + length, 0)
  const columns: Levels = levelsOf(contract)
  const width = splitWidth(contract)
  const splits: SumSplit[] = []
  const sums: LeafSum[] = []

  /** A split by a sum of bits, as long as all are. */
  function splitBy(from: number, bits: readonly number[], to: number): SumSplit {
    const [bit = constant, ...others] = bits
    if (bits.length > width) throw new RangeError('an edge has more levels than its column')
    const also = Array.from({ length: width - 1 }, (_, i) => others[i] ?? constant)
    return { from, bit, ...(also.length === 0 ? {} : { also }), to }
  }

  /** Lays out the part of the tree in `box`, whose leaves these are. */
  function place(parts: readonly Placed[], box: Placed['box'], sum: number): void {
    const [only] = parts
    if (only === undefined) throw new RangeError('the leaves leave a gap')
    if (parts.length === 1) {
      if (!sameBox(only.box, box)) throw new RangeError('the leaves leave a gap')
      sums.push({ sum, answer: only.answer, isPadding: false })
      return
    }
    const cut = cleanCut(parts, columns)
    const to = 2 * splits.length + 1
    const bits = cut.levels ?? [cut.feature]
    splits.push(
      splitBy(
        sum,
        bits.map((feature) => at(firstBits, feature) + cut.cut),
        to,
      ),
    )
    place(cut.left, withoutRight(box, cut, columns), to)
    place(cut.right, withRight(box, cut, columns), to + 1)
  }

  const whole = wholeBox(contract, columns)
  const placed = leaves.map(({ answer, edges }): Placed => {
    if (possible[answer] === undefined) throw new RangeError('a leaf has an answer that the contract does not')
    return { answer, box: edges.reduce((box, edge) => withEdge(box, edge, columns), whole) }
  })
  place(placed, whole, 0)
  const padding = (from: number, to: number) => splitBy(from, [], to)
  return pad(splits, sums, padded, padding)
}

/** Splits the first leaf by the constant 0 until there are enough: it keeps its cost, the new leaf costs 1 more. */
function pad(
  splits: SumSplit[],
  leaves: LeafSum[],
  padded: number,
  padding: (from: number, to: number) => SumSplit,
): LeafSums {
  let [first, ...rest] = leaves
  while (first !== undefined && rest.length + 1 < padded) {
    const to = 2 * splits.length + 1
    splits.push(padding(first.sum, to))
    rest.push({ sum: to + 1, answer: first.answer, isPadding: true })
    first = { ...first, sum: to }
  }
  return { splits, leaves: first === undefined ? rest : [first, ...rest] }
}
