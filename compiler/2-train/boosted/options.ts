import { badOption } from '../../errors.ts'
import { type GivenOptions, type OptionValues, readOptions } from '../../options.ts'
import type { Target } from '../../table.ts'
import { type ClassWeight, checkClassWeight, classWeightOf, trainRows } from '../options.ts'

/** How a sum of trees is trained. */
export interface BoostedOptions {
  /** Public cuts of a column at most, that of missing values among them. */
  readonly cuts: number
  /** Rounds of boosting, each a tree, or one for each of several answers; null to choose. */
  readonly trees: number | null
  /** Most tests in a row, from 1 to 4; null to choose. */
  readonly depth: number | null
  /** The part of each tree that is added, above 0 and up to 1; null to choose. */
  readonly rate: number | null
  readonly classWeight: ClassWeight | null
  /** Folds by which that is chosen; null for five, or as many as there are rows of the rarest answer. */
  readonly folds: number | null
  readonly seed: number
}

const mostDepth = 4

/** The options of training sums of trees, those that other families have too among them. */
export const boostedRows = {
  trees: {
    type: 'number',
    whole: true,
    least: 1,
    most: 1000,
    text: 'rounds of boosting, each a tree, or one for each of several answers',
    usual: '10 to 200, by cross-validation',
  },
  'learning-rate': {
    type: 'number',
    above: 0,
    most: 1,
    text: 'part of each tree that is added',
    usual: 'by cross-validation',
  },
  'max-depth': trainRows['max-depth'],
  'class-weight': trainRows['class-weight'],
  folds: trainRows.folds,
  seed: trainRows.seed,
} as const

/** @param cuts most public cuts of a column. @throws {CompileError} `bad-option` */
export function boostedOptionsOf(given: GivenOptions, cuts: number | null, target: Target): BoostedOptions {
  const values: OptionValues<typeof boostedRows> = readOptions(boostedRows, given)
  const depth = values['max-depth'] ?? null
  if (depth !== null && depth > mostDepth) {
    throw badOption('max-depth', depth, `a whole number from 1 to ${mostDepth}, with ⸨model⸩ boosted`)
  }
  const classWeight = classWeightOf(values['class-weight'])
  if (classWeight !== null) checkClassWeight(classWeight, target)
  return {
    cuts: cuts ?? 16,
    trees: values.trees ?? null,
    depth,
    rate: values['learning-rate'] ?? null,
    classWeight,
    folds: values.folds ?? null,
    seed: values.seed,
  }
}

/** A recipe in a sentence, for the card. */
export function describeBoosted({ cuts, trees, depth, rate, classWeight }: BoostedOptions, target: Target): string {
  const what = target.kind === 'number' ? 'numbers' : target.answers.length === 2 ? 'a chance' : 'chances'
  const open = [
    trees === null ? 'their number' : null,
    depth === null ? 'their depth' : null,
    rate === null ? 'the rate' : null,
  ].filter((one) => one !== null)
  const set = [
    trees === null ? null : `${trees} rounds`,
    depth === null ? null : `depth ${depth}`,
    rate === null ? null : `rate ${rate}`,
  ].filter((one) => one !== null)
  const chosen = open.length === 0 ? '' : `; ${open.join(', ')} by cross-validation`
  const weights = classWeight === null ? '' : '; answers weighted'
  return `Gradient boosting for ${what} on at most ${cuts} public cuts of each column${set.map((one) => `, ${one}`).join('')}${chosen}${weights}.`
}
