import { at } from '../at.ts'
import type { Contract } from '../contract.ts'
import type { ClassAnswer, NumberAnswer, Opened, TakenStep } from '../schemes/scheme.ts'
import { showChances, showComputed } from './computed.ts'
import type { PageDocuments } from './documents.ts'
import { element } from './dom.ts'
import { meanInterval } from './estimate.ts'
import type { GivenAnswer } from './form.ts'
import { people, scale } from './pictures.ts'
import { askedOf, facts, groupsOf, labelOf, numberWriter, type Shown } from './shown.ts'

/** Below this many people their answers are told one by one, and not of a hundred. */
const fewestRows = 20

/** Below this many people the words warn of chance. */
const fewRows = 30

/** An answer in words and pictures: how people like this fared in the training data, and how far that carries. */
export function showAnswer(opened: Opened, contract: Contract, documents: PageDocuments): Shown {
  const answered = showOpened(opened, contract, documents)
  const shown = { ...answered, parts: [...answered.parts, ...showUnseen(documents)] }
  const { clamped } = opened
  if (clamped === undefined) return shown
  const titles = clamped.map((name) => documents.columns.find((one) => one.name === name)?.title ?? name)
  const said = `Beyond the values that this model knows, and counted as the end of the range: ${titles.join(', ')}.`
  return { ...shown, parts: [element('p', {}, said), ...shown.parts] }
}

function showOpened(opened: Opened, contract: Contract, documents: PageDocuments): Shown {
  switch (opened.kind) {
    case 'class':
      if (opened.scores !== undefined && opened.shares !== undefined) {
        return showChances(opened.answer, opened.shares, contract.answers ?? [], documents)
      }
      return opened.counts === undefined && opened.shares === undefined
        ? showBare(opened, documents)
        : showClasses(opened, contract.answers ?? [], documents)
    case 'number':
      if (opened.scores !== undefined) return showComputed(opened.answer, documents)
      return opened.rows === undefined || opened.deviation === undefined
        ? showBare(opened, documents)
        : showNumber(opened.answer, opened.rows, opened.deviation, documents)
    default:
      return opened satisfies never
  }
}

/** The answer alone: how many people it stands on is the model owner's secret, as the rest of the model is. */
function showBare(opened: ClassAnswer | NumberAnswer, { target, rows }: PageDocuments): Shown {
  const { answer } = opened
  const percent = opened.kind === 'class' ? opened.percent : undefined
  const written = typeof answer === 'string' ? labelOf(target, answer) : String(answer).replace('-', '\u2212')
  const unit = typeof answer === 'string' || target.unit === null ? '' : ` ${target.unit}`
  const name = target.title ?? target.name
  const limits = facts([
    ['The model’s answer', `${written}${unit}. It gives one answer to everybody whom it cannot tell apart.`],
    [
      'What it stands on',
      `${rows.toLocaleString('en-GB')} people in the training data, divided by a tree that this page does not get to see: nor does ` +
        'it learn how many of them have answers like these, so it cannot say how far chance goes.',
    ],
  ])
  if (percent === undefined)
    return { figure: `${written}${unit}`, heading: `${name}: the model’s answer`, parts: [limits] }
  const groups = [
    { label: written, share: percent, count: null, tone: 0 },
    { label: 'something else', share: 100 - percent, count: null, tone: 1 },
  ]
  return {
    figure: percent === 0 ? 'under 1 of 100' : percent === 100 ? 'over 99 of 100' : `${percent} of 100`,
    heading: `people with answers like these had: ${written}`,
    parts: [people(groups, null, `${name}: of 100 people in the training data with answers like these, `), limits],
  }
}

const plural = (count: number) => (count === 1 ? 'person' : 'people')

