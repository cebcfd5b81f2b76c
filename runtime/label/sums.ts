import type { LabelContract } from '../contract.ts'

/**
 * A leaf by its conditions, merged to one interval per feature: cuts[above] < cell <= cuts[upTo], by positions in the
 * contract's cuts of the feature. `answer` is a position in the contract's answers.
 */
export interface LabelLeaf {
  readonly answer: number
  readonly edges: readonly { readonly feature: number; readonly above?: number; readonly upTo?: number }[]
}

/**
 * One split: from the sum at `from` it makes two, at `to` for the cells `<= cut` by adding the bit, and at `to + 1` for
 * those above by subtracting it. `bit` is a position in the request; the one after its last is the constant 0.
 */
export interface Split {
  readonly from: number
  readonly bit: number
  readonly to: number
}

/** What a leaf costs: the sum at `sum`, and 1 for each of `above` edges that a bit was subtracted for. */
export interface LeafSum {
  readonly sum: number
  readonly above: number
  readonly answer: number
}

/** How the costs of all leaves are computed, in the order of the splits. The sum at 0 is the beginning of all. */
export interface Sums {
  readonly splits: readonly Split[]
  readonly leaves: readonly LeafSum[]
}

/** An answer's place takes at most two bytes. */
const mostAnswers = 65_536

/** Per feature the interval of cuts that a leaf or a part of the tree lies in: after `above`, up to `upTo`. */
type Box = readonly { readonly above: number; readonly upTo: number }[]

interface Placed {
  readonly box: Box
  readonly answer: number
}

/**
 * Finds a tree with these leaves, so that leaves share the sums of their common path, and pads it with leaves of a cost
 * of at least 1 to the contract's number. So it is always `leaves - 1` splits, whatever the tree: the work, and with it
 * the time, of an evaluation depends on the contract alone.
 *
 * @throws {RangeError} if the leaves are more than the contract's, or not those of a tree on its cuts: exactly one of
 *   them for every record.
 */
export function sumsOf({ cuts, answers, leaves: padded }: LabelContract, leaves: readonly LabelLeaf[]): Sums {
  if (leaves.length > padded) throw new RangeError(`${leaves.length} leaves, where the contract has ${padded}`)
  if (answers.length > mostAnswers) throw new RangeError(`more than ${mostAnswers} answers`)
  const firstBits = cuts.map((_, feature) => cuts.slice(0, feature).reduce((sum, { length }) => sum + length, 0))
  const constant = cuts.reduce((sum, { length }) => sum + length, 0)
  const whole: Box = cuts.map(({ length }) => ({ above: -1, upTo: length }))
  const splits: Split[] = []
  const sums: LeafSum[] = []

  /** Lays out the part of the tree in `box`, whose leaves these are. */
  function place(parts: readonly Placed[], box: Box, sum: number, above: number): void {
    const [only] = parts
    if (only === undefined) throw new RangeError('the leaves leave a gap')
    if (parts.length === 1) {
      if (!sameBox(only.box, box)) throw new RangeError('the leaves leave a gap')
      sums.push({ sum, above, answer: only.answer })
      return
    }
    const { feature, cut } = cleanCut(parts)
    const to = 2 * splits.length + 1
    splits.push({ from: sum, bit: (firstBits[feature] ?? 0) + cut, to })
    const isLeft = ({ box: own }: Placed) => (own[feature]?.upTo ?? 0) <= cut
    const left = parts.filter(isLeft)
    place(left, withBound(box, feature, { upTo: cut }), to, above)
    place(
      parts.filter((part) => !isLeft(part)),
      withBound(box, feature, { above: cut }),
      to + 1,
      above + 1,
    )
  }

  const placed = leaves.map(({ answer, edges }): Placed => {
    if (answers[answer] === undefined) throw new RangeError('a leaf has an answer that the contract does not')
    return { answer, box: edges.reduce((box, { feature, ...bounds }) => withBound(box, feature, bounds), whole) }
  })
  place(placed, whole, 0, 0)
  return pad(splits, sums, padded, constant)
}

/** Splits the first leaf by the constant 0 until there are enough: it keeps its cost, the new leaf costs 1 more. */
function pad(splits: Split[], leaves: LeafSum[], padded: number, constant: number): Sums {
  let [first, ...rest] = leaves
  while (first !== undefined && rest.length + 1 < padded) {
    const to = 2 * splits.length + 1
    splits.push({ from: first.sum, bit: constant, to })
    rest.push({ sum: to + 1, above: first.above + 1, answer: first.answer })
    first = { ...first, sum: to }
  }
  return { splits, leaves: first === undefined ? rest : [first, ...rest] }
}

const sameBox = (a: Box, b: Box) => a.every(({ above, upTo }, i) => above === b[i]?.above && upTo === b[i]?.upTo)

/** @throws {RangeError} if there is no such feature or cut, or the interval is empty. */
function withBound(box: Box, feature: number, bound: { readonly above?: number; readonly upTo?: number }): Box {
  const old = box[feature]
  const [above, upTo] = [bound.above ?? old?.above ?? 0, bound.upTo ?? old?.upTo ?? 0]
  const fits = old !== undefined && Number.isInteger(above) && Number.isInteger(upTo)
  if (!fits || above < old.above || upTo > old.upTo || above >= upTo) throw new RangeError('a leaf has no such edge')
  return box.with(feature, { above, upTo })
}

/** A cut that no leaf lies across. Wherever one is made, what is left on each side of it is a tree again. */
function cleanCut(parts: readonly Placed[]): { readonly feature: number; readonly cut: number } {
  const tried = new Set<string>()
  for (const { box } of parts) {
    for (const [feature, bounds] of box.entries()) {
      for (const cut of [bounds.above, bounds.upTo]) {
        const id = `${feature} ${cut}`
        if (tried.has(id)) continue
        tried.add(id)
        const left = parts.filter(({ box: other }) => (other[feature]?.upTo ?? 0) <= cut).length
        const right = parts.filter(({ box: other }) => (other[feature]?.above ?? 0) >= cut).length
        if (left > 0 && right > 0 && left + right === parts.length) return { feature, cut }
      }
    }
  }
  throw new RangeError('the leaves are not those of a tree: they overlap')
}
