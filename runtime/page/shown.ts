import { at } from '../at.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import type { FieldDocument } from './documents.ts'
import { element } from './dom.ts'
import { ofHundred } from './estimate.ts'
import type { PeopleGroup } from './pictures.ts'

/** What of an answer goes into the page: its heading, and what stands below it. */
export interface Shown {
  /** The number that everything is about. */
  readonly figure: string
  /** Goes on from the figure. */
  readonly heading: string
  readonly parts: readonly HTMLElement[]
}

/** An answer by the meaning that the schema gives it, if it does. */
export function labelOf({ categories }: Pick<FieldDocument, 'categories'>, answer: string): string {
  return categories.find(({ value }) => value === answer)?.label ?? answer
}

/** The place of the answer that is asked about: of two the last, "yes" after "no", 1 after 0; of more the model's own. */
export function askedOf(answers: readonly string[], given: string): number {
  return answers.length === 2 ? 1 : Math.max(0, answers.indexOf(given))
}

/**
 * A hundred people in groups by their answers: the one asked about first, then by size.
 *
 * @param parts how large the groups are to each other.
 * @param counts the people that they stand on; null if that is not known.
 */
export function groupsOf(
  labels: readonly string[],
  parts: readonly number[],
  asked: number,
  counts: readonly number[] | null,
): readonly PeopleGroup[] {
  const shares = ofHundred(parts)
  const [first, ...others] = labels
    .map((label, i) => ({ label, share: at(shares, i), count: counts === null ? null : at(counts, i), i }))
    .sort((a, b) => Number(b.i === asked) - Number(a.i === asked) || b.share - a.share)
  if (first === undefined) return []
  const isNone = ({ share, count }: { readonly share: number; readonly count: number | null }) =>
    share === 0 && (count ?? 0) === 0
  const [some, none] = [others.filter((group) => !isNone(group)), others.filter(isNone)]
  const isMany = some.length > mostOthers
  const own = isMany ? some.slice(0, mostOthers - 1) : some
  const rest = isMany ? [some.slice(mostOthers - 1)] : []
  // Answers that nobody had are one line, but for one or two of them.
  const empty = none.length > 2 ? [none] : none.map((group) => [group])
  return [[first], ...own.map((group) => [group]), ...rest, ...empty].map((joined, tone) => ({
    label: joined.map(({ label }) => label).join(', '),
    share: joined.reduce((sum, { share }) => sum + share, 0),
    count: counts === null ? null : joined.reduce((sum, { count }) => sum + (count ?? 0), 0),
    tone,
  }))
}

/** Groups with a mark of their own beside the one asked about: what else there is stands together. */
const mostOthers = 4

/** Names and what is to be said of them. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): HTMLElement {
  const entries = rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))
  return element('dl', { class: 'facts' }, ...entries)
}

/** Writes numbers to the last decimal that means anything beside `fineness`. */
export function numberWriter(fineness: number, { number }: Speech<PageCatalogue>): (value: number) => string {
  const decimals = fineness > 0 ? Math.min(6, Math.max(0, -Math.floor(Math.log10(fineness)))) : 2
  return (value) => number(value, decimals)
}
