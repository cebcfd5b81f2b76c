import { at } from 'emp-compile-runtime/internal/at'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import { rowsWithCell, type Table, type TableColumn, type TableFeature } from '../table.ts'
import { significant } from '../text.ts'
import { type JudgedPart, judgedRows } from './judged.ts'
import { outcomeOf } from './outcome.ts'

/**
 * How the answer follows one column: what models tell on average where all rows have the same value of it, and their own
 * values of all other columns (partial dependence: Friedman, "Greedy function approximation", Annals of Statistics 29,
 * 2001, section 8.2). Where columns go together it shows people whom there are not.
 */
export interface Dependence {
  readonly column: string
  /** By the schema; the name where it has none. */
  readonly title: string
  readonly unit: string | null
  /** What is told: the chance of this answer; null for the number itself. */
  readonly answer: string | null
  readonly points: readonly DependencePoint[]
}

interface DependencePoint {
  /** Null for a text, and for a code with a name. */
  readonly value: number | null
  readonly label: string
  readonly mean: number
}

const [mostRows, mostPoints, mostLevels, mostColumns] = [200, 20, 12, 9] as const

/**
 * @param parts the rows to ask about, and by which models.
 * @param names the columns, the most important one first.
 * @param place the position of the answer whose chance is told; null for the most frequent one.
 */
export function dependenceOf(
  table: Table,
  parts: readonly JudgedPart[],
  names: readonly string[],
  place: number | null,
): Dependence[] {
  const { target } = table
  const judged = judgedRows(table, parts, mostRows)
  const asked = target.kind === 'number' ? null : (place ?? mostFrequent(target.classes, target.answers.length))
  const all = judged.reduce((sum, { weight }) => sum + weight, 0)
  return names.slice(0, mostColumns).map((name) => {
    const holder = table.columns.find(({ column }) => column.name === name)
    if (holder === undefined) throw new TypeError('an importance of a column that is not there')
    const features = table.features.flatMap(({ feature }, i) => (feature.column === name ? [i] : []))
    const points = valuesOf(table, holder, features).map(({ cells, ...told }) => {
      const sum = judged.reduce((sofar, { cells: own, move, model, weight }) => {
        const moved = [...own]
        for (const [i, feature] of features.entries()) moved[feature] = at(cells, i)
        const { given, chances } = outcomeOf(model, move(moved))
        return sofar + weight * (asked === null ? given : (chances[asked] ?? Number(given === asked)))
      }, 0)
      return { ...told, mean: sum / all }
    })
    return {
      column: name,
      title: holder.document.title ?? name,
      unit: holder.document.unit,
      answer: asked === null || target.kind === 'number' ? null : at(target.answers, asked),
      points,
    }
  })
}

interface Value extends Omit<DependencePoint, 'mean'> {
  /** Of each of the column's features. */
  readonly cells: readonly number[]
}

/** Values that rows have: of numbers those at even shares of the rows, of texts the most frequent levels. */
function valuesOf(table: Table, { column, document }: TableColumn, features: readonly number[]): Value[] {
  const own = features.map((feature) => at(table.features, feature))
  if (column.kind === 'text') {
    const counted = own.map((one, i) => {
      const { feature } = one
      return { level: 'level' in feature ? feature.level : '', rows: rowsWithCell(one, 1), i }
    })
    const kept = counted.toSorted((a, b) => b.rows - a.rows || a.i - b.i).slice(0, mostLevels)
    return kept
      .toSorted((a, b) => a.i - b.i)
      .map(({ level, i }) => ({
        value: null,
        label: document.categories.get(level) ?? level,
        cells: own.map((_, j) => Number(j === i)),
      }))
  }
  const { grid } = column
  const values = spreadCells(at(own, 0), grid.size).map((cell) => ({ cell, value: gridValue(grid, cell) }))
  const labels = values.map(({ value }) => document.categories.get(String(value)))
  // Codes with names are no amounts.
  const isCoded = labels.every((label) => label !== undefined)
  return values.map(({ cell, value }, i) => {
    return { value: isCoded ? null : value, label: labels[i] ?? significant(value), cells: [cell] }
  })
}

/** Different cells at even shares of the rows, the least and the greatest among them; none for missing values. */
function spreadCells({ codes, cells }: TableFeature, size: number): number[] {
  const sorted = Int32Array.from(codes, (code) => at(cells, code))
    .filter((cell) => cell < size)
    .sort()
  const last = sorted.length - 1
  if (last < 0) return []
  return [
    ...new Set(Array.from({ length: mostPoints }, (_, i) => at(sorted, Math.round((i * last) / (mostPoints - 1))))),
  ]
}

function mostFrequent(classes: Int32Array, answers: number): number {
  const counts = new Float64Array(answers)
  for (const answer of classes) counts[answer] = at(counts, answer) + 1
  return counts.indexOf(counts.reduce((a, b) => Math.max(a, b)))
}
