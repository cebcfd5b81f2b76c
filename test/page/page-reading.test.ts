import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { buildPage } from '../../compiler/page/build.ts'
import { contract } from '../../generated/heart-disease/client.ts'
import documentsJson from '../../generated/heart-disease/page.json' with { type: 'json' }
import type { FieldDocument, PageDocuments } from '../../runtime/page/documents.ts'
import { describeFailure } from '../../runtime/page/failures.ts'
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

test('the page’s own texts are at most as hard as seven years of school', async () => {
  // The words of the schema are its author's: they are left out.
  const bare = (field: FieldDocument): FieldDocument => ({
    ...field,
    title: 'It',
    description: null,
    categories: field.categories.map((category) => ({ ...category, label: '1' })),
  })
  const documents: PageDocuments = {
    ...(documentsJson as PageDocuments),
    title: 'It',
    description: null,
    references: [],
    leakage: { client: '', server: '' },
    target: bare(documentsJson.target),
    columns: documentsJson.columns.map(bare),
  }
  const { files } = await buildPage({
    directory: resolve('generated/heart-disease'),
    contract,
    documents,
    connection: { kind: 'http', url: null },
    origins: [],
  })
  const markup = (files.get('index.html') ?? '').replace(/^[\s\S]*<body>/, '')
  const shown = markup
    .split(/<\/?(?:p|li|h\d|dt|dd|legend|label|button|summary|div|section|ul|ol|dl|form|fieldset)\b[^>]*>/)
    .map((text) =>
      text
        .replace(/<[^>]+>/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
  const codes = [...(await readFile('runtime/page/failures.ts', 'utf8')).matchAll(/^ {2}'?([a-z-]+)'?[:,]/gm)]
  const failures = codes.flatMap(([, code = '']) => {
    const { title, advice } = describeFailure(code)
    return [title, advice]
  })
  const groups = { markup: shown, failures }
  for (const [name, texts] of Object.entries(groups)) {
    const sentences = sentencesOf(texts)
    expect(sentences.length, name).toBeGreaterThan(20)
    const hardest = sentences
      .map((one) => `${gradeOf([one]).toFixed(0)} ${one}`)
      .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
    expect(gradeOf(sentences), `${name}:\n${hardest.slice(0, 15).join('\n')}`).toBeLessThanOrEqual(7)
  }
})
