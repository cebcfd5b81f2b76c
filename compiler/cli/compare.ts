import { basename } from 'node:path'
import { badOption } from '../errors.ts'
import { followRecipe } from '../index.ts'
import type { GivenOptions, OptionValues } from '../options.ts'
import { estimateRows, shown } from '../report/assessment.ts'
import { positiveOf } from '../report/clinical.ts'
import { type Differences, differencesOf, rightAlone } from '../report/differences.ts'
import type { Estimate } from '../report/estimates.ts'
import { positiveNamed, positiveRows } from '../report/figures.ts'
import { figuresOfRuns, type HeldOut, heldOutRuns } from '../report/held-out.ts'
import type { Table } from '../table.ts'
import { significant } from '../text.ts'
import { aligned } from './aligned.ts'
import { moduleOf } from './command.ts'
import { recipeIn } from './compile-options.ts'
import { jsonRow } from './rows.ts'

const rows = {
  folds: { type: 'number', whole: true, least: 2, default: 10, text: 'folds of cross-validation, the same for both' },
  'test-size': {
    type: 'number',
    above: 0,
    below: 1,
    text: 'share of rows to hold out instead of cross-validation',
    usual: 'none',
  },
  seed: { type: 'number', whole: true, least: 0, default: 0, text: 'seed by which rows are dealt' },
  positive: positiveRows.positive,
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: { name: 'files', text: 'two recipes, as for --config, and the training data', many: true },
  options: rows,
  examples: [
    ['compare small.json large.json train.csv', 'a recipe: { "max-depth": 3 }'],
    ['compare tree.json boosted.json train.csv --folds 5 --json', ''],
  ],
  run: (values, _, __, files) => compare(values, files),
})

async function compare(values: OptionValues<typeof rows>, files: readonly string[]): Promise<void> {
  const [a, b, csv] = files
  if (a === undefined || b === undefined || csv === undefined || files.length !== 3)
    throw badOption('files', files.join(' '), 'two recipes and the data: a.json b.json data.csv')
  const recipes = [recipeIn(a, csv), recipeIn(b, csv)] as const
  requireSameRows(recipes[0].given, recipes[1].given, b)
  const [first, second] = [await followRecipe(recipes[0].training), await followRecipe(recipes[1].training)]
  requireSameTarget(first.table, second.table, b)
  const { target } = first.table
  const answers = target.kind === 'classes' ? target.answers : null
  const named = positiveNamed(values.positive ?? target.document.positive ?? undefined, answers)
  const positive = answers === null ? null : positiveOf(answers, named)
  const { folds, seed } = values
  const options = { folds, seed, repeats: 1, testSize: values['test-size'] ?? null }
  const held = [first, second].map(({ table, refit }) => {
    const runs = heldOutRuns(table, (part) => refit(part), options)
    if (runs === null) throw badOption('folds', folds, 'data with rows enough to hold some out')
    return figuresOfRuns(table, runs, positive?.place)
  })
  const [one, other] = held as [HeldOut, HeldOut]
  const differences = differencesOf(one, other, answers?.length ?? null, positive?.place)
  const alone = answers === null ? null : rightAlone(one.outcomes, other.outcomes)
  const compared = { rows: one.outcomes.length, folds: one.folds, seed }
  if (values.json) {
    const told = (file: string, { estimates }: HeldOut) => ({ file: basename(file), figures: estimates })
    console.log(
      JSON.stringify({ ...compared, first: told(a, one), second: told(b, other), differences, rightAlone: alone }),
    )
    return
  }
  const how = one.folds === null ? 'held out once' : `in ${one.folds} folds`
  const text = [
    `${compared.rows} rows not seen, ${how}, the same for both; 95% intervals in brackets`,
    ...aligned(tableOf([basename(a), basename(b)], one, other, differences)),
    ...(alone === null
      ? []
      : [`Right alone: ${basename(a)} on ${alone.first} rows, ${basename(b)} on ${alone.second}.`]),
    `A difference whose interval holds 0 may be chance. ${one.folds === null ? 'The intervals are for the models that were tried.' : 'The intervals also hold what another deal of the rows to folds changes.'}`,
  ]
  console.log(text.join('\n'))
}

/** Options that decide which rows there are, what is true of them, and what they count. */
const ofRows = ['target', 'task', 'drop-unlabelled', 'sample-weight', 'group'] as const

/** @throws {CompileError} `bad-option` where two recipes are not for the same rows. */
function requireSameRows(first: GivenOptions, second: GivenOptions, file: string): void {
  for (const name of ofRows) {
    if (first[name] === second[name]) continue
    const other =
      first[name] === undefined ? 'nothing, as in the other recipe' : `${first[name]}, as in the other recipe`
    throw badOption(name, second[name] ?? 'not given', `${other}: ${file} must be for the same rows`)
  }
}

/** Recipes may say how the file is read, too. @throws {CompileError} `bad-option` */
function requireSameTarget(first: Table, second: Table, file: string): void {
  const truth = ({ target }: Table) => (target.kind === 'classes' ? target.classes : target.cells)
  const isSame =
    first.rows === second.rows &&
    String(answersOf(first)) === String(answersOf(second)) &&
    truth(first).every((value, row) => value === truth(second)[row])
  if (!isSame) throw badOption('target', file, 'two recipes that read the same answers for the same rows')
}

const answersOf = ({ target }: Table) => (target.kind === 'classes' ? target.answers : [])

/** Each figure by both recipes, and the difference. */
function tableOf(names: readonly string[], one: HeldOut, other: HeldOut, differences: Differences): string[][] {
  const [own, theirs] = [new Map(estimateRows(one.estimates)), new Map(estimateRows(other.estimates))]
  const keys = Object.keys(one.estimates).filter((key) => key !== 'calibration')
  const isOfAnswers = 'accuracy' in one.estimates
  const inPoints = (value: number) => `${signed((100 * value).toFixed(1))} points`
  const show = (key: string) => {
    if (['accuracy', 'balancedAccuracy'].includes(key)) return inPoints
    return (value: number) => signed(isOfAnswers ? value.toFixed(3) : significant(value))
  }
  const shownBy = (key: string) => shown(differences[key] as Estimate | null, show(key))
  return [
    ['figure', ...names, `${names[1]} - ${names[0]}`],
    ...[...own.keys()].slice(0, keys.length).map((name, i) => {
      return [name, own.get(name) ?? '', theirs.get(name) ?? '', shownBy(keys[i] ?? '')]
    }),
  ]
}

const signed = (number: string) =>
  number.startsWith('-') || Number(number) === 0 ? number.replace(/^-(?=0\.?0*$)/, '') : `+${number}`
