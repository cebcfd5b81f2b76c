import { at } from 'emp-compile-runtime/internal/at'
import { featureName } from 'emp-compile-runtime/internal/contract'
import type { DistributionDocument } from 'emp-compile-runtime/internal/page/documents'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { badOption } from './errors.ts'
import { cellsFor } from './missing.ts'
import type { Learns, Plan } from './plan.ts'
import type { Lowered } from './schemes/scheme.ts'
import type { Table } from './table.ts'
import { fewestPublished } from './tree.ts'

/** With fewer people a whole percent would be less than one of them. */
const fewestPeople = 100

/** What is said of it in the leakage report. */
const said = {
  en: 'Published besides, for the page (--publish-distribution): of 100 people in the training data, how many are at most at each value that the model computes, in steps of at least five people.',
  fr: 'Publié en outre, pour la page (--publish-distribution) : sur 100 personnes des données d’apprentissage, combien sont au plus à chaque valeur que le modèle calcule, par pas d’au moins cinq personnes.',
  de: 'Außerdem veröffentlicht, für die Seite (--publish-distribution): von 100 Personen in den Trainingsdaten, wie viele höchstens bei jedem Wert sind, den das Modell berechnet, in Schritten von mindestens fünf Personen.',
} as const

/**
 * How the people of a table are spread over what the model computes, in whole percent: what a page compares an answer with.
 * Values at which fewer than five people more are counted go together with the next.
 *
 * @throws {CompileError} `bad-option` where clients learn no score, of several answers, and of few people.
 */
export function distributionOf(
  { simulate, plan }: Pick<Lowered, 'simulate' | 'plan'>,
  table: Table,
): DistributionDocument {
  const people = rowsOfPeople(table)
  const { length } = people
  if (length < fewestPeople) {
    throw badOption(
      'publish-distribution',
      true,
      `a table of at least ${fewestPeople} people, and this one has ${length}`,
    )
  }
  const cells = cellsOfContract(table, plan.contract)
  const values = people.map((row) => comparedOf(simulate(cells(row)))).sort((a, b) => a - b)
  const steps: { value: number; percent: number }[] = []
  let told = 0
  for (const [i, value] of values.entries()) {
    if (value === values[i + 1]) continue
    const [upTo, above] = [i + 1, length - i - 1]
    const percent = Math.round((100 * upTo) / length)
    // Those above are the last step at least.
    const isOfMany = upTo - told >= fewestPublished && (above === 0 || above >= fewestPublished)
    if (!isOfMany || percent === (steps.at(-1)?.percent ?? 0)) continue
    steps.push({ value, percent })
    told = upTo
  }
  return { of: table.target.kind === 'number' ? 'number' : 'chance', steps }
}

/** A row of each person: the first that counts in training. */
function rowsOfPeople({ rows, weights, groups }: Table): readonly number[] {
  const seen = new Set<number>()
  return Array.from({ length: rows }, (_, row) => row).filter((row) => {
    const person = groups == null ? row : at(groups, row)
    if (weights?.[row] === 0 || seen.has(person)) return false
    seen.add(person)
    return true
  })
}

/** The cells of a row as a contract has them: of its own features, with missing values where it has them. */
function cellsOfContract(table: Table, contract: Plan['contract']): (row: number) => number[] {
  const cells = cellsFor(table, contract)
  const names = table.features.map(({ feature }) => featureName(feature))
  const places = contract.features.map((feature) => names.indexOf(featureName(feature)))
  return (row) => {
    const own = cells(row)
    return places.map((place) => at(own, place))
  }
}

/** The chance of the answer that is asked about in whole percent, or the number to two digits. */
function comparedOf(opened: Opened): number {
  const isScore = opened.scores !== undefined
  if (isScore && opened.kind === 'number') return Number(opened.answer.toPrecision(2))
  if (isScore && opened.kind === 'class' && opened.shares?.length === 2) return Math.round(100 * at(opened.shares, 1))
  throw badOption(
    'publish-distribution',
    true,
    'a model whose client learns one score: of two answers or of numbers, such as \u2e28model\u2e29 additive with \u2e28reveal\u2e29 score',
  )
}

/** The same with a line in the leakage report, in every language. */
export function withPublishedDistribution(lowered: Lowered): Lowered {
  const { learns, translations } = lowered
  const told = (leakage: Learns, line: string): Learns => ({ ...leakage, client: `${leakage.client} ${line}` })
  return {
    ...lowered,
    learns: told(learns, said.en),
    translations: {
      fr: { ...translations.fr, leakage: told(translations.fr.leakage, said.fr) },
      de: { ...translations.de, leakage: told(translations.de.leakage, said.de) },
    },
  }
}
