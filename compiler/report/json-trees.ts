import { at } from 'emp-compile-runtime/internal/at'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import type { Link } from 'emp-compile-runtime/internal/schemes/link'
import { countPositions, isInSet, type ScoreNode, type Trees } from '../trees.ts'

/** A node of a sum of trees for other programs: in the units of the data, not in cells. */
export type JsonScoreNode =
  | { readonly scores: readonly number[] }
  | {
      readonly column: string
      /** Of numbers: above the first and below the second goes to `yes`; null is without an end. */
      readonly between?: readonly (readonly [number | null, number | null])[]
      /** Of texts: these go to `yes`. */
      readonly levels?: readonly string[]
      /** Where there are missing values: whether they go to `yes`. */
      readonly missing?: boolean
      readonly yes: JsonScoreNode
      readonly no: JsonScoreNode
    }

/** A sum of trees for other programs: each score is its base plus what the leaves add, all integers. */
export interface JsonTrees {
  readonly link: Link
  readonly base: readonly number[]
  /** `output` is the place of the score that a tree adds to; null if its leaves have all. */
  readonly trees: readonly { readonly output: number | null; readonly root: JsonScoreNode }[]
}

export function jsonTrees(model: Trees): JsonTrees {
  const { link, base, trees } = model
  return { link, base, trees: trees.map(({ output, root }) => ({ output, root: jsonNode(model, root) })) }
}

function jsonNode(model: Trees, node: ScoreNode): JsonScoreNode {
  if (node.kind === 'leaf') return { scores: node.scores }
  const column = at(model.columns, node.column)
  const has = Array.from({ length: countPositions(model, node.column) }, (_, i) => isInSet(node.inside, i))
  const below = { yes: jsonNode(model, node.yes), no: jsonNode(model, node.no) }
  if (column.kind === 'text') {
    const shown = model.features.flatMap((one) => (one.column === column.name && 'level' in one ? [one.level] : []))
    const own = has.slice(has.length - shown.length)
    const missing = has.length > shown.length ? { missing: at(has, 0) } : {}
    return { column: column.name, levels: shown.filter((_, i) => own[i]), ...missing, ...below }
  }
  const cuts = at(
    model.cuts,
    model.features.findIndex((feature) => feature.column === column.name),
  )
  const lowest = column.missing === 'never' ? 0 : 1
  const threshold = (cut: number) => gridValue(column.grid, at(cuts, cut) - lowest + 0.5)
  const between = has.flatMap((is, position): [number | null, number | null][] => {
    if (!is || position < lowest || (position > lowest && has[position - 1] === true)) return []
    let last = position
    while (has[last + 1] === true) last += 1
    return [[position === lowest ? null : threshold(position - 1), last === has.length - 1 ? null : threshold(last)]]
  })
  return { column: column.name, between, ...(lowest === 0 ? {} : { missing: at(has, 0) }), ...below }
}
