import { damagedLine, unknownObjective } from '../errors.ts'
import type { ForeignLink, ForeignOutcome } from '../foreign.ts'

/** What the line `objective=` says, `binary sigmoid:1` for example; null: a model of no objective gives its scores. */
export function lightgbmObjective(
  file: string,
  written: { readonly value: string; readonly line: number } | null,
): { link: ForeignLink; outcome: ForeignOutcome } {
  const [name = '', ...parameters] = written === null ? ['none'] : written.value.split(' ')
  const parameter = (key: string): number => {
    const found = parameters.find((word) => word.startsWith(`${key}:`))?.slice(key.length + 1)
    const number = found === undefined ? 1 : Number(found)
    if (!(number > 0 && Number.isFinite(number))) {
      throw damagedLine(file, written?.line ?? 1, String(found), `a positive ${key}`)
    }
    return number
  }
  switch (name) {
    case 'binary':
      return { link: logistic(parameter('sigmoid')), outcome: two }
    case 'cross_entropy':
    case 'xentropy':
      return { link: logistic(1), outcome: number }
    case 'cross_entropy_lambda':
    case 'xentlambda':
      return { link: { kind: 'softplus' }, outcome: number }
    case 'multiclass':
    case 'softmax':
      return { link: { kind: 'softmax' }, outcome: several }
    case 'multiclassova':
    case 'multiclass_ova':
    case 'ova':
    case 'ovr':
      return { link: logistic(parameter('sigmoid')), outcome: several }
    case 'poisson':
    case 'gamma':
    case 'tweedie':
      return { link: { kind: 'exponential' }, outcome: number }
    case 'regression':
    case 'regression_l2':
    case 'l2':
      return { link: { kind: parameters.includes('sqrt') ? 'square' : 'identity' }, outcome: number }
    case 'regression_l1':
    case 'l1':
    case 'huber':
    case 'fair':
    case 'quantile':
    case 'mape':
    case 'lambdarank':
    case 'rank_xendcg':
    case 'none':
    case 'custom':
      return { link: { kind: 'identity' }, outcome: number }
    default:
      throw unknownObjective(file, name)
  }
}

const logistic = (steepness: number): ForeignLink => ({ kind: 'logistic', steepness, normalised: false })
const number: ForeignOutcome = { kind: 'number' }
const several: ForeignOutcome = { kind: 'several', answers: null, of: 'value' }
/** The scikit-learn wrapper takes the larger of p and 1 - p, the first on a tie. */
export const two: ForeignOutcome = { kind: 'two', answers: null, of: 'value', limit: 0.5, tie: 'first' }
