import type { DocumentWords, FieldDocument, PageDocuments } from 'emp-compile-runtime/internal/page/documents'

/** The texts of a model that its page says, by keys such as `columns.age.title`. */
export type ModelTexts = Readonly<Record<string, string>>

/** Everything in a model's documents that is to be translated. */
export function modelTextsOf(documents: PageDocuments): ModelTexts {
  const { title, description, target, columns, leakage, sealing, tests = [] } = documents
  const all: readonly (readonly [key: string, text: string | null | undefined])[] = [
    ['title', title],
    ['description', description],
    ...fieldTexts('target', target),
    ...columns.flatMap((column) => fieldTexts(`columns.${column.name}`, column)),
    ['leakage.client', leakage.client],
    ['leakage.server', leakage.server],
    ['sealing.key', sealing.key],
    ['sealing.each', sealing.each],
    ...tests.flatMap(({ question, left, right }, i) => [
      [`tests.${i}.question`, question] as const,
      [`tests.${i}.left`, left] as const,
      [`tests.${i}.right`, right] as const,
    ]),
  ]
  return Object.fromEntries(all.flatMap(([key, text]) => (text == null ? [] : [[key, text]])))
}

function fieldTexts(place: string, field: FieldDocument): (readonly [string, string | null | undefined])[] {
  const { title, description, unit, group, otherUnits, categories } = field
  return [
    [`${place}.title`, title],
    [`${place}.description`, description],
    [`${place}.unit`, unit],
    [`${place}.group`, group],
    ...otherUnits.map((other, i) => [`${place}.otherUnits.${i}`, other.unit] as const),
    ...categories.map(({ value, label }) => [`${place}.categories.${value}`, label] as const),
  ]
}

/** The words of a model with texts of one's own in their places; what is not among them stays. */
export function withModelTexts(documents: PageDocuments, texts: ModelTexts): DocumentWords {
  const given = new Map(Object.entries(texts))
  const own = <T extends string | null | undefined>(key: string, text: T): T | string => given.get(key) ?? text
  const field = (place: string, one: FieldDocument): FieldDocument => ({
    ...one,
    title: own(`${place}.title`, one.title),
    description: own(`${place}.description`, one.description),
    unit: own(`${place}.unit`, one.unit),
    ...(one.group === undefined ? {} : { group: own(`${place}.group`, one.group) }),
    otherUnits: one.otherUnits.map(({ unit, factor }, i) => ({ unit: own(`${place}.otherUnits.${i}`, unit), factor })),
    categories: one.categories.map(({ value, label }) => ({
      value,
      label: own(`${place}.categories.${value}`, label),
    })),
  })
  const { title, description, target, columns, leakage, sealing, tests } = documents
  return {
    title: own('title', title),
    description: own('description', description),
    target: field('target', target),
    columns: columns.map((column) => field(`columns.${column.name}`, column)),
    leakage: { client: own('leakage.client', leakage.client), server: own('leakage.server', leakage.server) },
    sealing: { key: own('sealing.key', sealing.key), each: own('sealing.each', sealing.each) },
    ...(tests === undefined
      ? {}
      : {
          tests: tests.map(({ question, left, right }, i) => ({
            question: own(`tests.${i}.question`, question),
            left: own(`tests.${i}.left`, left),
            right: own(`tests.${i}.right`, right),
          })),
        }),
  }
}
