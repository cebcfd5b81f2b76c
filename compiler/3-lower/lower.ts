import { createHash } from 'node:crypto'
import { encode } from 'cborg'
import {
  featureName,
  formatVersion,
  leastBlindingBits,
  type SignsContract,
  widestBlinding,
} from '../../runtime/contract.ts'
import { cellCount } from '../../runtime/grid.ts'
import { badOption, keyTooSmall } from '../errors.ts'
import type { Decision, LabelPlan, Plan, SignsLeakage, SignsPlan, Test } from '../plan.ts'
import { columnOf, depthOf, leavesOf, type Node, splitsOf, type Tree } from '../tree.ts'
import { signsCost } from './cost.ts'
import { type LabelOptions, lowerLabel } from './label.ts'

export interface SignsOptions {
  readonly reveal?: 'signs'
  /** The model's name: it becomes part of the keys in a store. */
  readonly model: string
  readonly keyBits: number
  /** The public key of signed replies, as in {@link SignsContract}; without one they are not signed. */
  readonly replyKey?: string
  /** Whether the tests, with their thresholds, are published in words, so that a page shows the path taken. */
  readonly showPath?: boolean
}

export type LowerOptions = SignsOptions | LabelOptions

/** The lengths offered to users. Shorter keys are for tests, which call {@link lower} themselves. */
export const keyLengths = [2048, 3072, 4096] as const

/** @throws {CompileError} `bad-option` */
export function checkModelName(model: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(model)) {
    throw badOption('--name', model, 'up to 64 small letters, digits and hyphens')
  }
}

/**
 * Lowers a tree to what its two modules do.
 *
 * @throws {CompileError} `bad-option`, `key-too-small`, `not-public`, `too-few-leaves`
 */
export function lower(tree: Tree, options: SignsOptions): SignsPlan
export function lower(tree: Tree, options: LabelOptions): LabelPlan
export function lower(tree: Tree, options: LowerOptions): Plan
export function lower(tree: Tree, options: LowerOptions): Plan {
  checkModelName(options.model)
  return options.reveal === 'label' ? lowerLabel(tree, options) : lowerSigns(tree, options)
}

/**
 * Lowers a tree to what its two modules do in `signs`: equal tests are merged and numbered in the order in which the
 * tree meets them from the root leftwards, so that their order says nothing that its shape does not; features that no
 * test uses fall away; the blinding grows to fill the slots that are there anyway.
 *
 * @throws {CompileError} `key-too-small`
 */
function lowerSigns(tree: Tree, { model, keyBits, replyKey, showPath = false }: SignsOptions): SignsPlan {
  const splits = splitsOf(tree.root)
  const used = [...new Set(splits.map(({ feature }) => feature))].sort((a, b) => a - b)
  const tests: Test[] = []
  const positions = new Map<string, number>()
  for (const { feature, cut } of splits) {
    const id = `${feature} ${cut}`
    if (positions.has(id)) continue
    positions.set(id, tests.length)
    tests.push({ feature: used.indexOf(feature), cut })
  }
  const decide = (node: Node): Decision =>
    node.kind !== 'split'
      ? node
      : {
          kind: 'test',
          test: positions.get(`${node.feature} ${node.cut}`) ?? 0,
          left: decide(node.left),
          right: decide(node.right),
        }
  const decision = decide(tree.root)

  const features = tree.features.filter((_, i) => used.includes(i))
  const columns = tree.columns.filter(({ name }) => features.some(({ column }) => column === name))
  const contract: SignsContract = {
    format: formatVersion,
    model,
    reveal: 'signs',
    keyBits,
    columns,
    features,
    ignored: tree.columns.filter((column) => !columns.includes(column)).map(({ name }) => name),
    missingValues: tree.missingValues,
    answers: tree.answers,
    tests: tests.length,
    blindingBits: blindingBits(keyBits, tests.length, columns),
    decision: createHash('sha256').update(encode(decision)).digest('hex'),
    ...(replyKey === undefined ? {} : { replyKey }),
  }
  return {
    reveal: 'signs',
    contract,
    server: { tests },
    client: { decision },
    cost: signsCost(contract),
    leakage: { ...leakage(tree, contract), ...(showPath ? { publishesTests: true } : {}) },
  }
}

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
    reveal: 'signs',
    tests: contract.tests,
    leaves: leavesOf(tree.root).length,
    depth: depthOf(tree.root),
    blindingBits: contract.blindingBits,
    thresholdAdvantage: thresholdAdvantage(distance, contract.blindingBits - leastBlindingBits(contract.columns)),
    features: contract.features.map(featureName),
  }
}
