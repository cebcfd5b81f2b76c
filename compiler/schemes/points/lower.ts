import { at } from 'emp-compile-runtime/internal/at'
import { formatVersion } from 'emp-compile-runtime/internal/contract'
import type { Grid } from 'emp-compile-runtime/internal/grid'
import {
  type PointsContract,
  type PointsLabelContract,
  type PointsScoreContract,
  pointsMessages,
  positionCounts,
} from 'emp-compile-runtime/internal/schemes/points/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { badOption } from '../../errors.ts'
import { answerOfSums, answersOfPoints, meaningOf, type Points, sumRange, sumWidth } from '../../points.ts'
import { answersOn, answersOver, type PossibleAnswer } from '../answers.ts'
import { usualPoints } from '../points-options.ts'
import type { Naming } from '../scheme.ts'
import { pointsCost } from './cost.ts'
import type { PointsLabelPlan, PointsLeakage, ScorePlan } from './plan.ts'

/** Most bits of a sum of `score`. */
const mostBits = 31

/** Lowers points to what two modules do where the client learns the sums. */
export function lowerScore(model: Points, _: unknown, naming: Naming): ScorePlan {
  const outputs = model.base.length
  const reach = model.base.map((base, k) =>
    tablesOf(model).reduce((sum, table) => sum + Math.max(...table.map((own) => Math.abs(at(own, k)))), Math.abs(base)),
  )
  const bits = Math.ceil(Math.log2(1 + Math.max(...reach)))
  if (bits > mostBits) throw new RangeError('a sum takes more than 31 bits')
  const own = { ...shapeOf(model), reveal: 'score', outputs } as const
  const contract: PointsScoreContract = {
    ...own,
    ...named(naming),
    meaning: meaningOf(model),
    bound: 2 ** bits,
    answers: answersOfPoints(model),
    messages: pointsMessages(own),
    ...(naming.replyKey === undefined ? {} : { replyKey: naming.replyKey }),
  }
  const server = { tables: tablesOf(model), base: model.base, symbols: [] }
  return { contract, server, client: {}, cost: pointsCost(contract), leakage: leakageOf(contract) }
}

/** How the answer alone is revealed. */
export interface PointsLabelSettings {
  /** The points between the smallest and the largest sum, at most; null for the usual number, or more if the model has more. */
  readonly points: number | null
  readonly probability: boolean
  /** Of models of numbers, the numbers that there are. */
  readonly answerGrid: Grid | null
}

/** Lowers points to what two modules do where the client learns the answer alone. @throws {CompileError} `bad-option` */
export function lowerPointsLabel(
  model: Points,
  { points, probability, answerGrid }: PointsLabelSettings,
  naming: Naming,
): PointsLabelPlan {
  if (model.base.length > 1) {
    throw badOption('reveal', 'label', 'points of two answers, of classes by sum, or of numbers. Use ⸨reveal⸩ score')
  }
  if (model.pairs.length > 0) throw badOption('pairs', model.pairs.length, 'nothing with ⸨reveal⸩ label')
  const width = sumWidth(model)
  const most = points ?? Math.max(usualPoints, width)
  if (width > most || most > 65_535)
    throw badOption('points', most, `at least ${width}, and at most 65535, for these points`)
  const possible = possibleOf(model, probability, answerGrid)
  const own = { ...shapeOf(model), reveal: 'label', sums: 2 ** Math.ceil(Math.log2(most + 1)) } as const
  const contract: PointsLabelContract = {
    ...own,
    ...named(naming),
    possible,
    answers: answersOfPoints(model),
    messages: pointsMessages(own),
    ...(naming.replyKey === undefined ? {} : { replyKey: naming.replyKey }),
  }
  const [least] = sumRange(model, 0)
  const symbols = Array.from({ length: own.sums }, (_, s) => symbolOf(contract, answerOfSums(model, [least + s])))
  const server = { tables: tablesOf(model), base: [], symbols }
  return { contract, server, client: {}, cost: pointsCost(contract), leakage: leakageOf(contract) }
}

function shapeOf(model: Points) {
  return {
    format: formatVersion,
    family: 'additive',
    scheme: 'ristretto',
    columns: model.columns.map(({ column }) => column),
    features: model.features,
    cuts: model.columns.map(({ cuts }) => cuts),
    pairs: model.pairs.map(({ columns }) => columns),
    ignored: [],
    missingValues: model.missingValues,
  } as const
}

const named = ({ name }: Naming) => ({ name })

const tablesOf = ({ columns, pairs }: Points) => [...columns, ...pairs].map(({ points }) => points)

function leakageOf(contract: PointsContract): PointsLeakage {
  const counts = positionCounts(contract)
  const columns = contract.columns.length
  const gaps = counts.slice(0, columns).reduce((sum, count) => sum + count - 1, 0)
  const crossed = contract.pairs.reduce((sum, [a, b]) => sum + (at(counts, a) - 1) * (at(counts, b) - 1), 0)
  return {
    columns,
    positions: counts.slice(0, columns).reduce((sum, count) => sum + count, 0),
    pairs: contract.pairs.length,
    questions: 1 + gaps + crossed,
  }
}

function possibleOf(model: Points, probability: boolean, grid: Grid | null): PossibleAnswer[] {
  const isChance = model.classes === null && model.answers !== null
  if (probability && !isChance) throw badOption('probability', true, 'models that compute the chance of an answer')
  const answers = answersOfPoints(model)
  return answers === null ? answersOn(grid) : answersOver(answers, probability)
}

/** What the client is told of an answer: with its chance in whole percent, if that is told; the nearest possible number. */
export function toldOf(
  { possible, answers }: Pick<PointsLabelContract, 'possible' | 'answers'>,
  given: Opened,
): Opened {
  if (given.kind === 'number') {
    const distance = (one: PossibleAnswer) => Math.abs(Number(one.answer) - given.answer)
    const least = possible.reduce((low, one) => Math.min(low, distance(one)), Number.POSITIVE_INFINITY)
    const nearest = possible.findLast((one) => distance(one) === least)
    if (nearest === undefined) throw new TypeError('no possible answer')
    return { kind: 'number', answer: Number(nearest.answer) }
  }
  const { kind, answer, shares } = given
  if (possible[0]?.percent === undefined || shares === undefined) return { kind, answer }
  return { kind, answer, percent: Math.round(100 * at(shares, answers?.indexOf(answer) ?? -1)) }
}

function symbolOf(contract: PointsLabelContract, given: Opened): number {
  const told = toldOf(contract, given)
  const percent = told.kind === 'class' ? told.percent : undefined
  const place = contract.possible.findIndex((one) => one.answer === told.answer && one.percent === percent)
  if (place < 0) throw new TypeError('a sum has an answer that is not among the possible ones')
  return place
}
