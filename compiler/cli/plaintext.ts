import { at } from 'emp-compile-runtime/internal/at'
import { type Contract, featureName } from 'emp-compile-runtime/internal/contract'
import { type Column, gridPosition, gridValue, type Value } from 'emp-compile-runtime/internal/grid'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import { openSums } from 'emp-compile-runtime/internal/schemes/meaning'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { JsonNode } from '../report/json-tree.ts'
import type { JsonScoreNode, JsonTrees } from '../report/json-trees.ts'
import type { ModelJson } from '../report/model-json.ts'
import type { JsonAdditive, JsonPoints } from '../report/tell-additive.ts'
import type { JsonLinear } from '../report/tell-linear.ts'
import { schemeOf } from '../schemes/index.ts'
import { chancesOf, isTooFew, toldShares } from '../tree.ts'

/** What the model in `model.json` answers a record, by another path than cells: as much of it as the client is told. */
export function plaintextAnswer(model: ModelJson, contract: Contract, record: ReadonlyMap<string, Value>): Opened {
  return schemeOf(contract).told(contract, openedBy(model, contract, record))
}

/** What the model in `model.json` answers a record: the position of the answer or a number, and the chances of the answers. */
export function judgedAnswer(
  model: ModelJson,
  contract: Contract,
  record: ReadonlyMap<string, Value>,
): { given: number; chances: readonly number[] } {
  const opened = openedBy(model, contract, record)
  if (opened.kind === 'number') return { given: opened.answer, chances: [] }
  const given = (model.classes ?? []).indexOf(opened.answer)
  const leaf = model.tree === undefined ? null : plaintextNode(model, contract, record)
  const chances = leaf === null ? chancesOf(opened) : (leaf.shares ?? chancesOf({ counts: leaf.value }))
  // A model without chances is sure of its answers.
  return { given, chances: chances ?? (model.classes ?? []).map((_, i) => Number(i === given)) }
}

function openedBy(model: ModelJson, contract: Contract, record: ReadonlyMap<string, Value>): Opened {
  const { linear, network, points, boosted } = model
  if (boosted !== undefined) return plaintextTrees(model, boosted, settled(contract, record))
  const sums = linear ?? network
  if (sums !== undefined) return plaintextSums(model, sums, settled(contract, record))
  if (points !== undefined) return plaintextPoints(model, points, settled(contract, record))
  return plaintextLeaf(model, contract, record)
}

/** A record as a model counts it: numbers as the nearest ones on their Grid, texts as the level that stands for them. */
function settled({ columns }: Contract, record: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map(
    columns.map((column): [string, Value] => {
      const value = levelOf(column, record.get(column.name) ?? null)
      if (column.kind !== 'number' || typeof value !== 'number') return [column.name, value]
      const position = Math.min(Math.max(gridPosition(column.grid, value), 0), column.grid.size - 1)
      return [column.name, gridValue(column.grid, position)]
    }),
  )
}

/** The answer of points: numbers are compared with the bounds of intervals. */
function plaintextPoints(
  { classes }: ModelJson,
  { base, columns, pairs, meaning }: JsonAdditive,
  record: ReadonlyMap<string, Value>,
): Opened {
  const places = columns.map((column) => placeIn(column, record.get(column.column) ?? null))
  const tables = columns.map(pointsOf)
  const own = places.map((place, i) => at(at(tables, i), place))
  const paired = pairs.map(({ columns: names, points }) => {
    const [first, second] = names.map((name) =>
      at(
        places,
        columns.findIndex(({ column }) => column === name),
      ),
    )
    return at(at(points, first ?? -1), second ?? -1)
  })
  const sums = base.map((start, k) => [...own, ...paired].reduce((sum, points) => sum + at(points, k), start))
  return openSums({ meaning, answers: classes }, sums)
}

/** The points of every position, that of a missing value first. */
function pointsOf({ missing, intervals, levels }: JsonPoints): (readonly number[])[] {
  return [...(missing === null ? [] : [missing]), ...(intervals ?? levels ?? []).map(({ points }) => points)]
}

function placeIn({ missing, intervals, levels }: JsonPoints, value: Value): number {
  const first = missing === null ? 0 : 1
  if (value === null) return 0
  if (levels !== undefined) return first + levels.findIndex(({ level }) => level === value)
  return first + (intervals ?? []).findIndex(({ upTo }) => upTo === null || Number(value) <= upTo)
}

