import { at } from 'emp-compile-runtime/internal/at'
import { featureName } from 'emp-compile-runtime/internal/contract'
import type { Pruning } from '../evidence.ts'
import type { Table } from '../table.ts'
import { percent, significant, upToTen } from '../text.ts'
import {
  chancesOf,
  countsOf,
  depthOf,
  hasEvidence,
  isWithheld,
  type Leaf,
  leavesOf,
  meanAt,
  rowsAt,
  type Split,
  splitsOf,
  type Tree,
  weightsAt,
} from '../tree.ts'
import { shown } from './assessment.ts'
import type { Outline, Section } from './html.ts'
import type { ReportInput } from './input.ts'
import { jsonNode } from './json-tree.ts'
import { type LeafCheck, leafChecks } from './leaf-check.ts'
import type { Telling } from './telling.ts'
import { conditionOf } from './tree-cards.ts'
import { foldedIn } from './tree-fold.ts'
import type { Folded } from './tree-layout.ts'
import { treeSvg } from './tree-svg.ts'

/** What a report tells of a tree. */
export function tellTree(tree: Tree, { table, words, pruning, evidence, figures }: ReportInput): Telling {
  const { strength = 0 } = evidence
  const checks = figures.heldOut === null ? null : leafChecks(table, tree, figures.heldOut.parts)
  const folded = foldedIn(tree.root)
  const picture = (below?: Folded) => treeSvg(tree, table.columns, table.target, below)
  const [leaves, depth] = [leavesOf(tree.root).length, depthOf(tree.root)]
  const section: Section = {
    heading: 'The leaves',
    text: leavesText + (tree.answers === null ? '' : sharesText) + (checks === null ? '' : checksText),
    svg: null,
    table: leafTable(tree, table, checks),
  }
  return {
    kind: 'A decision tree',
    called: 'the tree',
    withheld: 'no threshold; model.json and tree.svg beside it do',
    line: ['tree', tree.root.kind === 'split' ? describeTree(tree, words.asked) : describeSingleLeaf(pruning)],
    lines: sharesLines(tree, strength),
    result: `The result has ${leaves} leaves and depth ${depth}.`,
    used: new Set(splitsOf(tree.root).map(({ feature }) => at(tree.features, feature).column)),
    pictures: [
      [
        'tree.svg',
        'The tree',
        folded.size === 0
          ? ownersText
          : `The beginning of the tree; all of it is in the list below, and in tree.svg. ${ownersText}`,
        picture(),
        { outline: outlineOf(tree, table), ...(folded.size === 0 ? {} : { shown: picture(folded) }) },
      ],
    ],
    sections: hasEvidence(tree) ? [section] : [],
    sizes: { depth, leaves },
    json: {
      tree: jsonNode(tree, tree.root, evidence.impurity ?? 'gini'),
      ...(strength === 0 ? {} : { shrinkage: { strength } }),
    },
  }
}

/** What a report tells of a tree that was trained elsewhere, whose training rows it does not know. */
export function tellForeignTree(tree: Tree, asks: string): Telling {
  const [leaves, depth] = [leavesOf(tree.root).length, depthOf(tree.root)]
  const text =
    tree.root.kind === 'split' ? describeTree(tree, asks) : 'a single leaf, so that every record gets the same answer'
  return {
    kind: 'A decision tree',
    called: 'the tree',
    withheld: 'no threshold; model.json beside it does',
    line: ['tree', text],
    result: `It has ${leaves} leaves and depth ${depth}.`,
    used: new Set(splitsOf(tree.root).map(({ feature }) => at(tree.features, feature).column)),
    pictures: [],
    sections: [],
    sizes: { depth, leaves },
    json: { tree: jsonNode(tree, tree.root, 'gini') },
  }
}

/** The tree as a list of questions; its leaves have the numbers of the table of leaves. */
function outlineOf(tree: Tree, { columns, target }: Pick<Table, 'columns' | 'target'>): Outline {
  const documents = new Map(columns.map(({ column, document }) => [column.name, document]))
  const labelOf = (answer: string) => target.document.categories.get(answer) ?? answer
  let leaf = 0
  const walk = (node: Tree['root'], before: string): Outline => {
    if (node.kind === 'split') {
      const asked = conditionOf(tree, documents, node).join(' ')
      return { text: `${before}${asked}?`, below: [walk(node.left, 'yes: '), walk(node.right, 'no: ')] }
    }
    leaf += 1
    return { text: `${before}leaf ${leaf}: ${saidAt(tree, node, labelOf)}`, below: [] }
  }
  return walk(tree.root, '')
}

/** The answer of a leaf, what share is told of it, and how many rows it was made of. */
function saidAt(tree: Tree, leaf: Leaf, labelOf: (answer: string) => string): string {
  const rows = hasEvidence(tree) ? `${rowsAt(leaf)} training ${rowsAt(leaf) === 1 ? 'row' : 'rows'}` : ''
  if (leaf.kind === 'mean') return `${significant(leaf.answer)}${rows === '' ? '' : ` (${rows})`}`
  const told = chancesOf(leaf)?.[leaf.answer]
  const more = [...(told === undefined ? [] : [percent(told)]), ...(rows === '' ? [] : [rows])].join(', ')
  return `${labelOf(tree.answers?.[leaf.answer] ?? '')}${more === '' ? '' : ` (${more})`}`
}

