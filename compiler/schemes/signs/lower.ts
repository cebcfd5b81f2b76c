import { createHash } from 'node:crypto'
import { encode } from 'cborg'
import { at } from 'emp-compile-runtime/internal/at'
import { featureName, formatVersion } from 'emp-compile-runtime/internal/contract'
import { cellCount } from 'emp-compile-runtime/internal/grid'
import {
  leastBlindingBits,
  type SignsContract,
  signsMessages,
  widestBlinding,
} from 'emp-compile-runtime/internal/schemes/signs/contract'
import { keyTooSmall } from '../../errors.ts'
import { columnOf, depthOf, leavesOf, type Node, publishedLeaf, type Split, splitsOf, type Tree } from '../../tree.ts'
import type { Naming } from '../scheme.ts'
import { signsCost } from './cost.ts'
import type { Decision, PlannedTest, SignsLeakage, SignsPlan } from './plan.ts'

/** How a tree is revealed test by test. */
export interface SignsSettings {
  /** Bits of the clients' Paillier keys. Shorter ones than are offered to users are for tests. */
  readonly keyBits: number
  /** Whether the tests, with their thresholds, are published in words, so that a page shows the path taken. */
  readonly showPath?: boolean
}

/**
 * Lowers a tree to what its two modules do in `signs`: equal tests are merged and numbered in the order in which the
 * tree meets them from the root leftwards, so that their order says nothing that its shape does not; features that no
 * test uses fall away; the blinding grows to fill the slots that are there anyway.
 *
 * @throws {CompileError} `key-too-small`
 */
export function lowerSigns(
  tree: Tree,
  { keyBits, showPath = false }: SignsSettings,
  { name, replyKey }: Naming,
): SignsPlan {
  const splits = splitsOf(tree.root)
  const used = usedFeatures(tree, splits)
  const tests: PlannedTest[] = []
  const positions = new Map<string, number>()
  const idOf = ({ feature, cut, also = [] }: Split) => [feature, cut, ...also].join(' ')
  for (const split of splits) {
    const { feature, cut, also } = split
    if (positions.has(idOf(split))) continue
    positions.set(idOf(split), tests.length)
    const others = also === undefined ? {} : { also: also.map((other) => used.indexOf(other)) }
    tests.push({ feature: used.indexOf(feature), cut, ...others })
  }
  const positionOf = (split: Split) => {
    const position = positions.get(idOf(split))
    if (position === undefined) throw new TypeError('a split is not among the tests')
    return position
  }
  const decide = (node: Node): Decision =>
    node.kind !== 'split'
      ? publishedLeaf(node)
      : {
          kind: 'test',
          test: positionOf(node),
          left: decide(node.left),
          right: decide(node.right),
        }
  const decision = decide(tree.root)

  const features = tree.features.filter((_, i) => used.includes(i))
  const columns = tree.columns.filter(({ name }) => features.some(({ column }) => column === name))
  const sized = {
    keyBits,
    columns,
    features,
    tests: tests.length,
    blindingBits: blindingBits(keyBits, tests.length, columns),
  }
  const contract: SignsContract = {
    format: formatVersion,
    name,
    family: 'tree',
    reveal: 'signs',
    scheme: 'paillier',
    ...sized,
    ignored: tree.columns.filter((column) => !columns.includes(column)).map(({ name }) => name),
    missingValues: tree.missingValues,
    answers: tree.answers,
    messages: signsMessages(sized),
    decision: createHash('sha256').update(encode(decision)).digest('hex'),
    ...(replyKey === undefined ? {} : { replyKey }),
  }
  return {
    contract,
    server: { tests },
    client: { decision },
    cost: signsCost(contract, factorsOf(tests)),
    leakage: { ...leakage(tree, contract), ...(showPath ? { publishesTests: true } : {}) },
  }
}

/** The features that tests ask. Where one asks for several levels, all of the column are sent: none tells which. */
function usedFeatures({ features }: Tree, splits: readonly Split[]): readonly number[] {
  const whole = new Set(
    splits.flatMap(({ feature, also }) => (also === undefined ? [] : [at(features, feature).column])),
  )
  const asked = new Set(splits.map(({ feature }) => feature))
  return features.flatMap(({ column }, i) => (asked.has(i) || whole.has(column) ? [i] : []))
}

/** The ciphertexts that the tests raise to a power: one each, or one for each level. */
const factorsOf = (tests: readonly PlannedTest[]) => tests.reduce((sum, { also = [] }) => sum + 1 + also.length, 0)

function blindingBits(keyBits: number, tests: number, columns: SignsContract['columns']): number {
  try {
    return widestBlinding(keyBits, tests, columns)
  } catch {
    throw keyTooSmall(keyBits, tests)
  }
}

/**
 * The advantage with which one reply tells |x - c| = 1 from `distance`, at most. The logarithm of a blinded value is
 * that of r, uniform over `span` bits, shifted by that of u + sigma with sigma = s / r uniform in (-1, 1). So two
 * values of u differ by the expected difference of their shifts over the span; for |u| = 1 the expectation of
 * log2(1 + sigma) is 1 - 1 / ln 2 = -0.44, and 0.5 covers the rounding to integers.
 */
export function thresholdAdvantage(distance: number, span: number): number {
  return Math.min(1, (Math.log2(2 * distance + 1) + 0.5) / span)
}

function leakage(tree: Tree, contract: SignsContract): SignsLeakage {
  const distance = Math.max(1, ...contract.features.map((feature) => cellCount(columnOf(contract, feature)) - 1))
  return {
    tests: contract.tests,
    leaves: leavesOf(tree.root).length,
    depth: depthOf(tree.root),
    blindingBits: contract.blindingBits,
    thresholdAdvantage: thresholdAdvantage(distance, contract.blindingBits - leastBlindingBits(contract.columns)),
    features: contract.features.map(featureName),
  }
}
