import type { TrainOptions } from '../2-train/options.ts'
import { train } from '../2-train/train.ts'
import { rowCells, type Table } from '../table.ts'
import { predict, type Tree } from '../tree.ts'

/** How well a tree does on some rows. `confusion[i][j]` counts rows of answer i that were given answer j. */
export interface Score {
  readonly rows: number
  readonly accuracy: number
  /** The mean over the answers of the share of their rows that is recognised. */
  readonly balancedAccuracy: number
  readonly confusion: readonly (readonly number[])[]
}

export interface Figures {
  readonly training: Score
  /** Stratified cross-validation: every row is scored by a tree that has not seen it. Null if a class has one row. */
  readonly heldOut: (Score & { readonly folds: number; readonly accuracyDeviation: number }) | null
  /** The share of the most frequent answer: what always giving it would reach. */
  readonly baseline: number
}

/** Scores a tree on its training rows, and its recipe by cross-validation. */
export function measure(table: Table, tree: Tree, options: TrainOptions): Figures {
  const { classes, answers } = table.target
  const frequencies = answers.map((_, i) => classes.reduce((sum, answer) => sum + (answer === i ? 1 : 0), 0))
  const all = Array.from({ length: table.rows }, (_, row) => row)
  return {
    training: score(answers.length, outcomesOf(table, tree, all)),
    heldOut: crossValidate(table, options, Math.min(10, ...frequencies)),
    baseline: Math.max(...frequencies) / table.rows,
  }
}

/** The rows of every answer are dealt to the folds in the order of the file: deterministic, and stratified. */
function crossValidate(table: Table, options: TrainOptions, folds: number): Figures['heldOut'] {
  if (folds < 2) return null
  const dealt = table.target.answers.map(() => 0)
  const foldOf = Array.from(table.target.classes, (answer) => {
    const turn = dealt[answer] ?? 0
    dealt[answer] = turn + 1
    return turn % folds
  })
  const outcomes = Array.from({ length: folds }, (_, fold) => {
    const rows = foldOf.map((_, row) => row)
    const tree = train(table, options, Uint32Array.from(rows.filter((row) => foldOf[row] !== fold)))
    return outcomesOf(
      table,
      tree,
      rows.filter((row) => foldOf[row] === fold),
    )
  })
  const accuracies = outcomes.map((fold) => score(table.target.answers.length, fold).accuracy)
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / folds
  const variance = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (folds - 1)
  return { ...score(table.target.answers.length, outcomes.flat()), folds, accuracyDeviation: Math.sqrt(variance) }
}

type Outcome = readonly [truth: number, given: number]

function outcomesOf(table: Table, tree: Tree, rows: readonly number[]): Outcome[] {
  const cells = cellsFor(table, tree)
  return rows.map((row) => [table.target.classes[row] ?? 0, predict(tree, cells(row)).answer])
}

/** The cells of a row as the tree counts them: where it keeps missing values below, everything moves up by one. */
export function cellsFor(table: Table, tree: Tree): (row: number) => number[] {
  const movedUp = table.features.map(({ feature }) => {
    const column = tree.columns.find(({ name }) => name === feature.column)
    return column?.kind === 'number' && column.missing === 'below' ? column.grid.size : null
  })
  return (row) =>
    rowCells(table, row).map((cell, i) => {
      const above = movedUp[i] ?? null
      return above === null ? cell : cell === above ? 0 : cell + 1
    })
}

function score(answers: number, outcomes: readonly Outcome[]): Score {
  const confusion = Array.from({ length: answers }, () => new Array<number>(answers).fill(0))
  for (const [truth, given] of outcomes) {
    const row = confusion[truth]
    if (row !== undefined) row[given] = (row[given] ?? 0) + 1
  }
  const recalls = confusion.flatMap((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0)
    return total === 0 ? [] : [(row[i] ?? 0) / total]
  })
  const right = confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  return {
    rows: outcomes.length,
    accuracy: right / outcomes.length,
    balancedAccuracy: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length,
    confusion,
  }
}
