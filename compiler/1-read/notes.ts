import { upToTen } from '../text.ts'

/** What reading understood otherwise than it stands in the file: gathered by kind, so that many columns make one line. */
export class Notes {
  readonly #kinds = new Map<string, { readonly subjects: string[]; readonly describe: (subjects: string) => string }>()

  /**
   * @param kind notes of one kind make one sentence.
   * @param subject what it says of one column.
   * @param describe the sentence, of all subjects.
   */
  add(kind: string, subject: string, describe: (subjects: string) => string): void {
    const held = this.#kinds.get(kind) ?? { subjects: [], describe }
    held.subjects.push(subject)
    this.#kinds.set(kind, held)
  }

  list(): readonly string[] {
    return Array.from(this.#kinds.values(), ({ subjects, describe }) => describe(upToTen(subjects)))
  }
}

/** A text of the data in a sentence. */
export const quoted = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text)
