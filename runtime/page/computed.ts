import { at } from '../at.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import type { PageDocuments } from './documents.ts'
import { people } from './pictures.ts'
import { askedOf, facts, groupsOf, labelOf, numberWriter, type Shown } from './shown.ts'

/** The chances that a model computes: of two answers that of the last, which is asked about; of more that of its own. */
export function showChances(
  given: string,
  shares: readonly number[],
  answers: readonly string[],
  documents: PageDocuments,
  speech: Speech<PageCatalogue>,
): Shown {
  const { say } = speech
  const { target } = documents
  const asked = askedOf(answers, given)
  const labels = answers.map((answer) => labelOf(target, answer))
  const [label, part] = [at(labels, asked), Math.round(100 * at(shares, asked))]
  const name = target.title ?? target.name
  return {
    figure: chance(at(shares, asked), say),
    heading: say('answer.is-chance', { label }),
    parts: [
      people(groupsOf(labels, shares, asked, null), null, speech, (groups) =>
        say('answer.picture-model', { name, count: 100, groups }),
      ),
      facts([
        [say('answer.means'), say('answer.means-what', { part, label })],
        [say('answer.model'), labelOf(target, given)],
        [say('answer.stands-on'), standing(documents, say)],
      ]),
    ],
  }
}

/** The number that a model computes. */
export function showComputed(answer: number, documents: PageDocuments, speech: Speech<PageCatalogue>): Shown {
  const { say } = speech
  const { target } = documents
  const unit = target.unit === null ? '' : ` ${target.unit}`
  return {
    figure: `${numberWriter(Math.abs(answer) / 1000, speech)(answer)}${unit}`,
    heading: say('answer.computes', { name: target.title ?? target.name }),
    parts: [facts([[say('answer.stands-on'), standing(documents, say)]])],
  }
}

const standing = ({ rows }: PageDocuments, say: Speech<PageCatalogue>['say']) =>
  rows === 0 ? say('answer.stands-made') : say('answer.stands-weights', { count: rows })

/** In whole percent, but never quite none or all. */
function chance(share: number, say: Speech<PageCatalogue>['say']): string {
  if (share < 0.01) return say('answer.below-1')
  return share > 0.99 ? say('answer.above-99') : say('answer.percent', { percent: Math.round(100 * share) })
}
