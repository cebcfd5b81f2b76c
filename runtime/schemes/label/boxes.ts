import { at } from '../../at.ts'
import type { LabelContract } from './contract.ts'

/**
 * A leaf by its conditions, merged to one interval per feature: cuts[above] < cell <= cuts[upTo], by positions in the
 * contract's cuts of the feature. With `also`, other levels of the same column, `above` is "one of these levels", and `upTo`
 * "none of them". `answer` is a position in the contract's answers.
 */
export interface LabelLeaf {
  readonly answer: number
  readonly edges: readonly {
    readonly feature: number
    readonly also?: readonly number[]
    readonly above?: number
    readonly upTo?: number
  }[]
}

/** The features of the levels of each column of texts. What a text has is one of them, or none. */
export type Levels = readonly (readonly number[])[]

/** The part of all records that a leaf or a part of the tree holds. */
export interface RecordBox {
  /** Per feature the interval of cuts that it lies in: after `above`, up to `upTo`. Levels have none of their own. */
  readonly intervals: readonly { readonly above: number; readonly upTo: number }[]
  /** Per column of texts, which levels it admits; the last is "none". */
  readonly admitted: readonly (readonly boolean[])[]
}

export interface Placed {
  readonly box: RecordBox
  readonly answer: number
}

/** Where the leaves come apart: to the right the cells above a cut, or, where there are some, one of `levels`. */
export interface CleanCut {
  readonly feature: number
  readonly cut: number
  readonly levels?: readonly number[]
  readonly left: readonly Placed[]
  readonly right: readonly Placed[]
}

/** The columns of texts of a contract, by the places of their levels among the features. */
export function levelsOf({ features }: Pick<LabelContract, 'features'>): Levels {
  const columns = new Map<string, number[]>()
  for (const [i, feature] of features.entries()) {
    if (!('level' in feature)) continue
    const own = columns.get(feature.column) ?? []
    own.push(i)
    columns.set(feature.column, own)
  }
  return [...columns.values()]
}

/** All records. */
export function wholeBox({ cuts }: Pick<LabelContract, 'cuts'>, columns: Levels): RecordBox {
  return {
    intervals: cuts.map(({ length }) => ({ above: -1, upTo: length })),
    admitted: columns.map((levels) => Array.from({ length: levels.length + 1 }, () => true)),
  }
}

export function sameBox(a: RecordBox, b: RecordBox): boolean {
  return (
    a.intervals.every(({ above, upTo }, i) => above === b.intervals[i]?.above && upTo === b.intervals[i]?.upTo) &&
    a.admitted.every((own, i) => own.every((admits, j) => admits === b.admitted[i]?.[j]))
  )
}

/** What of a box keeps an edge. @throws {RangeError} if there is no such feature or cut, or nothing is left. */
export function withEdge(box: RecordBox, edge: LabelLeaf['edges'][number], columns: Levels): RecordBox {
  const { feature, also = [], ...bound } = edge
  const column = columns.findIndex((levels) => levels.includes(feature))
  if (column < 0) {
    if (also.length > 0) throw new RangeError('a leaf has no such edge')
    return withBound(box, feature, bound)
  }
  const own = [feature, ...also]
  const isAmong = bound.above !== undefined
  const cut = bound.above ?? bound.upTo
  const areLevels = own.every((one) => columns[column]?.includes(one)) && new Set(own).size === own.length
  if (!areLevels || cut !== 0 || isAmong === (bound.upTo !== undefined)) throw new RangeError('a leaf has no such edge')
  return withLevels(box, column, own, isAmong, columns)
}

/** The sides of a cut. */
export const withRight = (box: RecordBox, { feature, cut, levels }: CleanCut, columns: Levels): RecordBox =>
  withEdge(box, edgeOf(feature, levels, { above: cut }), columns)
export const withoutRight = (box: RecordBox, { feature, cut, levels }: CleanCut, columns: Levels): RecordBox =>
  withEdge(box, edgeOf(feature, levels, { upTo: cut }), columns)

function edgeOf(feature: number, levels: readonly number[] | undefined, bound: { above?: number; upTo?: number }) {
  return levels === undefined ? { feature, ...bound } : { feature: at(levels, 0), also: levels.slice(1), ...bound }
}

/** @throws {RangeError} if there is no such feature or cut, or the interval is empty. */
function withBound(
  box: RecordBox,
  feature: number,
  bound: { readonly above?: number; readonly upTo?: number },
): RecordBox {
  const old = box.intervals[feature]
  const [above, upTo] = [bound.above ?? old?.above ?? 0, bound.upTo ?? old?.upTo ?? 0]
  const fits = old !== undefined && Number.isInteger(above) && Number.isInteger(upTo)
  if (!fits || above < old.above || upTo > old.upTo || above >= upTo) throw new RangeError('a leaf has no such edge')
  return { ...box, intervals: box.intervals.with(feature, { above, upTo }) }
}

/** @throws {RangeError} if no level is left, and "none" is not either. */
function withLevels(
  box: RecordBox,
  column: number,
  own: readonly number[],
  isAmong: boolean,
  columns: Levels,
): RecordBox {
  const levels = at(columns, column)
  const admitted = at(box.admitted, column).map(
    (admits, i) => admits && (i < levels.length && own.includes(at(levels, i))) === isAmong,
  )
  if (!admitted.includes(true)) throw new RangeError('a leaf has no such edge')
  return { ...box, admitted: box.admitted.with(column, admitted) }
}

/**
 * A cut that no leaf lies across. Wherever one is made, what is left on each side of it is a tree again.
 *
 * @throws {RangeError} if there is none.
 */
export function cleanCut(parts: readonly Placed[], columns: Levels): CleanCut {
  const texts = new Set(columns.flat())
  const tried = new Set<string>()
  for (const { box } of parts) {
    for (const [feature, bounds] of box.intervals.entries()) {
      for (const cut of texts.has(feature) ? [] : [bounds.above, bounds.upTo]) {
        const id = `${feature} ${cut}`
        if (tried.has(id)) continue
        tried.add(id)
        const left = parts.filter(({ box: other }) => at(other.intervals, feature).upTo <= cut)
        const right = parts.filter(({ box: other }) => at(other.intervals, feature).above >= cut)
        if (left.length > 0 && right.length > 0 && left.length + right.length === parts.length) {
          return { feature, cut, left, right }
        }
      }
    }
  }
  for (const [column, levels] of columns.entries()) {
    const found = cleanLevels(parts, column, levels)
    if (found !== null) return found
  }
  throw new RangeError('the leaves are not those of a tree: they overlap')
}

/**
 * Leaves that admit the same level of a column belong together; where they fall into several groups, one without "none" comes
 * to the right.
 */
function cleanLevels(parts: readonly Placed[], column: number, levels: readonly number[]): CleanCut | null {
  const admittedBy = ({ box }: Placed) => at(box.admitted, column)
  const reached = new Set<number>()
  let group = [...parts.slice(0, 1)]
  for (let size = -1; size !== group.length; ) {
    size = group.length
    for (const part of group) for (const [i, admits] of admittedBy(part).entries()) if (admits) reached.add(i)
    group = parts.filter((part) => admittedBy(part).some((admits, i) => admits && reached.has(i)))
  }
  if (group.length === parts.length) return null
  const rest = parts.filter((part) => !group.includes(part))
  const right = reached.has(levels.length) ? rest : group
  const left = right === group ? rest : group
  const own = levels.filter((_, i) => right.some((part) => admittedBy(part)[i] === true))
  return { feature: at(own, 0), cut: 0, levels: own, left, right }
}
