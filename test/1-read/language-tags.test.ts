import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSchema } from '../../compiler/1-read/schema.ts'
import { documentInLanguage, sourceInLanguage } from '../../compiler/table.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emp-tags-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(schema: object) {
  const path = join(folder, 'a.schema.json')
  await writeFile(path, JSON.stringify(schema))
  const read = await readSchema('a.schema.json', path, true)
  if (read === null) throw new TypeError('there is a schema')
  return read
}
const field = (texts: object) => read({ fields: [{ name: 'age', ...texts }] })

describe('the tags of languages in a schema', () => {
  test.each<[title: object, own: string, said: Record<string, string>]>([
    [
      { EN: 'Age', 'DE-ch': 'Alter CH' },
      'Age',
      { 'de-CH': 'Alter CH', de: 'Alter CH', 'de-AT': 'Alter CH', fr: 'Age' },
    ],
    [{ en: 'Age', de: 'Alter', 'de-CH': 'CH' }, 'Age', { 'de-AT': 'Alter', 'de-CH': 'CH', 'de-CH-1996': 'CH' }],
    [{ 'pt-br': 'Idade', 'en-GB': 'Age' }, 'Age', { 'pt-BR': 'Idade', 'pt-PT': 'Idade', pt: 'Idade', es: 'Age' }],
    [{ 'zh-hant': 'Hant', zh: 'zh' }, 'Hant', { 'zh-Hant-TW': 'Hant', 'zh-CN': 'zh' }],
    [{ '': 'all', en: 'Age', iw: 'gil' }, 'all', { en: 'Age', he: 'gil', fr: 'all' }],
  ])('%j: in whatever letters, and the nearest is said', async (title, own, said) => {
    const [{ document } = { document: null }] = (await field({ title })).fields
    expect(document?.title).toBe(own)
    for (const [lang, text] of Object.entries(said))
      if (document !== null) expect(documentInLanguage(document, lang).title, lang).toBe(text)
    const { languages, title: one, description } = await read({ title, fields: [] })
    const source = { title: one, description, ...(languages === undefined ? {} : { languages }) }
    for (const [lang, text] of Object.entries(said)) expect(sourceInLanguage(source, lang).title, lang).toBe(text)
  })

  const bad = { en: 'a', de_CH: 'b' }
  test.each<[name: string, schema: () => Promise<unknown>, says: RegExp]>([
    ['of a field', () => field({ title: bad }), /in "title" of "age", "de_CH" is not the tag.*write "de-CH"/],
    ['of a unit', () => field({ unit: { 'x y': 'a' } }), /"unit" of "age", "x y" is not.*one such as "fr" or "pt-BR"/],
    ['of a group', () => field({ group: { e: 'a' } }), /"group" of "age", "e" is not/],
    ['of a category', () => field({ categories: [{ value: 1, label: bad }] }), /"label" of "age", "de_CH"/],
    ['of another unit', () => field({ otherUnits: [{ unit: bad, factor: 2 }] }), /"unit" of "age", "de_CH"/],
    ['of the data', () => read({ description: bad, fields: [] }), /"description" of the schema, "de_CH"/],
    ['that are one', () => field({ title: { fr: 'a', FR: 'b' } }), /"title" of "age", "fr" and "FR" are one language/],
    ['that are one by now', () => field({ title: { he: 'a', iw: 'b' } }), /"he" and "iw" are one language/],
  ])('%s are refused by name', async (_, schema, says) => {
    await expect(schema()).rejects.toMatchObject({ code: 'malformed-schema', message: expect.stringMatching(says) })
  })
})
