import { at } from 'emp-compile-runtime/internal/at'
import { featureName } from 'emp-compile-runtime/internal/contract'
import type { TestDocument } from 'emp-compile-runtime/internal/page/documents'
import type { ByLanguage, Language } from 'emp-compile-runtime/internal/words/languages'
import { localeOf, speechOf } from 'emp-compile-runtime/internal/words/message'
import type { ColumnDocument } from '../../table.ts'
import { columnAsked, thresholdOf } from '../../tree.ts'
import type { SignsPlan } from './plan.ts'

const en = {
  'at-most': 'at most {value}',
  'more-than': 'more than {value}',
  'or-missing': '{what}, or not measured',
  missing: 'not measured',
  given: 'measured',
  not: 'not {levels}',
} as const

const words: ByLanguage<Readonly<Record<keyof typeof en, string>>> = {
  en,
  fr: {
    'at-most': 'au plus {value}',
    'more-than': 'plus de {value}',
    'or-missing': '{what}, ou non mesuré',
    missing: 'non mesuré',
    given: 'mesuré',
    not: 'pas {levels}',
  },
  de: {
    'at-most': 'höchstens {value}',
    'more-than': 'mehr als {value}',
    'or-missing': '{what}, oder nicht gemessen',
    missing: 'nicht gemessen',
    given: 'gemessen',
    not: 'nicht {levels}',
  },
}

/**
 * The tests as people are told of them: by the meaning of codes and levels where a column has some, else by the threshold.
 *
 * @param documentOf what is said of the columns in the language, by their names.
 */
export function testsInWords(
  { contract, server }: SignsPlan,
  documentOf: ReadonlyMap<string, ColumnDocument>,
  language: Language,
): readonly TestDocument[] {
  const either = new Intl.ListFormat(localeOf(language), { type: 'disjunction' })
  const { say, typed } = speechOf<typeof en>(language, words[language])
  return server.tests.map((test) => {
    const column = columnAsked(contract, test)
    const document = documentOf.get(column.name)
    const ofSeveral = test.also === undefined ? featureName(at(contract.features, test.feature)) : column.name
    const question = document?.title ?? ofSeveral
    const threshold = thresholdOf(contract, test)
    switch (threshold.kind) {
      case 'at-most': {
        const codes = [...(document?.categories ?? [])].map(([value, label]) => ({ at: Number(value), label }))
        const unit = document?.unit == null ? '' : ` ${document.unit}`
        const value = `${typed(threshold.threshold)}${unit}`
        const said = (below: boolean) =>
          codes.length === 0
            ? say(below ? 'at-most' : 'more-than', { value })
            : codes.flatMap((code) => (code.at <= threshold.threshold === below ? [code.label] : [])).join(', ')
        const whole = (side: 'left' | 'right') => {
          const what = said(side === 'left')
          return threshold.missing === side ? say('or-missing', { what }) : what
        }
        return { question, left: whole('left'), right: whole('right') }
      }
      case 'missing': {
        const [absent, given] = [say('missing'), say('given')]
        return {
          question,
          left: threshold.goes === 'left' ? absent : given,
          right: threshold.goes === 'left' ? given : absent,
        }
      }
      case 'not-level': {
        const levels = either.format(threshold.levels.map((level) => document?.categories.get(level) ?? level))
        return { question, left: say('not', { levels }), right: levels }
      }
      default:
        return threshold satisfies never
    }
  })
}
