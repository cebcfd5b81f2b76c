import { at } from 'emp-compile-runtime/internal/at'
import { type Leaf, type Node, predictTree, type Tree } from '../tree.ts'
import { isInSet, type ScoreNode } from '../trees.ts'
import { cellsOfRow } from './compare.ts'
import { type CutMode, describeCutMode, readCutMode } from './cut-modes.ts'
import { answersNeed, expectNeed, importNeeds, notASum, tooManyChanged, treeTooLarge } from './errors.ts'
import type { ForeignModel } from './foreign.ts'
import { type ForeignPrediction, predictForeign, predictLeaf } from './predict.ts'
import { domainsOf, type Sample } from './sample.ts'
import { cutsOn, describeModes, publishedCount, saidCuts } from './sample-cuts.ts'
import { sides } from './thresholds.ts'
import { answersOf } from './to-link.ts'
import { type ImportChoices, mostChanged } from './to-model.ts'
import { allPositions, grower, type OnGrids, onGrids, type Reach, shapeOf, type TreesShape } from './to-trees.ts'

/** What is said of a tree that is brought from elsewhere. */
export interface TreeChoices extends Omit<ImportChoices, 'scoreStep'> {
  /** Whether its cuts are published before clients ask, so that its own tell nothing. */
  readonly publishesCuts: boolean
}

/** A tree of ours, and what it lost on the way: nothing but by cuts that were moved. */
export interface ImportedTree {
  readonly model: Tree
  readonly cuts: { readonly mode: string; readonly published: number; readonly changed: number } | null
  readonly predictions: readonly ForeignPrediction[]
}

/** Whether a model is one tree that answers by itself. */
export const isSingleTree = ({ body, outcome }: ForeignModel): boolean =>
  body.kind === 'trees' &&
  body.single &&
  body.trees.length === 1 &&
  (outcome.kind !== 'number' || body.base.length === 1)

/** Most leaves: where missing values go another way at every node, a tree is larger on Grids than in its file. */
const mostLeaves = 4096

/**
 * Makes a tree of a foreign model of one: thresholds become cuts by evaluation. A missing value lies below all numbers; where
 * it goes with the greater ones, its own test stands before that of the numbers.
 *
 * @throws {CompileError} `import-needs`, `cuts-change-answers`, `beyond-limit`
 */
export function toTree(file: string, model: ForeignModel, sample: Sample, choices: TreeChoices): ImportedTree {
  const { body } = model
  if (body.kind !== 'trees') throw notASum(file, 'no tree')
  const columns = sample.columns.map(({ column }) => column)
  const grids = onGrids(body, sides(model, domainsOf(sample.columns)), columns)
  const predictions = sample.rows.map((row) => predictForeign(model, row))
  const known = answersOf(model)
  const answers = known === null ? null : (choices.answers ?? known.names)
  const needed = known !== null && answers === null ? [answersNeed(known.count)] : []
  const named = known === null ? null : (answers ?? Array.from({ length: known.count }, (_, i) => String(i)))
  const makeOn = (mode: CutMode) => build({ file, model, sample, grids, named, seed: choices.seed }, mode)
  const exact = makeOn({ kind: 'used' })
  const needs = (more: readonly string[]) => importNeeds(file, [...more, ...(choices.isCompared ? [] : [expectNeed])])
  if (!choices.publishesCuts) {
    if (needed.length > 0) throw needs(needed)
    const { cuts: _, ...own } = exact.model
    return { model: own, cuts: null, predictions }
  }
  const changedBy = (mode: CutMode) => {
    const made = makeOn(mode)
    const changed = changedRows(exact, made)
    return { made, changed, published: publishedCount(made.model.cuts ?? []) }
  }
  const said = saidCuts(sample, choices.cuts)
  if (said === null || needed.length > 0) {
    throw needs([...needed, ...(said === null ? [describeModes(changedBy, sample.rows.length)] : [])])
  }
  const mode = readCutMode(said)
  const { made, changed, published } = changedBy(mode)
  if (changed > mostChanged * sample.rows.length && !choices.acceptChanges) {
    throw tooManyChanged(describeCutMode(mode), changed, sample.rows.length)
  }
  return { model: made.model, cuts: { mode: describeCutMode(mode), published, changed }, predictions }
}

interface Builder {
  readonly file: string
  readonly model: ForeignModel
  readonly sample: Sample
  readonly grids: OnGrids
  readonly named: readonly string[] | null
  readonly seed: number
}

