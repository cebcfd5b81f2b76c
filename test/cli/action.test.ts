import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { command, empCompile } from '../support/processes.ts'

interface Step {
  readonly id?: string
  readonly name: string
  readonly if?: string
  readonly uses?: string
  readonly shell?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, string>>
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

let action: Action
let directory = ''
beforeAll(async () => {
  action = parse(await readFile('action.yml', 'utf8')) as Action
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-action-'))
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
  await writeFile(join(directory, 'recipe.json'), JSON.stringify({ $schema: 'x', 'max-depth': 2, 'key-bits': 2048 }))
  const made = await empCompile(['visit.csv', '--out', 'models/visit', '--config', 'recipe.json'], directory)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  // There is no gh here: this one notes what it was asked for.
  await mkdir(join(directory, 'bin'))
  await writeFile(join(directory, 'bin/gh'), '#!/bin/sh\necho "$@" > "$RECORD"\n')
  await chmod(join(directory, 'bin/gh'), 0o755)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** Runs the steps as a runner does: expressions replaced, outputs passed on, until one fails. */
async function runSteps(): Promise<{ failed: string | null; outputs: Record<string, string>; summary: string }> {
  const given: Record<string, string> = {
    data: 'visit.csv',
    model: 'models/visit',
    recipe: 'recipe.json',
    command: `${process.execPath} ${command}`,
  }
  const outputs: Record<string, string> = {}
  const filledIn = (expression: string): string => {
    const [, kind, name = ''] = /^(inputs|steps\.check\.outputs|github)\.([\w.-]+)$/.exec(expression) ?? []
    if (kind === 'inputs') return given[name] ?? action.inputs[name]?.default ?? expect.fail(`no input ${name}`)
    if (kind === 'steps.check.outputs') return outputs[name] ?? expect.fail(`no output ${name}`)
    const github: Record<string, string> = {
      action_path: resolve('.'),
      'event.pull_request.number': '7',
      repository: 'owner/name',
    }
    return github[name] ?? expect.fail(`no value ${expression}`)
  }
  const filled = (text: string) => text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => filledIn(expression.trim()))
  const summaryFile = join(directory, 'summary.md')
  await writeFile(summaryFile, '')
  for (const { name, run, env = {}, uses } of action.runs.steps) {
    if (run === undefined) {
      expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/)
      continue
    }
    // What comes from outside is never put into a script's text.
    expect(run).not.toContain('${{')
    const outputFile = join(directory, 'output')
    await writeFile(outputFile, '')
    const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, filled(value)]))
    const environment = {
      ...process.env,
      PATH: `${join(directory, 'bin')}:${process.env.PATH}`,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      RECORD: join(directory, 'gh.txt'),
      ...own,
    }
    try {
      await promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
        cwd: directory,
        env: environment,
      })
    } catch {
      return { failed: name, outputs, summary: await readFile(summaryFile, 'utf8') }
    }
    for (const line of (await readFile(outputFile, 'utf8')).split('\n').filter((one) => one !== '')) {
      const at = line.indexOf('=')
      outputs[line.slice(0, at)] = line.slice(at + 1)
    }
  }
  return { failed: null, outputs, summary: await readFile(summaryFile, 'utf8') }
}

test('a fresh model passes; the comment tells figures and leakage', async () => {
  const { failed, outputs, summary } = await runSteps()
  expect([failed, outputs.stale]).toEqual([null, ''])
  expect(summary).toContain('### visit: tree, `signs`')
  expect(summary).toContain('The modules are up to date.')
  expect(summary).toMatch(/\| Brier score \| 0\.\d+ \|/)
  expect(summary).toMatch(/\| the client \|.*training counts/)
  expect(summary).toContain('"blindingBits"')
  expect(await readFile(join(directory, 'emp-compile-comment.md'), 'utf8')).toBe(summary)
  expect(await readFile(join(directory, 'gh.txt'), 'utf8')).toContain('pr comment 7 --repo owner/name')
})

test('a stale model fails at the end, after the report and the comment', async () => {
  const client = join(directory, 'models/visit/client.ts')
  const text = await readFile(client, 'utf8')
  await writeFile(client, `${text}\n`)
  const { failed, outputs, summary } = await runSteps()
  await writeFile(client, text)
  expect([failed, outputs.stale]).toEqual(['Fail if stale', 'client.ts'])
  expect(summary).toContain('**Stale: client.ts.**')
})

test('data that cannot be read fails at once', async () => {
  await rm(join(directory, 'visit.csv'))
  expect((await runSteps()).failed).toBe('Compile again and compare')
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
})
