import { significant } from '../text.ts'
import type { Trees } from '../trees.ts'
import type { Section } from './html.ts'

/** What sums of trees of each depth and rate did on rows held out; nothing where none were compared. */
export function boostingSection({ evidence, answers }: Trees): Section[] {
  if (evidence === undefined || evidence.path.length === 0) return []
  const unit = answers === null ? 'half the squared error, in variances of the target' : 'log loss'
  const isChosen = (step: { readonly depth: number; readonly rate: number; readonly trees: number }) =>
    step.depth === evidence.depth && step.rate === evidence.rate && step.trees === evidence.trees
  return [
    {
      heading: 'The boosting',
      text: `Of depths, rates and numbers of rounds the smallest sum is taken whose loss on rows not seen (${unit}) exceeds the least by no more than one standard error of the difference.`,
      svg: null,
      table: [
        ['rounds', 'depth', 'rate', 'loss', 'above the least', 'standard error'],
        ...evidence.path.map((step) => [
          `${step.trees}${isChosen(step) ? ' (chosen)' : ''}`,
          String(step.depth),
          significant(step.rate),
          step.loss.toFixed(4),
          step.excess.toFixed(4),
          step.error.toFixed(4),
        ]),
      ],
    },
  ]
}
