import { at } from 'emp-compile-runtime/internal/at'
import { featureName } from 'emp-compile-runtime/internal/contract'
import type { DistributionDocument } from 'emp-compile-runtime/internal/page/documents'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { badOption } from './errors.ts'
import { cellsFor } from './missing.ts'
import type { Learns, Plan } from './plan.ts'
import type { Lowered } from './schemes/scheme.ts'
import type { Table } from './table.ts'

/** With fewer rows a whole percent would be less than one person. */
const fewestRows = 100

/** What is said of it in the leakage report. */
const said = {
  en: 'Published besides, for the page (--publish-distribution): of 100 people in the training data, how many are at most at each value that the model computes.',
  fr: 'Publié en outre, pour la page (--publish-distribution) : sur 100 personnes des données d’apprentissage, combien sont au plus à chaque valeur que le modèle calcule.',
  de: 'Außerdem veröffentlicht, für die Seite (--publish-distribution): von 100 Personen in den Trainingsdaten, wie viele höchstens bei jedem Wert sind, den das Modell berechnet.',
} as const

/**
 * How the people of a table are spread over what the model computes, in whole percent: what a page compares an answer with.
 *
 * @throws {CompileError} `bad-option` where clients learn no score, of several answers, and of few people.
 */
export function distributionOf(
  { simulate, plan }: Pick<Lowered, 'simulate' | 'plan'>,
  table: Table,
): DistributionDocument {
  if (table.rows < fewestRows) {
    throw badOption(
      'publish-distribution',
      true,
      `a table of at least ${fewestRows} rows, and this one has ${table.rows}`,
    )
  }
  const cells = cellsOfContract(table, plan.contract)
  const values = Array.from({ length: table.rows }, (_, row) => comparedOf(simulate(cells(row))))
  const ascending = [...new Set(values)].sort((a, b) => a - b)
  const steps: { value: number; percent: number }[] = []
  for (const value of ascending) {
    const percent = Math.round((100 * values.filter((other) => other <= value).length) / values.length)
    // Values that move nothing by a percent would name single people.
    if (percent > (steps.at(-1)?.percent ?? 0)) steps.push({ value, percent })
  }
  return { of: table.target.kind === 'number' ? 'number' : 'chance', steps }
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
