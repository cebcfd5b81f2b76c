import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { options } from '../compiler/cli/compile-options.ts'
import { recipeSchema } from '../compiler/recipe-schema.ts'
import { cardNames } from '../compiler/report/card-reporting.ts'
import { command } from './support/processes.ts'

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
const ofTables = ajv.compile(read('schemas/table.json'))
const ofRecipes = ajv.compile(read('schemas/recipe.json'))

const files = ['compiler', 'datasets', 'generated', 'runtime', 'test']
  .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => join(root, file)))
  .filter((file) => !/(^|\/)(node_modules|dist|\.tmp[^/]*)\//.test(file))

describe('every Table Schema of the repository', () => {
  const own = files.filter((file) => file.endsWith('.schema.json'))
  test('there are some', () => expect(own.length).toBeGreaterThan(2))
  test.each(own)('%s', (file) => {
    ofTables(read(file))
    expect(ofTables.errors ?? []).toEqual([])
  })
})

describe('every recipe of the repository', () => {
  const own = files.filter((file) => file.endsWith('.recipe.json'))
  test('there are some', () => expect(own.length).toBeGreaterThan(0))
  test.each(own)('%s', (file) => {
    ofRecipes(read(file))
    expect(ofRecipes.errors ?? []).toEqual([])
  })

  // model.json says what made a model, as a recipe.
  test.each(files.filter((file) => basename(file) === 'model.json' && dirname(file).endsWith('report')))(
    '%s',
    (file) => {
      ofRecipes(read(file).options)
      expect(ofRecipes.errors ?? []).toEqual([])
    },
  )
})

test('editors complete every entry of the model card', () => {
  expect(Object.keys(read('schemas/table.json').properties.card.properties)).toEqual(cardNames)
})

test('$schema leads to the file', () => {
  for (const file of files.filter((one) => /\.(schema|recipe)\.json$/.test(one))) {
    const { $schema } = read(file)
    if ($schema !== undefined) expect(existsSync(join(dirname(file), $schema)), file).toBe(true)
  }
})

test.each([
  ['an unknown property', { fields: [{ name: 'age', minumum: 3 }] }],
  ['a field without a name', { fields: [{ title: 'Age' }] }],
  ['a step of 0', { fields: [{ name: 'age', step: 0 }] }],
  ['another scale', { fields: [{ name: 'age', scale: 'logarithmic' }] }],
])('a Table Schema with %s is refused', (_, schema) => expect(ofTables(schema)).toBe(false))

test.each([
  ['an unknown option', { 'max-dpeth': 3 }],
  ['a depth of 0', { 'max-depth': 0 }],
  ['a choice that is none', { reveal: 'lable' }],
])('a recipe with %s is refused', (_, recipe) => expect(ofRecipes(recipe)).toBe(false))

test('the schema of recipes has every option', () => {
  expect(read('schemas/recipe.json')).toEqual(JSON.parse(JSON.stringify(recipeSchema(options))))
})

test('what emp-compile schema writes is valid', () => {
  const directory = mkdtempSync(join(tmpdir(), 'emp-compile-schema-'))
  try {
    for (const data of ['heart-disease', 'iris', 'diabetes']) {
      const text = execFileSync(process.execPath, [command, 'schema', `datasets/${data}.csv`, '--out', '-'])
      ofTables(JSON.parse(String(text)))
      expect(ofTables.errors ?? [], data).toEqual([])
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('the package holds the schemas', () => {
  const { files: published, exports } = read('package.json')
  expect(published).toContain('schemas')
  expect(exports['./schemas/*']).toBe('./schemas/*')
})
