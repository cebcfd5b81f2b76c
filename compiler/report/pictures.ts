import { pathSvg } from './charts/path-svg.ts'
import { columnPictures, heldOutPictures } from './figure-pictures.ts'
import { figureSections } from './figure-sections.ts'
import type { Figures } from './figures.ts'
import { firstScreen } from './first-screen.ts'
import { reportHtml, type Section } from './html.ts'
import type { ReportInput } from './input.ts'
import { describeRule, type PrunedPath } from './priced-path.ts'
import type { ReportPicture, Telling } from './telling.ts'

/** The pictures of a report, and the page that holds them all, by file name. */
export function pictures(
  { table, lowered, words, figures, path, pruning }: ReportInput,
  telling: Telling,
  lines: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  const unseen = figures.heldOut === null ? [] : heldOutPictures(table, figures.heldOut, figures)
  const columns = columnPictures(table, figures)
  const pruned = path === null ? [] : [pruningPath(path, figures.task, words.smaller, pruning)]
  const drawn: ReportPicture[] = [...unseen, ...telling.pictures, ...columns, ...pruned]
  const { learns: learned, plan } = lowered
  const printed: Section = {
    heading: 'What the command printed',
    text: '',
    svg: null,
    table: [['line', 'text'], ...lines.filter(([name]) => !name.endsWith('learns'))],
  }
  const { lead, cards } = firstScreen(table, figures, telling.kind, path !== null)
  const learns: Section = {
    heading: 'Who learns what',
    text: '',
    svg: null,
    table: [
      ['party', 'learns'],
      ['the client', learned.client],
      ['the server, and the storage between', learned.server],
    ],
  }
  const title = table.source.title ?? plan.contract.name
  // First how good it is, then what it does, and last how it came about.
  const all = [
    ...figureSections(table, figures),
    ...unseen.map(sectionWith),
    ...telling.pictures.map(sectionWith),
    ...telling.sections,
    ...columns.map(sectionWith),
    ...pruned.map(sectionWith),
    learns,
    printed,
  ]
  return new Map([
    ...drawn.map(([file, , , svg]) => [`report/${file}`, svg] as const),
    ['report/report.html', reportHtml({ title, lead, summary: cards, sections: all })],
  ])
}

const sectionWith = ([, heading, text, svg, { outline, shown = svg } = {}]: ReportPicture): Section => ({
  ...{ heading, text, svg: shown, table: null },
  ...(outline === undefined ? {} : { outline, isListed: shown !== svg }),
})

function pruningPath(
  { steps, chosen }: PrunedPath,
  task: Figures['task'],
  smaller: string,
  pruning: ReportInput['pruning'],
): ReportPicture {
  const scoreName = task === 'classification' ? 'Accuracy' : 'R²'
  const text = `${describeRule(pruning)} These figures helped to choose it, so they flatter: quote those above. A smaller one ${smaller}.`
  return ['path.svg', 'The pruning path', text, pathSvg({ steps, chosen, scoreName })]
}
