import type { Table } from '../table.ts'
import { answerRows, clinicalRows, estimateRows, operatingPoint, thresholdRows } from './assessment.ts'
import type { Figures } from './figures.ts'
import { answerLabels, positiveLabel } from './first-screen.ts'
import type { Section } from './html.ts'
import { subgroupTable } from './subgroups.ts'

const plain = { svg: null } as const

/** The figures with their intervals, thresholds, decision curve, answers, and rows of another origin, as sections. */
export function figureSections(table: Table, figures: Figures): Section[] {
  const { heldOut, assessment, positive, testData } = figures
  const labels = answerLabels(table)
  const point = positive === null ? '' : positiveLabel(table, positive.answer)
  const sections: Section[] = []
  if (heldOut !== null) {
    const clinical = assessment?.clinical ?? null
    const said =
      clinical === null || positive === null
        ? ''
        : ` Positive: “${point}” (${operatingPoint(clinical, positive.answer)})${positive.isChosen ? '' : ', chosen by the program: --positive names another'}.`
    sections.push({
      ...plain,
      heading: 'How good it is',
      text: `On ${heldOut.pooled.rows} rows not seen, with 95% intervals.${said}`,
      table: [
        ['figure', 'value'],
        ...estimateRows(heldOut.estimates),
        ...(clinical === null ? [] : clinicalRows(clinical)),
      ],
    })
  }
  if (testData !== null)
    sections.push({
      ...plain,
      heading: 'On rows of another origin',
      text: `${testData.file}: ${testData.rows} rows; ${testData.refused.length} more were refused, ${refusals(testData.refused)}.`,
      table: [
        ['figure', 'value'],
        ...estimateRows(testData.figures),
        ...(testData.clinical === null ? [] : clinicalRows(testData.clinical)),
      ],
    })
  if (assessment !== null && assessment.thresholds.length > 1)
    sections.push({
      ...plain,
      heading: 'Other thresholds',
      text: `What calling “${point}” from another chance on would give, on rows not seen.`,
      table: thresholdRows(assessment.thresholds),
    })
  if (figures.subgroups.length > 0)
    sections.push({
      ...plain,
      heading: 'Groups of people apart',
      text: 'On rows not seen, with 95% intervals. Small groups have wide ones: a difference within them may be chance.',
      table: subgroupTable(figures.subgroups),
    })
  if (assessment !== null && assessment.answers.length > 0)
    sections.push({
      ...plain,
      heading: 'Answer by answer',
      text: 'On rows not seen: how often an answer is right where it is given, how many who have it are given it, and how well its chance ranks people.',
      table: answerRows(assessment.answers, labels),
    })
  return sections
}

/** The reasons of refusals, from the most frequent. */
function refusals(refused: readonly { readonly reason: string }[]): string {
  if (refused.length === 0) return 'so all were tried'
  const counts = new Map<string, number>()
  for (const { reason } of refused) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const all = [...counts].toSorted(([, a], [, b]) => b - a)
  const told = all.slice(0, 5).map(([reason, count]) => `${count} as ${reason.replace(/\.$/, '')}`)
  return [...told, ...(all.length > 5 ? [`${all.length - 5} for other reasons`] : [])].join('; ')
}
