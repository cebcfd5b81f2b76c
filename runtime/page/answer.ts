import { at } from '../at.ts'
import type { Contract } from '../contract.ts'
import type { ClassAnswer, NumberAnswer, Opened } from '../schemes/scheme.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import { showBeside, showUnseen } from './beside.ts'
import { showChances, showComputed } from './computed.ts'
import type { PageDocuments } from './documents.ts'
import { element } from './dom.ts'
import { meanInterval } from './estimate.ts'
import { people, scale } from './pictures.ts'
import { askedOf, facts, groupsOf, labelOf, numberWriter, type Shown } from './shown.ts'

/** Below this many people their answers are told one by one, and not of a hundred. */
const fewestRows = 20

/** Below this many people the words warn of chance. */
const fewRows = 30

/** An answer in words and pictures: how people like this fared in the training data, and how far that carries. */
export function showAnswer(
  opened: Opened,
  contract: Contract,
  documents: PageDocuments,
  speech: Speech<PageCatalogue>,
): Shown {
  const answered = showOpened(opened, contract, documents, speech)
  const parts = [
    ...answered.parts,
    ...showBeside(opened, contract, documents, speech),
    ...showUnseen(documents, speech),
  ]
  const { clamped } = opened
  if (clamped === undefined) return { ...answered, parts }
  const titles = clamped.map((name) => documents.columns.find((one) => one.name === name)?.title ?? name).join(', ')
  return { ...answered, parts: [element('p', {}, speech.say('answer.clamped', { titles })), ...parts] }
}

function showOpened(
  opened: Opened,
  contract: Contract,
  documents: PageDocuments,
  speech: Speech<PageCatalogue>,
): Shown {
  switch (opened.kind) {
    case 'class':
      if (opened.scores !== undefined && opened.shares !== undefined) {
        return showChances(opened.answer, opened.shares, contract.answers ?? [], documents, speech)
      }
      return opened.counts === undefined && opened.shares === undefined
        ? showBare(opened, documents, speech)
        : showClasses(opened, contract.answers ?? [], documents, speech)
    case 'number':
      if (opened.scores !== undefined) return showComputed(opened.answer, documents, speech)
      return opened.rows === undefined || opened.deviation === undefined
        ? showBare(opened, documents, speech)
        : showNumber(opened.answer, opened.rows, opened.deviation, documents, speech)
    default:
      return opened satisfies never
  }
}

/** The answer alone: how many people it stands on is the model owner's secret, as the rest of the model is. */
function showBare(
  opened: ClassAnswer | NumberAnswer,
  { target, rows }: PageDocuments,
  speech: Speech<PageCatalogue>,
): Shown {
  const { say, number } = speech
  const { answer } = opened
  const percent = opened.kind === 'class' ? opened.percent : undefined
  const unit = typeof answer === 'string' || target.unit === null ? '' : ` ${target.unit}`
  const label = typeof answer === 'string' ? labelOf(target, answer) : `${number(answer)}${unit}`
  const name = target.title ?? target.name
  const limits = facts([
    [say('answer.model'), say('answer.gives-one', { label })],
    [say('answer.stands-on'), rows === 0 ? say('answer.stands-made') : say('answer.stands-tree', { count: rows })],
  ])
  if (percent === undefined) return { figure: label, heading: say('answer.model-is', { name }), parts: [limits] }
  const groups = [
    { label, share: percent, count: null, tone: 0 },
    { label: say('answer.something-else'), share: 100 - percent, count: null, tone: 1 },
  ]
  const around = (parts: string) => say('answer.picture-group', { name, count: 100, groups: parts })
  return {
    figure: shareOf(percent, say),
    heading: say('answer.people-had', { count: 100, label }),
    parts: [people(groups, null, speech, around), limits],
  }
}

/** Of a hundred, but never quite none or all: nobody may take a share for a law. */
function shareOf(share: number, say: Speech<PageCatalogue>['say']): string {
  if (share === 0) return say('answer.share-low')
  return share === 100 ? say('answer.share-high') : say('answer.share', { part: share, whole: 100 })
}

function showClasses(
  { answer: given, counts, shares }: ClassAnswer,
  answers: readonly string[],
  { target }: PageDocuments,
  speech: Speech<PageCatalogue>,
): Shown {
  const { say } = speech
  const rows = counts === undefined ? null : counts.reduce((sum, count) => sum + count, 0)
  const asked = askedOf(answers, given)
  const groups = groupsOf(
    answers.map((answer) => labelOf(target, answer)),
    shares ?? counts ?? [],
    asked,
    counts ?? null,
  )
  const name = target.title ?? target.name
  const { label, share } = at(groups, 0)
  // None or all of a group, and parts of a small one, are told by its people. A share that was moved towards those of
  // larger groups stands on more people, and is no part of this one.
  const isExtreme = share === 0 || share === 100
  const isCounted = counts !== undefined && rows !== null && (isExtreme || (shares === undefined && rows < fewestRows))
  const isDrawn = isCounted && rows <= 100
  const of = isDrawn ? rows : 100
  const drawn = isDrawn ? groups.map((group) => ({ ...group, share: group.count ?? 0, count: null })) : groups
  return {
    figure: isCounted ? say('answer.share', { part: at(counts, asked), whole: rows }) : shareOf(share, say),
    heading: say('answer.people-had', { count: isCounted ? rows : 100, label }),
    parts: [
      people(drawn, isDrawn ? null : rows, speech, (parts) =>
        say('answer.picture-group', { name, count: of, groups: parts }),
      ),
      facts([
        [say('answer.stands'), standsOn(rows, say)],
        ...(shares === undefined ? [] : [[say('answer.reckoned'), say('answer.reckoned-how')] as const]),
        [say('answer.model'), say('answer.gives-group', { label: labelOf(target, given) })],
      ]),
    ],
  }
}

/** How many people a group has; null where that is not published. */
function standsOn(rows: number | null, say: Speech<PageCatalogue>['say']): string {
  return rows === null ? say('answer.stands-hidden') : warned(say('answer.stands-group', { count: rows }), rows, say)
}

/** With a warning of small groups. */
const warned = (what: string, rows: number, say: Speech<PageCatalogue>['say']) =>
  rows < fewRows ? say('answer.rough', { what }) : what

function showNumber(
  answer: number,
  rows: number,
  deviation: number,
  { target }: PageDocuments,
  speech: Speech<PageCatalogue>,
): Shown {
  const { say } = speech
  const write = numberWriter(Math.max(deviation / 10, Math.abs(answer) / 1000), speech)
  const unit = target.unit === null ? '' : ` ${target.unit}`
  const name = target.title ?? target.name
  const mean = meanInterval(answer, rows, deviation)
  const spread = { low: write(answer - deviation), high: `${write(answer + deviation)}${unit}` }
  const words = say('answer.picture-mean', { name, mean: `${write(answer)}${unit}`, ...spread })
  const chance =
    mean === null
      ? say('answer.chance-one')
      : warned(say('answer.chance-mean', { low: write(mean.low), high: `${write(mean.high)}${unit}` }), rows, say)
  return {
    figure: `${write(answer)}${unit}`,
    heading: say('answer.mean-of', { name }),
    parts: [
      ...(deviation > 0 ? [scale({ answer, deviation, write, words })] : []),
      facts([
        [say('answer.stands'), say('answer.stands-group', { count: rows })],
        [say('answer.differ'), say('answer.differ-how', spread)],
        [say('answer.chance'), chance],
      ]),
    ],
  }
}
