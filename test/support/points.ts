import { featuresOf, type Points, type PointsColumn } from '../../compiler/points.ts'
import { lowerPointsLabel, lowerScore, type PointsLabelSettings } from '../../compiler/schemes/points/lower.ts'
import type { PointsLabelPlan, ScorePlan } from '../../compiler/schemes/points/plan.ts'
import type { Column } from '../../runtime/contract.ts'
import { gridValue, type Value } from '../../runtime/grid.ts'
import type { RandomBytes } from '../../runtime/random.ts'
import type { Group } from '../../runtime/ristretto/group.ts'
import { drawnOnce } from '../../runtime/schemes/once.ts'
import type { PointsContract } from '../../runtime/schemes/points/contract.ts'
import { drawPoints, type PointsDraws } from '../../runtime/schemes/points/draws.ts'
import { definePointsServer, type PointsServerEnvironment } from '../../runtime/schemes/points/server.ts'

/** A column of numbers 0 to `size - 1`, divided at all of them. */
export const numbers = (name: string, size: number, points: readonly number[], missing = false): PointsColumn => {
  const column: Column = {
    kind: 'number',
    name,
    grid: { minimum: 0, step: 1, size },
    missing: missing ? 'below' : 'never',
  }
  const cells = size + (missing ? 1 : 0)
  return { column, cuts: Array.from({ length: cells - 1 }, (_, i) => i), points: points.map((own) => [own]) }
}

export const texts = (
  name: string,
  levels: readonly string[],
  points: readonly number[],
  missing = false,
): PointsColumn => {
  const column: Column = { kind: 'text', name, levels, missing: missing ? 'no-level' : 'never' }
  return { column, cuts: [], points: points.map((own) => [own]) }
}

/** Points of two answers, of these columns. */
export function pointsOf(columns: readonly PointsColumn[], some: Partial<Points> = {}): Points {
  return {
    family: 'additive',
    missingValues: [''],
    columns,
    pairs: [],
    features: featuresOf(columns.map(({ column }) => column)),
    answers: ['no', 'yes'],
    base: [0],
    unit: 4,
    link: 'logistic',
    classes: null,
    evidence: null,
    ...some,
  }
}

const plain: PointsLabelSettings = { points: null, probability: false, answerGrid: null }

export const scorePlan = (model: Points): ScorePlan => lowerScore(model, {}, { name: 'test' })
export const labelPlan = (model: Points, some: Partial<PointsLabelSettings> = {}): PointsLabelPlan =>
  lowerPointsLabel(model, { ...plain, ...some }, { name: 'test' })

/** The server of a plan. */
export const serverOf = (
  { contract, server }: ScorePlan | PointsLabelPlan,
  environment: PointsServerEnvironment = {},
) => definePointsServer(contract, server, environment)

/** Draws as they are, but for what `change` makes of them: a build that is weakened on purpose. */
export const weakened =
  (change: (draws: PointsDraws, tables: number) => PointsDraws) =>
  (group: Group, random: RandomBytes, contract: PointsContract) =>
    drawnOnce(change(drawPoints(group, random, contract).take(), contract.columns.length + contract.pairs.length))

/** The record of a position in each column. */
export function recordAt({ columns }: Pick<Points, 'columns'>, positions: readonly number[]): Record<string, Value> {
  return Object.fromEntries(
    columns.map(({ column }, i): [string, Value] => {
      const first = column.missing === 'never' ? 0 : 1
      const own = (positions[i] ?? 0) - first
      if (own < 0) return [column.name, null]
      return [column.name, column.kind === 'text' ? (column.levels[own] ?? null) : gridValue(column.grid, own)]
    }),
  )
}
