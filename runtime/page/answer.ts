import type { ClassLeaf, NumberLeaf, Walk } from '../client.ts'
import type { Contract } from '../contract.ts'
import type { Label } from '../label/client.ts'
import type { PageDocuments } from './documents.ts'
import { element } from './dom.ts'
import { meanInterval, ofHundred, rowsOf, wilson } from './estimate.ts'
import { people, scale } from './pictures.ts'
import type { Opened } from './protocol.ts'

/** Below this many people the words warn of chance. */
const fewRows = 30

/** What of an answer goes into the page: its heading, and what stands below it. */
export interface Shown {
  /** The number that everything is about. */
  readonly figure: string
  /** Goes on from the figure. */
  readonly heading: string
  readonly parts: readonly HTMLElement[]
}

/** An answer in words and pictures: how people like this fared in the training data, and how far that carries. */
export function showAnswer(leaf: Opened, contract: Contract, documents: PageDocuments): Shown {
  if (contract.reveal === 'label') return showLabel(leaf, documents)
  if ('counts' in leaf) return showClasses(leaf, contract.answers ?? [], documents)
  return showNumber(leaf as NumberLeaf, documents)
}

/** The answer alone: how many people it stands on is the model owner's secret, as the rest of the tree is. */
function showLabel({ answer, percent }: Label, { target, rows }: PageDocuments): Shown {
  const written =
    target.categories.find(({ value }) => value === String(answer))?.label ?? String(answer).replace('-', '\u2212')
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
    figure: `${percent} of 100`,
    heading: `people with answers like these had: ${written}`,
    parts: [people(groups, null, `${name}: of 100 people in the training data with answers like these, `), limits],
  }
}

const plural = (count: number) => (count === 1 ? 'person' : 'people')

function showClasses(leaf: ClassLeaf, answers: readonly string[], { target }: PageDocuments): Shown {
  const labelOf = (answer: string) => target.categories.find(({ value }) => value === answer)?.label ?? answer
  const [rows, shares] = [rowsOf(leaf), ofHundred(leaf.counts)]
  // Of two answers the last is the one that is asked about: "yes" after "no", 1 after 0. Of more it is the model's own.
  const asked = answers.length === 2 ? 1 : Math.max(0, answers.indexOf(leaf.answer))
  const groups = answers
    .map((answer, i) => ({
      label: labelOf(answer),
      share: shares[i] ?? 0,
      count: leaf.counts[i] ?? 0,
      tone: i === asked ? 0 : i + 1,
    }))
    .sort((a, b) => Number(b.tone === 0) - Number(a.tone === 0) || b.share - a.share)
  const { low, high } = wilson(leaf.counts[asked] ?? 0, rows)
  const [from, to] = [Math.round(100 * low), Math.round(100 * high)]
  const name = target.title ?? target.name
  const first = groups[0]?.label ?? ''
  return {
    figure: `${shares[asked] ?? 0} of 100`,
    heading: `people with answers like these had: ${first}`,
    parts: [
      people(groups, rows, `${name}: of 100 people in the training data with answers like these, `),
      facts([
        ['Stands on', `${rows} ${plural(rows)} in the training data with answers like these`],
        ['Allowing for chance', `${from} to ${to} of 100 such people have: ${first} (95% interval)${roughness(rows)}`],
        ['The model’s answer', `${labelOf(leaf.answer)}. It gives one answer to everybody in this group.`],
      ]),
    ],
  }
}

function showNumber(leaf: NumberLeaf, { target }: PageDocuments): Shown {
  const { answer, deviation, rows } = leaf
  const write = numberWriter(Math.max(deviation / 10, Math.abs(answer) / 1000))
  const unit = target.unit === null ? '' : ` ${target.unit}`
  const name = target.title ?? target.name
  const mean = meanInterval(leaf)
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
export function showPath(path: Walk['path'], { tests = [] }: PageDocuments): HTMLElement[] {
  const steps = path.flatMap(({ test, left }) => {
    const document = tests[test]
    if (document === undefined) return []
    const { question } = document
    return [element('li', {}, element('strong', {}, question), `: ${left ? document.left : document.right}`)]
  })
  if (steps.length === 0) return []
  return [
    element('section', { class: 'path' }, element('h2', {}, 'How the model came to it'), element('ol', {}, ...steps)),
  ]
}

/** A warning of small groups. */
const roughness = (rows: number) => (rows < fewRows ? '. The group is small, so this is rough.' : '')

function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  const entries = rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))
  return element('dl', { class: 'facts' }, ...entries)
}

/** Writes numbers to the last decimal that means anything beside `fineness`. */
function numberWriter(fineness: number): (value: number) => string {
  const decimals = fineness > 0 ? Math.min(6, Math.max(0, -Math.floor(Math.log10(fineness)))) : 2
  return (value) =>
    value
      .toFixed(decimals)
      .replace(/^-(?=0(\.0*)?$)/, '')
      .replace('-', '\u2212')
}
