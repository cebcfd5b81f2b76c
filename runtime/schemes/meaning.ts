import { type Link, openScores } from './link.ts'
import type { ClassAnswer, Opened } from './scheme.ts'

/** A range of sums with a name: sums up to and with `upTo`, above those of the class before. */
export interface SumClass {
  readonly label: string
  /** Null for the last one. */
  readonly upTo: number | null
}

/** What sums mean: what a link makes of them, or the name of the range that the sum lies in. */
export type Meaning = Link | { readonly kind: 'classes'; readonly classes: readonly SumClass[] }

/** What a client is told of its sums, one per output. */
export function openSums<Answer extends string | number = string | number>(
  { meaning, answers }: { readonly meaning: Meaning; readonly answers: readonly string[] | null },
  sums: readonly number[],
): Opened<Answer> {
  if (meaning.kind !== 'classes') return openScores<Answer>({ link: meaning, answers }, sums)
  const opened: ClassAnswer = { kind: 'class', answer: classOf(meaning.classes, sums[0] ?? Number.NaN), scores: sums }
  return opened as Opened<Answer>
}

/** The name of the range that a sum lies in. @throws {RangeError} if it lies in none. */
export function classOf(classes: readonly SumClass[], sum: number): string {
  const found = classes.find(({ upTo }) => upTo === null || sum <= upTo)
  if (found === undefined || Number.isNaN(sum)) throw new RangeError(`the sum ${sum} is in no class`)
  return found.label
}