/** The tree with its cuts at those of a way to publish them, and the cells of the sample's rows. */
function build({ file, model, sample, grids, named, seed }: Builder, mode: CutMode) {
  if (model.body.kind !== 'trees') throw new TypeError('no trees')
  const columns = sample.columns.map(({ column }) => column)
  const cuts = cutsOn(sample, grids.used, mode, seed)
  const shape = shapeOf(columns, cuts)
  // Leaves that are told alike are one, by their place among those that are told.
  const told: Leaf[] = []
  const places = new Map<string, number>()
  const placeOf = (values: readonly number[]) => {
    const leaf = leafOf(model, values)
    const text = JSON.stringify(leaf)
    const place = places.get(text) ?? told.push(leaf) - 1
    places.set(text, place)
    return [place]
  }
  const root = grower(grids, shape, cuts, (_, values) => placeOf(values))(at(model.body.trees, 0))
  const tree: Tree = {
    family: 'tree',
    missingValues: sample.source.missingValues,
    ...shape,
    answers: named,
    root: nodesOf({ file, shape, told, leaves: { left: mostLeaves } }, root, allPositions(shape)),
  }
  return { model: tree, cells: sample.rows.map((row) => cellsOfRow(shape, model, row)) }
}

/** What is told at a leaf: the answer with the library's shares, where it has some, or a number. */
function leafOf(model: ForeignModel, leaf: readonly number[]): Leaf {
  const { answer, values } = predictLeaf(model, leaf)
  if (answer === null) return { kind: 'mean', answer: at(values, 0) }
  const shares = values.length === 1 ? [1 - at(values, 0), at(values, 0)] : values
  const sum = shares.reduce((a, b) => a + b, 0)
  const areShares = model.link.kind !== 'step' && shares.every((share) => share >= 0 && share <= 1)
  return { kind: 'leaf', answer, ...(areShares && Math.abs(sum - 1) < 1e-6 ? { shares } : {}) }
}

interface Nodes {
  readonly file: string
  readonly shape: TreesShape
  readonly told: readonly Leaf[]
  /** How many more there may be. */
  readonly leaves: { left: number }
}

/** Questions by sets of positions as comparisons with one cut each, and by levels. @param reach of what comes here. */
function nodesOf(to: Nodes, node: ScoreNode, reach: Reach): Node {
  if (node.kind === 'leaf') {
    to.leaves.left -= 1
    if (to.leaves.left < 0) throw treeTooLarge(to.file, mostLeaves)
    return at(to.told, at(node.scores, 0))
  }
  const column = at(to.shape.columns, node.column)
  const own = to.shape.features.flatMap((feature, i) => (feature.column === column.name ? [i] : []))
  const open = at(reach, node.column)
  const has = (position: number) => isInSet(node.inside, position)
  const below = (isYes: boolean, some: (position: number) => boolean) =>
    nodesOf(
      to,
      isYes ? node.yes : node.no,
      reach.with(
        node.column,
        open.map((is, position) => is && some(position)),
      ),
    )
  const reached = open.flatMap((is, position) => (is ? [position] : []))
  if (column.kind === 'text') {
    const none = column.missing === 'never' ? 0 : 1
    // What has none of the levels asked goes left, so a missing text does.
    const leftIsYes = none === 1 && has(0)
    const asked = own.filter((_, level) => has(level + none) !== leftIsYes)
    const [feature, ...also] = asked
    const isRight = (position: number) => has(position) !== leftIsYes
    const goes = [...new Set(reached.map(isRight))]
    if (feature === undefined || goes.length < 2) return below(goes[0] === true ? !leftIsYes : leftIsYes, () => true)
    const left = below(leftIsYes, (position) => !isRight(position))
    const right = below(!leftIsYes, isRight)
    return joined({ kind: 'split', feature, cut: 0, ...(also.length === 0 ? {} : { also }), left, right })
  }
  const feature = at(own, 0)
  /** The first position of every run of the same side, among those that a record may have. */
  const starts = reached.filter((position, i) => i === 0 || has(position) !== has(at(reached, i - 1)))
  const chain = (run: number): Node => {
    const [from, next] = [at(starts, run), starts[run + 1]]
    const side = below(has(from), (position) => position >= from && position < (next ?? Infinity))
    if (next === undefined) return side
    const cut = at(at(to.shape.cuts, feature), next - 1)
    return joined({ kind: 'split', feature, cut, left: side, right: chain(run + 1) })
  }
  return chain(0)
}

/** A split both of whose sides are told the same is none. */
const joined = (split: Extract<Node, { kind: 'split' }>): Node =>
  split.left.kind !== 'split' && split.left === split.right ? split.left : split

/** How many rows two trees answer differently; of numbers, by over a hundredth of the span that the first one gives them. */
function changedRows(exact: ReturnType<typeof build>, moved: ReturnType<typeof build>): number {
  const pairs = exact.cells.map(
    (cells, i) =>
      [predictTree(exact.model, cells).answer, predictTree(moved.model, at(moved.cells, i)).answer] as const,
  )
  if (exact.model.answers !== null) return pairs.filter(([one, other]) => one !== other).length
  const numbers = pairs.map(([one]) => Number(one))
  const span = numbers.reduce((a, b) => Math.max(a, b), -Infinity) - numbers.reduce((a, b) => Math.min(a, b), Infinity)
  return pairs.filter(([one, other]) => Math.abs(Number(one) - Number(other)) > span / 100).length
}
