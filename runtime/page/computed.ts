import { at } from '../at.ts'
import type { PageDocuments } from './documents.ts'
import { people } from './pictures.ts'
import { askedOf, facts, groupsOf, labelOf, numberWriter, type Shown } from './shown.ts'

/** The chances that a model computes: of two answers that of the last, which is asked about; of more that of its own. */
export function showChances(
  given: string,
  shares: readonly number[],
  answers: readonly string[],
  documents: PageDocuments,
): Shown {
  const { target } = documents
  const asked = askedOf(answers, given)
  const labels = answers.map((answer) => labelOf(target, answer))
  const groups = groupsOf(labels, shares, asked, null)
  const [label, of] = [at(labels, asked), Math.round(100 * at(shares, asked))]
  return {
    figure: chance(at(shares, asked)),
    heading: `is the chance that the model computes: ${label}`,
    parts: [
      people(groups, null, `${target.title ?? target.name}: of 100 people with such a chance, if the model is right, `),
      facts([
        ['What it means', `Of 100 people with a chance like this, about ${of} have: ${label}`],
        ['The model’s answer', labelOf(target, given)],
        ['What it stands on', standing(documents)],
      ]),
    ],
  }
}

/** The number that a model computes. */
export function showComputed(answer: number, documents: PageDocuments): Shown {
  const { target } = documents
  const unit = target.unit === null ? '' : ` ${target.unit}`
  return {
    figure: `${numberWriter(Math.abs(answer) / 1000)(answer)}${unit}`,
    heading: `${target.title ?? target.name}: what the model computes`,
    parts: [facts([['What it stands on', standing(documents)]])],
  }
}

const standing = ({ rows }: PageDocuments) =>
  rows === 0
    ? 'A table of points that was made elsewhere, and that this page does not get to see.'
    : `${rows.toLocaleString('en-GB')} people in the training data. It is computed from all that was entered, by weights that ` +
      'this page does not get to see, so it cannot say how far chance goes.'

/** In whole percent, but never quite none or all. */
function chance(share: number): string {
  if (share < 0.01) return 'below 1%'
  return share > 0.99 ? 'above 99%' : `${Math.round(100 * share)}%`
}
