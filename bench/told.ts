/**
 * Heart disease divided again and again, 212 patients to train on and 91 that the tree has not seen: what those are told
 * beside what they had. And patients of several visits: what rows of others say of a patient.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { read } from '../compiler/1-read/read.ts'
import { fitTree } from '../compiler/2-train/fit.ts'
import { defaultTrainOptions, type TrainOptions } from '../compiler/2-train/options.ts'
import { seededRandom, shuffled, spread } from '../compiler/folds.ts'
import { heldOutFigures } from '../compiler/report/held-out.ts'
import { outcomesOf, type RowOutcome } from '../compiler/report/outcome.ts'

const training = 212

const recipes: Readonly<Record<string, TrainOptions>> = {
  pruned: defaultTrainOptions,
  'not pruned': { ...defaultTrainOptions, maxDepth: 100, minSamplesLeaf: 1, prune: null },
}

interface ToldResult {
  readonly recipe: string
  readonly splits: number
  /** Of chances of disease in fifths: told and seen, in points, and how many people. */
  readonly fifths: readonly { readonly told: number; readonly seen: number; readonly people: number }[]
  /** The distance of told and seen in these fifths, weighted by people, in points. */
  readonly distance: number
  /** The share told for a person's answer, minus how often that answer is right: the mean over people, in points. */
  readonly toldMinusSeen: number
}

export async function toldSection(print: (line: string) => void, splits = 30): Promise<ToldResult[]> {
  print(`told: heart disease, ${splits} divisions, chance told and share seen by fifths of the chance`)
  const table = await read({ csv: 'datasets/heart-disease.csv', schema: null, target: null, delimiter: null })
  return Object.entries(recipes).map(([recipe, options]) => {
    const random = seededRandom(1)
    const outcomes: RowOutcome[] = []
    for (let split = 0; split < splits; split++) {
      const order = shuffled(table.rows, random)
      const { model } = fitTree(table, options, order.slice(0, training).sort())
      outcomes.push(...outcomesOf(table, model, order.slice(training).sort()))
    }
    const fifths = [0, 1, 2, 3, 4].flatMap((fifth) => {
      const own = outcomes.filter(({ chances }) => Math.min(4, Math.floor(5 * at(chances, 1))) === fifth)
      if (own.length === 0) return []
      const told = 100 * spread(own.map(({ chances }) => at(chances, 1))).mean
      const seen = 100 * spread(own.map(({ truth }) => truth)).mean
      return [{ told, seen, people: own.length }]
    })
    const distance = fifths.reduce((sum, one) => sum + one.people * Math.abs(one.told - one.seen), 0) / outcomes.length
    const each = fifths.map((one) => `${one.told.toFixed(1)} / ${one.seen.toFixed(1)} (${one.people})`)
    const own = spread(outcomes.map(({ chances, given, truth }) => at(chances, given) - Number(given === truth)))
    const toldMinusSeen = 100 * own.mean
    print(
      `  ${recipe}: told / seen ${each.join(', ')}; ${distance.toFixed(1)} points apart by people; ` +
        `of the answer that is given, told minus seen ${toldMinusSeen.toFixed(1)}`,
    )
    return { recipe, splits, fifths, distance, toldMinusSeen }
  })
}

/** 60 patients of five visits each, half of them ill at random: nothing can be known of a new one. */
export async function groupsSection(
  print: (line: string) => void,
): Promise<{ readonly accuracies: readonly number[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-visits-'))
  try {
    const random = seededRandom(7)
    // Half of them ill, so that always giving the most frequent answer reaches no more than a coin.
    const order = shuffled(60, random)
    const rows = Array.from({ length: 60 }, (_, patient) => {
      const own = Array.from({ length: 4 }, () => Math.floor(random() * 101))
      const state = at(order, patient) < 30 ? 'ill' : 'well'
      return Array.from({ length: 5 }, () => [
        patient,
        ...own.map((value) => value + Math.floor(random() * 3) - 1),
        state,
      ])
    }).flat()
    const csv = join(directory, 'visits.csv')
    await writeFile(csv, [['patient', 'x0', 'x1', 'x2', 'x3', 'state'], ...rows].join('\n'))
    const reading = { csv, schema: null, target: 'state', delimiter: null }
    const table = await read({ ...reading, group: 'patient' })
    const accuracies = Array.from({ length: 10 }, (_, seed) => {
      const recipe = { ...defaultTrainOptions, prune: { folds: null, seed } }
      const refit = (part: Uint32Array) => fitTree(table, recipe, part).model
      const held = heldOutFigures(table, refit, { folds: 10, repeats: 1, seed, testSize: null })
      if (held === null || !('accuracy' in held.estimates)) throw new TypeError('nothing was held out')
      return held.estimates.accuracy.value
    })
    const { mean, deviation } = spread(accuracies)
    print(
      `groups: 60 patients of five visits, half of them ill at random, accuracy with --group, seeds 0 to 9: ` +
        `${(100 * mean).toFixed(1)} (deviation ${(100 * (deviation ?? 0)).toFixed(1)})`,
    )
    return { accuracies }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