function showClasses(
  { answer: given, counts, shares }: ClassAnswer,
  answers: readonly string[],
  { target }: PageDocuments,
): Shown {
  const rows = counts === undefined ? null : counts.reduce((sum, count) => sum + count, 0)
  const asked = askedOf(answers, given)
  const groups = groupsOf(
    answers.map((answer) => labelOf(target, answer)),
    shares ?? counts ?? [],
    asked,
    counts ?? null,
  )
  const name = target.title ?? target.name
  const { label: first, share } = at(groups, 0)
  // None or all of a group, and parts of a small one, are told by its people: nobody may take them for a law. A share
  // that was moved towards those of larger groups stands on more people, and is no part of this one.
  const isExtreme = share === 0 || share === 100
  const isCounted = counts !== undefined && rows !== null && (isExtreme || (shares === undefined && rows < fewestRows))
  const isDrawn = isCounted && rows <= 100
  const bound = share === 0 ? 'under 1' : share === 100 ? 'over 99' : share
  return {
    figure: isCounted ? `${at(counts, asked)} of ${rows}` : `${bound} of 100`,
    heading: `${isCounted ? plural(rows) : 'people'} with answers like these had: ${first}`,
    parts: [
      people(
        isDrawn ? groups.map((group) => ({ ...group, share: group.count ?? 0, count: null })) : groups,
        isDrawn ? null : rows,
        `${name}: of ${isDrawn ? rows : 100} people in the training data with answers like these, `,
      ),
      facts([
        ['Stands on', standsOn(rows)],
        ...(shares === undefined
          ? []
          : [
              [
                'How it was reckoned',
                'The share in this group, moved towards that of larger groups around it',
              ] as const,
            ]),
        ['The model’s answer', `${labelOf(target, given)}. It gives one answer to everybody in this group.`],
      ]),
    ],
  }
}

/** How many people a group has; null where that is not published. */
const standsOn = (rows: number | null) =>
  rows === null
    ? 'A group of people in the training data whose numbers are not published, as some are below five'
    : `${rows} ${plural(rows)} in the training data with answers like these${roughness(rows)}`

function showNumber(answer: number, rows: number, deviation: number, { target }: PageDocuments): Shown {
  const write = numberWriter(Math.max(deviation / 10, Math.abs(answer) / 1000))
  const unit = target.unit === null ? '' : ` ${target.unit}`
  const name = target.title ?? target.name
  const mean = meanInterval(answer, rows, deviation)
  const [low, high] = [answer - deviation, answer + deviation]
  return {
    figure: `${write(answer)}${unit}`,
    heading: `${name}: the mean of people with answers like these`,
    parts: [
      ...(deviation > 0 ? [scale({ answer, deviation, write, unit, label: name })] : []),
      facts([
        ['Stands on', `${rows} ${plural(rows)} in the training data with answers like these`],
        [
          'How they differ',
          `One standard deviation reaches from ${write(low)} to ${write(high)}${unit}; single people often lie outside`,
        ],
        [
          'Allowing for chance',
          mean === null
            ? 'A single person says very little'
            : `The mean of such people lies between ${write(mean.low)} and ${write(mean.high)}${unit} (95% interval)${roughness(rows)}`,
        ],
      ]),
    ],
  }
}

/** The tests on the way to the answer, in words, where the model's owner publishes them. */
export function showPath(
  path: readonly TakenStep[],
  { tests = [] }: PageDocuments,
  given: readonly Pick<GivenAnswer, 'title' | 'said'>[],
): HTMLElement[] {
  const conditions = new Map<string, string[]>()
  for (const { test, left } of path) {
    const document = tests[test]
    if (document === undefined) continue
    const { question } = document
    conditions.set(question, [...(conditions.get(question) ?? []), left ? document.left : document.right])
  }
  // A column that is asked about more than once is named once.
  const steps = [...conditions].map(([question, texts]) => {
    const said = given.find(({ title }) => title === question)?.said
    const own = said === undefined ? null : element('span', { class: 'small' }, ` (you answered: ${said})`)
    return element('li', {}, element('strong', {}, question), `: ${texts.join('; ')}`, own)
  })
  if (steps.length === 0) return []
  return [
    element('section', { class: 'path' }, element('h2', {}, 'How the model came to it'), element('ol', {}, ...steps)),
  ]
}

/** How the model did on people that it had not seen, where that was measured. */
function showUnseen({ unseen, target }: PageDocuments): HTMLElement[] {
  if (unseen === undefined) return []
  const unit = target.unit === null ? '' : ` ${target.unit}`
  const said =
    'right' in unseen
      ? `Of 100 people that the model had not seen, its answer was right for ${unseen.right}`
      : `For people that the model had not seen, it was off by ${numberWriter(unseen.error / 10)(unseen.error)}${unit} as a rule`
  const list = facts([['How often it is right', said]])
  list.className = 'rows'
  return [list]
}

/** A warning of small groups. */
const roughness = (rows: number) => (rows < fewRows ? '. The group is small, so this is rough.' : '')
