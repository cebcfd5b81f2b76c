import { unknownObjective } from '../errors.ts'
import type { ForeignLink, ForeignOutcome } from '../foreign.ts'
import type { ReaderOptions } from '../options.ts'

/** What an objective means: how `base_score` is scaled, and what follows the sum. */
export interface XgboostObjective {
  /** From `base_score`, which stands in the file after the inverse link, to the sum that it begins with. */
  readonly margin: 'itself' | 'logit' | 'logarithm'
  readonly link: ForeignLink
  readonly outcome: ForeignOutcome
}

const logistic: ForeignLink = { kind: 'logistic', steepness: 1, normalised: false }
const identity: ForeignLink = { kind: 'identity' }
const number: ForeignOutcome = { kind: 'number' }
/** The scikit-learn wrapper takes the second class above 0.5, whatever the objective's prediction is. */
const two: ForeignOutcome = { kind: 'two', answers: null, of: 'value', limit: 0.5, tie: 'first' }

const objectives: ReadonlyMap<string, XgboostObjective> = new Map<string, XgboostObjective>([
  ['binary:logistic', { margin: 'logit', link: logistic, outcome: two }],
  ['binary:hinge', { margin: 'itself', link: { kind: 'step' }, outcome: two }],
  ['reg:logistic', { margin: 'logit', link: logistic, outcome: number }],
  [
    'multi:softmax',
    { margin: 'itself', link: { kind: 'softmax' }, outcome: { kind: 'several', answers: null, of: 'value' } },
  ],
  [
    'multi:softprob',
    { margin: 'itself', link: { kind: 'softmax' }, outcome: { kind: 'several', answers: null, of: 'value' } },
  ],
  ...['count:poisson', 'reg:gamma', 'reg:tweedie', 'survival:cox', 'survival:aft'].map(
    (name) => [name, { margin: 'logarithm', link: { kind: 'exponential' }, outcome: number }] as const,
  ),
  ...[
    'reg:squarederror',
    'reg:linear',
    'reg:squaredlogerror',
    'reg:pseudohubererror',
    'reg:absoluteerror',
    'reg:quantileerror',
    'rank:pairwise',
    'rank:ndcg',
    'rank:map',
  ].map((name) => [name, { margin: 'itself', link: identity, outcome: number }] as const),
])

/**
 * @param version of XGBoost, [major, minor]: `binary:logitraw` changed its scale with 1.4.
 * @throws {CompileError} `unknown-objective`, unless the link is given.
 */
export function xgboostObjective(
  file: string,
  name: string,
  version: readonly [number, number],
  { link }: Pick<ReaderOptions, 'link'>,
): XgboostObjective {
  const known = name === 'binary:logitraw' ? logitraw(version) : objectives.get(name)
  if (link === null) {
    if (known === undefined) throw unknownObjective(file, name)
    return known
  }
  const outcome = known?.outcome ?? (link.kind === 'logistic' ? two : link.kind === 'softmax' ? several : number)
  const asked = link.kind === 'logistic' && outcome.kind === 'number' ? two : outcome
  return { margin: known?.margin ?? 'itself', link, outcome: asked }
}

const several: ForeignOutcome = { kind: 'several', answers: null, of: 'value' }

function logitraw([major, minor]: readonly [number, number]): XgboostObjective {
  const before14 = major < 1 || (major === 1 && minor < 4)
  return { margin: before14 ? 'logit' : 'itself', link: identity, outcome: two }
}
