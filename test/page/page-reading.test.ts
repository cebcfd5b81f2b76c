import { expect, test } from 'vitest'
import type { Message } from '../../runtime/words/message.ts'
import { pageEn } from '../../runtime/words/page-en.ts'
import { gradeOf, sentencesOf, syllablesOf } from '../support/reading.ts'

test.each([
  ['cat', 1],
  ['make', 1],
  ['table', 2],
  ['answer', 2],
  ['encrypted', 3],
  ['calculator', 4],
  ['reached', 1],
  ['wanted', 2],
  ['yours', 1],
])('%s has %i syllables', (word, syllables) => {
  expect(syllablesOf(word)).toBe(syllables)
})

test('grades rise with the length of words and sentences', () => {
  const easy = gradeOf(sentencesOf(['The cat sat on the mat. It was warm.']))
  const hard = gradeOf(
    sentencesOf([
      'Institutional considerations necessitate comprehensive documentation of administrative responsibilities.',
    ]),
  )
  expect([easy < 2, hard > 18]).toEqual([true, true])
})

/** A message as it is said, with short words for its values: those of the schema are its author's. */
function saidOf(message: Message): string {
  const text = typeof message === 'string' ? message : message.other
  return text
    .replace(/\{(count|done|all|part|whole|less|right|percent|first|second|low|high|minimum|maximum)\}/g, '12')
    .replace(/\{\w+\}/g, 'it')
}

test('the page’s own texts are at most as hard as seven years of school', () => {
  // Who audits a page reads hashes.
  const messages = Object.entries<Message>(pageEn).filter(([key]) => !key.startsWith('audit.'))
  const groups = {
    before: /^(page|ask|note|ready|working|form|question|fault)\b/,
    answers: /^answer\./,
    'what left the device': /^(sent|learns|footer)\./,
    failures: /^failure\./,
  }
  for (const [name, pattern] of Object.entries(groups)) {
    const sentences = sentencesOf(messages.flatMap(([key, message]) => (pattern.test(key) ? [saidOf(message)] : [])))
    expect(sentences.length, name).toBeGreaterThan(10)
    const hardest = sentences
      .map((one) => `${gradeOf([one]).toFixed(0)} ${one}`)
      .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
    expect(gradeOf(sentences), `${name}:\n${hardest.slice(0, 15).join('\n')}`).toBeLessThanOrEqual(7)
  }
})
