import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { empCompile } from '../support/processes.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-recipe-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const iris = resolve('datasets/iris.csv')

test.each([
  ['by default', []],
  [
    'with much said',
    ['--reveal', 'label', '--cuts', '8', '--pad-leaves', '32', '--probability', '--class-weight', 'balanced'].concat([
      ...['--max-depth', '3', '--drop', 'sepal length', '--ccp-alpha', '0.001'],
    ]),
  ],
  ['with the pruning said', ['--prune', 'cv', '--folds', '4', '--seed', '7', '--key-bits', '2048']],
])('model.json holds the recipe that makes the model again: %s', async (_, options) => {
  const made = async (out: string, more: readonly string[]) => {
    expect(await empCompile([iris, '--name', 'iris', '--out', join(directory, out), ...more])).toMatchObject({
      code: 0,
    })
    const files = await readdir(join(directory, out), { recursive: true, withFileTypes: true })
    const paths = files.flatMap((file) => (file.isFile() ? [join(file.parentPath, file.name)] : []))
    const texts = await Promise.all(paths.sort().map((path) => readFile(path, 'utf8')))
    return texts.map((text, i) => [paths[i]?.slice(join(directory, out).length), text])
  }
  const first = await made('first', options)
  const { options: recipe } = JSON.parse(await readFile(join(directory, 'first/report/model.json'), 'utf8'))
  await writeFile(join(directory, 'recipe.json'), JSON.stringify(recipe))
  expect(await made('second', ['--config', join(directory, 'recipe.json')])).toEqual(first)
  await Promise.all(['first', 'second'].map((name) => rm(join(directory, name), { recursive: true })))
})
