import { ambiguousAverage, damagedLine, malformedModel, unsupported } from '../errors.ts'
import type { ForeignModel, ForeignOutcome, ForeignTree } from '../foreign.ts'
import { newBudget } from '../gather.ts'
import { limits } from '../limits.ts'
import type { ReaderOptions } from '../options.ts'
import { roundsTaken } from '../rounds.ts'
import { lightgbmColumns } from './columns.ts'
import { lightgbmObjective, two } from './objective.ts'
import { divideText, integerOf, lineOf } from './text.ts'
import { lightgbmTree } from './tree.ts'

/**
 * A model that LightGBM 2.0 to 4.x wrote by `save_model`: boosting, dart and forests, categories, several classes.
 * Leaves hold shrinkage and initial score already.
 *
 * @throws {CompileError} naming line or place; `ambiguous-average` for forests of v2 unless `averagedLeaves` is given.
 */
export function readLightgbm(file: string, text: string, options: ReaderOptions): ForeignModel {
  const { header, trees, pandasCategorical } = divideText(file, text)
  const version = lineOf(header, 'version')
  if (!/^v[234]$/.test(version.value)) throw damagedLine(file, version.line, version.value, 'a version from v2 to v4')
  const columnCount = integerOf(header, 'max_feature_idx', 0, limits.columns - 1) + 1
  const outputs = integerOf(header, 'num_tree_per_iteration', 1, limits.outputs)
  const averaged = header.entries.has('average_output')
  const shares = averaged && leavesAreShares(file, version.value, options)
  const objective = lightgbmObjective(file, header.entries.get('objective') ?? null)
  const sizes = header.entries.get('tree_sizes')
  const listed = sizes === undefined || sizes.value === '' ? trees.length : sizes.value.split(' ').length
  if (listed !== trees.length)
    throw malformedModel(file, 'the number of trees', trees.length, `the ${listed} of tree_sizes`)
  const rounds = trees.length / outputs
  if (!Number.isInteger(rounds))
    throw malformedModel(file, 'the number of trees', trees.length, `a multiple of ${outputs}`)
  const count = roundsTaken(file, options, rounds, null)
  const budget = newBudget()
  const link = options.link ?? (shares ? { kind: 'share' as const } : objective.link)
  return {
    source: { format: 'LightGBM', version: version.value, rounds: count },
    ...lightgbmColumns(header, pandasCategorical, columnCount),
    missing: 'taken',
    body: {
      kind: 'trees',
      trees: trees.slice(0, count.taken * outputs).map(
        (block, i): ForeignTree => ({
          nodes: lightgbmTree(block, columnCount, budget),
          output: i % outputs,
          weight: 1,
        }),
      ),
      precision: 'float64',
      base: new Array<number>(outputs).fill(0),
      baseComes: 'first',
      scale: 1,
      divisor: averaged ? Math.max(1, count.taken) : 1,
      single: false,
    },
    link,
    outcome: outcomeOf(file, outputs, options.link === null ? objective.outcome : outcomeFor(link.kind)),
  }
}

/** What the answers are where only the link is known. */
function outcomeFor(link: string): ForeignOutcome {
  if (link === 'softmax') return { kind: 'several', answers: null, of: 'value' }
  return link === 'logistic' ? two : { kind: 'number' }
}

function outcomeOf(file: string, outputs: number, outcome: ForeignOutcome): ForeignOutcome {
  if ((outcome.kind === 'several') === outputs > 1) return outcome
  throw unsupported(file, `${outputs} scores for the objective`, 'Train one model per target.')
}

/** Whether the leaves of a forest hold probabilities: from v3 on never, in v2 the file does not say. */
function leavesAreShares(file: string, version: string, { averagedLeaves }: ReaderOptions): boolean {
  if (version !== 'v2') return false
  if (averagedLeaves === null) throw ambiguousAverage(file)
  return averagedLeaves === 'probability'
}