/** How shares are told, and how many leaves have counts that are not. */
function sharesLines(tree: Tree, strength: number): (readonly [string, string])[] {
  const leaves = leavesOf(tree.root)
  const isWeighted = leaves.some((leaf) => leaf.kind === 'leaf' && leaf.weights !== undefined)
  const withheld = leaves.filter(isWithheld).length
  const people = strength === 1 ? 'person' : 'people'
  // A single leaf has no group around it.
  const shrunk =
    strength === 0 || leaves.length === 1 ? [] : [`shares moved by ${strength} ${people} of the group around`]
  const why = isWeighted
    ? 'counts not published (rows are weighted)'
    : `counts of ${withheld} not published (below five people)`
  const hidden = withheld === 0 ? [] : [why]
  const told = [...shrunk, ...hidden]
  return told.length === 0 ? [] : [['leaves', told.join('; ')]]
}

function describeTree(tree: Tree, asks: string): string {
  const splits = splitsOf(tree.root)
  const nameOf = ({ feature, also }: Split) => {
    const asked = at(tree.features, feature)
    return also === undefined ? featureName(asked) : asked.column
  }
  const names = [...new Set(splits.toSorted((a, b) => a.feature - b.feature).map(nameOf))]
  const different = new Set(splits.map(({ feature, cut, also = [] }) => [feature, cut, ...also].join(' '))).size
  const asked = `${different === 1 ? `1 ${asks.replace('tests', 'test')}` : `${different} different ${asks}`} on ${upToTen(names)}`
  return `${leavesOf(tree.root).length} leaves, depth ${depthOf(tree.root)}, ${asked}`
}

/** Why a tree asks nothing. */
function describeSingleLeaf(pruning: Pruning | null): string {
  const why =
    pruning !== null && (pruning.steps[0]?.leaves ?? 1) > 1
      ? `no larger tree has a ${pruning.rule === 'least' ? 'smaller' : 'much smaller'} loss on rows not seen. --prune none keeps one`
      : 'no column divides the rows within the bounds. Try a smaller --min-samples-leaf, or other columns'
  return `a single leaf, so that every record gets the same answer: ${why}`
}

const sharesText =
  ' The rows of a leaf chose the tests that lead to it, so they look better than people to come. What is told is their ' +
  'share moved towards that of the larger groups around them. It has no interval: none is known that holds.'
const leavesText = 'In the order of the tree, from its first branch to its last.'

const checksText =
  ' Not seen: people whom other trees of the same recipe had not seen, at the leaf of this tree that is most like the one ' +
  'they came to; what they were told on average, and what came out, with its 95% interval.'
const ownersText = 'It shows every threshold: it is for the owner of the model.'

/** What every leaf stands on, and how what is told there held for people not seen. */
function leafTable(
  tree: Tree,
  { target }: Pick<Table, 'target'>,
  checks: readonly LeafCheck[] | null,
): readonly (readonly string[])[] {
  const { answers } = tree
  const heads = checks === null ? [] : ['people not seen', 'were told', 'came out']
  const checked = (i: number, show: (value: number) => string) => {
    if (checks === null) return []
    const { rows, told, seen } = at(checks, i)
    return [String(rows), told === null ? '-' : show(told), shown(seen, show)]
  }
  if (answers === null) {
    const rows = leavesOf(tree.root).map((leaf, i) => {
      const { answer, rows, deviation } = meanAt(leaf)
      return [String(i + 1), significant(answer), significant(deviation), String(rows), ...checked(i, significant)]
    })
    return [['leaf', 'mean', 'standard deviation', 'training rows', ...heads], ...rows]
  }
  const isWeighted = leavesOf(tree.root).some((leaf) => leaf.kind === 'leaf' && leaf.weights !== undefined)
  const rows = leavesOf(tree.root).map((leaf, i) => {
    const own = at(countsOf(leaf), leaf.answer)
    const weights = weightsAt(leaf)
    const byWeight = `${significant(at(weights, leaf.answer))} of ${significant(weights.reduce((a, b) => a + b, 0))}`
    const told = leaf.kind === 'leaf' ? at(chancesOf(leaf) ?? [], leaf.answer) : 0
    return [
      String(i + 1),
      target.document.categories.get(at(answers, leaf.answer)) ?? at(answers, leaf.answer),
      `${own} of ${rowsAt(leaf)}`,
      ...(isWeighted ? [byWeight] : []),
      percent(told),
      ...checked(i, percent),
    ]
  })
  const weighed = isWeighted ? ['by weight'] : []
  return [['leaf', 'answer', 'training rows', ...weighed, 'told share', ...heads], ...rows]
}
