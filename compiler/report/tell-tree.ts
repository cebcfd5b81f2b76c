import { at } from 'emp-compile-runtime/internal/at'
import { featureName } from 'emp-compile-runtime/internal/contract'
import type { Pruning } from '../evidence.ts'
import type { Table } from '../table.ts'
import { percent, significant, upToTen } from '../text.ts'
import {
  chancesOf,
  columnAsked,
  countsOf,
  depthOf,
  describeSplit,
  hasEvidence,
  isWithheld,
  leavesOf,
  meanAt,
  rowsAt,
  type Split,
  splitsOf,
  type Tree,
} from '../tree.ts'
import type { Outline, Section } from './html.ts'
import type { ReportInput } from './input.ts'
import { jsonNode } from './json-tree.ts'
import type { Telling } from './telling.ts'
import { treeSvg } from './tree-svg.ts'

/** What a report tells of a tree. */
export function tellTree(tree: Tree, { table, words, pruning, evidence }: ReportInput): Telling {
  const { strength = 0 } = evidence
  const [leaves, depth] = [leavesOf(tree.root).length, depthOf(tree.root)]
  const section: Section = {
    heading: 'The leaves',
    text: leavesText + (tree.answers === null ? '' : sharesText),
    svg: null,
    table: leafTable(tree, table),
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
        'It shows every threshold: it is for the owner of the model.',
        treeSvg(tree, table.columns, table.target),
        outlineOf(tree, table),
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
  const titled = columns.flatMap(({ column, document }) =>
    document.title === null ? [] : [[column.name, document.title] as const],
  )
  const titles = new Map(titled)
  const labelOf = (answer: string) => target.document.categories.get(answer) ?? answer
  let leaf = 0
  const walk = (node: Tree['root'], before: string): Outline => {
    if (node.kind === 'split') {
      const { name } = columnAsked(tree, node)
      const asked = describeSplit(tree, node).replace(name, titles.get(name) ?? name)
      return { text: `${before}${asked}?`, below: [walk(node.left, 'yes: '), walk(node.right, 'no: ')] }
    }
    leaf += 1
    const said = node.kind === 'mean' ? significant(node.answer) : labelOf(tree.answers?.[node.answer] ?? '')
    return { text: `${before}leaf ${leaf}: ${said}`, below: [] }
  }
  return walk(tree.root, '')
}

/** How shares are told, and how many leaves have counts that are not. */
function sharesLines(tree: Tree, strength: number): (readonly [string, string])[] {
  const leaves = leavesOf(tree.root)
  const withheld = leaves.filter(isWithheld).length
  const people = strength === 1 ? 'person' : 'people'
  const shrunk = strength === 0 ? [] : [`shares moved by ${strength} ${people} of the group around`]
  const hidden = withheld === 0 ? [] : [`counts of ${withheld} not published (below five people)`]
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
  const asked = `${different} different ${asks} on ${upToTen(names)}`
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

/** What every leaf stands on. */
function leafTable(tree: Tree, { target }: Pick<Table, 'target'>): readonly (readonly string[])[] {
  const { answers } = tree
  if (answers === null) {
    const rows = leavesOf(tree.root).map((leaf, i) => {
      const { answer, rows, deviation } = meanAt(leaf)
      return [String(i + 1), significant(answer), significant(deviation), String(rows)]
    })
    return [['leaf', 'mean', 'standard deviation', 'training rows'], ...rows]
  }
  const rows = leavesOf(tree.root).map((leaf, i) => {
    const own = at(countsOf(leaf), leaf.answer)
    const told = leaf.kind === 'leaf' ? at(chancesOf(leaf) ?? [], leaf.answer) : 0
    return [
      String(i + 1),
      target.document.categories.get(at(answers, leaf.answer)) ?? at(answers, leaf.answer),
      `${own} of ${rowsAt(leaf)}`,
      percent(told),
    ]
  })
  return [['leaf', 'answer', 'training rows', 'told share'], ...rows]
}
