import { badOption } from '../../errors.ts'
import type { GivenOptions, OptionValues } from '../../options.ts'
import { readOptions } from '../../options.ts'
import type { Target } from '../../table.ts'
import { linearRows } from '../linear/options.ts'
import { classWeightOf, trainRows } from '../options.ts'
import { type AdditiveOptions, defaultAdditiveOptions, type NamedPair } from './options.ts'

/** The options of training points, those that other families have too among them. */
export const additiveRows = {
  points: {
    type: 'number',
    whole: true,
    least: 1,
    most: 65_535,
    text: 'most points between the smallest and the largest sum',
    usual: '63, 255 or 4095, by cross-validation; 255 where the answer alone is revealed',
  },
  pairs: {
    type: 'text',
    text: 'pairs of columns with points of their own: so many, chosen from the data, or named as in age:chol,sex:thal',
    usual: 'none',
  },
  fit: {
    type: 'choice',
    choices: ['penalised', 'stumps'],
    text: 'points by penalised regression, or by boosted stumps',
    usual: 'penalised',
  },
  penalty: linearRows.penalty,
  rounds: { type: 'number', whole: true, least: 0, text: 'stumps that are boosted', usual: 'by cross-validation' },
  'class-weight': trainRows['class-weight'],
  folds: trainRows.folds,
  seed: trainRows.seed,
} as const

/** @param cuts most public cuts of a column. @throws {CompileError} `bad-option` */
export function additiveOptionsOf(given: GivenOptions, cuts: number | null): AdditiveOptions {
  const values: OptionValues<typeof additiveRows> = readOptions(additiveRows, given)
  const usual = defaultAdditiveOptions
  return {
    cuts: cuts ?? usual.cuts,
    points: values.points ?? null,
    fit: values.fit ?? usual.fit,
    penalty: values.penalty ?? null,
    rounds: values.rounds ?? null,
    pairs: values.pairs === undefined ? 0 : pairsOf(String(values.pairs)),
    classWeight: classWeightOf(values['class-weight']),
    folds: values.folds ?? usual.folds,
    seed: values.seed,
  }
}

/** `3`, or `age:chol,sex:thal`. @throws {CompileError} `bad-option` */
function pairsOf(text: string): number | readonly NamedPair[] {
  if (/^\d+$/.test(text)) return Number(text)
  return text.split(',').map((pair): NamedPair => {
    const [first, second, ...others] = pair.split(':').map((name) => name.trim())
    if (first === undefined || second === undefined || others.length > 0 || first === '' || second === '') {
      throw badOption('pairs', text, 'a number, or two names of columns as in age:chol, several by commas')
    }
    return [first, second]
  })
}

/** A recipe in a sentence, for the card. */
export function describeAdditive(
  { cuts, points, fit, penalty, rounds, classWeight, folds }: AdditiveOptions,
  target: Target,
): string {
  const what = target.kind === 'number' ? 'numbers' : target.answers.length === 2 ? 'a chance' : 'chances'
  const how =
    fit === 'stumps'
      ? `boosted stumps, ${rounds === null ? 'their number by cross-validation' : `${rounds} of them`}`
      : `regression with a penalty on unlike neighbours, ${penalty === null ? 'its strength by cross-validation' : `of strength ${penalty}`}`
  const width = points === null ? 'as many as cross-validation asks for' : `at most ${points} between the sums`
  const weights = classWeight === null ? '' : '; answers weighted'
  return `Points for ${what} on at most ${cuts} public cuts of each column, by ${how}; whole points, ${width}; ${folds} folds${weights}.`
}