/** The answer of sums: numbers are placed by their values, not their cells. */
function plaintextSums(
  { classes }: ModelJson,
  { link, inputs, products, outputs }: JsonLinear,
  record: ReadonlyMap<string, Value>,
): Opened {
  const own = inputs.map((input) => {
    const value = record.get(input.column) ?? null
    if ('level' in input) return value === input.level ? input.counts : 0
    if (value === null) return 0
    const steps = Math.round((Number(value) - input.minimum) / input.step)
    return Math.round((steps * input.factor) / input.divisor) - input.middle
  })
  const product = (places: readonly number[]) => places.reduce((sofar, place) => sofar * at(own, place), 1)
  const numbers = products?.map(({ of, divisor }) => Math.round(product(of) / divisor)) ?? own
  const scores = outputs.map(({ bias, weights }) =>
    weights.reduce((sum, weight, i) => sum + weight * at(numbers, i), bias),
  )
  return openScores({ link, answers: classes }, scores)
}

/**
 * The leaf of the plaintext tree in `model.json`, by comparing numbers with thresholds: another path than cells and
 * cuts, to check the encrypted evaluation against.
 */
export function plaintextLeaf(model: ModelJson, contract: Contract, record: ReadonlyMap<string, Value>): Opened {
  const node = plaintextNode(model, contract, record)
  if (model.classes === null) {
    const { n, impurity } = node
    const [answer = Number.NaN, deviation] = [node.value[0], Math.sqrt(impurity)]
    if (n === 0 || isTooFew([n])) return { kind: 'number', answer }
    return { kind: 'number', answer, rows: n, deviation }
  }
  // Of a tree that came without its training rows, a leaf holds what it tells.
  if (node.n === 0) {
    const { answer = '', shares } = node
    return { kind: 'class', answer, ...(shares === undefined ? {} : { shares }) }
  }
  const most = node.value.reduce((a, b) => Math.max(a, b))
  const answer = node.answer ?? model.classes[node.value.indexOf(most)]
  if (answer === undefined) throw new TypeError('a leaf without an answer')
  const { counts = node.value, value: weights } = node
  // Where there are counts beside the value, rows are weighted.
  const isPublished = node.counts === undefined && !isTooFew(counts)
  const { shares = isPublished ? undefined : toldShares({ counts, weights }) } = node
  return { kind: 'class', answer, ...(isPublished ? { counts } : {}), ...(shares === undefined ? {} : { shares }) }
}

function plaintextNode(model: ModelJson, contract: Contract, record: ReadonlyMap<string, Value>): JsonNode {
  const values = new Map<string, number>()
  for (const feature of contract.features) {
    const value = record.get(feature.column) ?? null
    const column = contract.columns.find(({ name }) => name === feature.column)
    const number =
      column?.kind === 'number' && typeof value === 'number'
        ? value
        : 'level' in feature
          ? Number(levelOf(column, value) === feature.level)
          : model.columns.find(({ name }) => name === feature.column)?.missing === 'below'
            ? -Infinity
            : Infinity
    values.set(featureName(feature), number)
  }
  if (model.tree === undefined) throw new TypeError('a model that is no tree')
  let node: JsonNode = model.tree
  while (node.feature !== undefined && node.left !== undefined && node.right !== undefined) {
    node = goesLeft(node, contract, values, record) ? node.left : node.right
  }
  return node
}

function goesLeft(
  { feature = '', threshold, levels }: JsonNode,
  contract: Contract,
  values: ReadonlyMap<string, number>,
  record: ReadonlyMap<string, Value>,
): boolean {
  if (levels === undefined) return (values.get(feature) ?? Number.NaN) <= (threshold ?? Number.NaN)
  const column = contract.columns.find(({ name }) => name === feature)
  const level = levelOf(column, record.get(feature) ?? null)
  return typeof level !== 'string' || !levels.includes(level)
}

/** The level of a text: itself, or the one that stands for all other texts. */
function levelOf(column: Column | undefined, value: Value): Value {
  if (column?.kind !== 'text' || typeof value !== 'string' || column.levels.includes(value)) return value
  return column.other ?? value
}

/** The answer of a sum of trees: values are compared with thresholds. */
function plaintextTrees(
  { classes }: ModelJson,
  { link, base, trees }: JsonTrees,
  record: ReadonlyMap<string, Value>,
): Opened {
  const scores = [...base]
  for (const { output, root } of trees) {
    let node = root
    while (!('scores' in node)) node = goesToYes(node, record.get(node.column) ?? null) ? node.yes : node.no
    node.scores.forEach((score, i) => {
      scores[output ?? i] = at(scores, output ?? i) + score
    })
  }
  return openScores({ link, answers: classes }, scores)
}

function goesToYes(node: Exclude<JsonScoreNode, { scores: unknown }>, value: Value): boolean {
  if (value === null) return node.missing === true
  if (typeof value === 'string') return node.levels?.includes(value) === true
  return node.between?.some(([above, below]) => value > (above ?? -Infinity) && value < (below ?? Infinity)) === true
}
