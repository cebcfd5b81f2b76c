import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { command, run, startServer, stop } from './support/processes.ts'
import { folderWithPackages, runStep, stepsOf } from './support/steps.ts'

describe('the tutorial, step by step', () => {
  const steps = stepsOf('compiler/TUTORIAL.md', 'step')
  let directory = ''
  let address = ''
  let served: Awaited<ReturnType<typeof startServer>> | null = null
  beforeAll(async () => {
    directory = await folderWithPackages()
  })
  afterAll(async () => {
    if (served !== null) await stop(served.child)
    await rm(directory, { recursive: true, force: true })
  })
  const step = (name: string) => {
    const script = steps.get(name) ?? expect.fail(`no step ${name}`)
    // A port of its own, as 8080 may be taken.
    return runStep(script.replaceAll('http://127.0.0.1:8080', address), directory)
  }

  test('has these steps, in this order', () => {
    expect([...steps.keys()]).toEqual([
      ...['install', 'data', 'schema', 'compile', 'serve', 'program', 'attack', 'package'],
    ])
  })

  test('install: a folder of modules', async () => {
    const script = steps.get('install') ?? ''
    const version = JSON.parse(await readFile('package.json', 'utf8')).version
    expect(script).toContain(`npm install ./emp-compile-${version}.tgz ./emp-compile-runtime-${version}.tgz\n`)
    const done = await runStep(script.replace(/^npm install .*\n/m, ''), directory)
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining(`${version}\n`) })
    expect(JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')).type).toBe('module')
  })

  test('data: a CSV, and its schema', async () => {
    expect(await step('data')).toMatchObject({ code: 0, stdout: expect.stringContaining('visits.schema.json written') })
    const schema = JSON.parse(await readFile(join(directory, 'visits.schema.json'), 'utf8'))
    expect(existsSync(join(directory, schema.$schema))).toBe(true)
  })

  test('schema: a range that says nothing of the patients', async () => {
    expect(await step('schema')).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('compile: the lines that the tutorial reads, and verify', async () => {
    const { code, stdout } = await step('compile')
    expect(code).toBe(0)
    for (const line of ['accuracy', 'client learns', 'server learns', 'written']) {
      expect(stdout).toMatch(new RegExp(`^${line} `, 'm'))
    }
    expect(stdout).toMatch(/60 of 60 rows equal, all equal/)
    expect(existsSync(join(directory, 'generated/visits/report/report.html'))).toBe(true)
  })

  test('serve: a page, and a server', async () => {
    const script = steps.get('serve') ?? ''
    expect(script).toBe('node_modules/.bin/emp-compile serve generated/visits --port 8080 --store mailbox\n')
    const words = script.trim().replace('8080', '0').split(' ').slice(2)
    served = await startServer(words, directory)
    const deadline = performance.now() + 30_000
    while (!/http:\/\/[\d.:]+/.test(served.log()) && performance.now() < deadline) {
      await new Promise((done) => setTimeout(done, 50))
    }
    address = /http:\/\/[\d.:]*\d/.exec(served.log())?.[0] ?? expect.fail(served.log())
    const page = await fetch(address)
    expect(await page.text()).toContain('<emp-form')
  })

  test('program: the same answer from a program and from the command', async () => {
    const { code, stdout, stderr } = await step('program')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^yes\n/)
    expect(stdout).toMatch(/record\.json +yes/)
  })

  test('attack: lengths are equal, and bytes tell no more than a coin', async () => {
    const { code, stdout } = await step('attack')
    expect(code).toBe(0)
    expect(stdout).toContain('lengths differ: false')
    const right = Number(/guesses right: (\d+) of 100/.exec(stdout)?.[1])
    // A fair coin is outside these once in ten million.
    expect(right).toBeGreaterThan(23)
    expect(right).toBeLessThan(77)
  })

  test('package: a key, a model that pins it, a template', async () => {
    expect(await step('package')).toMatchObject({ code: 0 })
    expect(existsSync(join(directory, 'deploy/visits/template.yaml'))).toBe(true)
  })
})

describe('from a CSV to a page, as the README says', () => {
  const steps = stepsOf('README.md', 'run')
  let directory = ''
  beforeAll(async () => {
    directory = await folderWithPackages()
    const iris = await readFile('datasets/iris.csv', 'utf8')
    await writeFile(join(directory, 'train.csv'), iris)
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  test('the packages are packed, with schemas and documents', async () => {
    expect([...steps.keys()]).toEqual(['install', 'page'])
    expect(steps.get('install')).toContain('npm pack && npm pack --workspace runtime')
    const packed = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])
    const files = JSON.parse(packed.stdout)[0].files.map(({ path }: { path: string }) => path)
    for (const file of ['schemas/table.json', 'schemas/recipe.json', 'compiler/TUTORIAL.md', 'compiler/DATA.md']) {
      expect(files).toContain(file)
    }
  })

  test('schema, compile, verify, serve', async () => {
    const lines = (steps.get('page') ?? '').trimEnd().split('\n')
    const serve = lines.pop() ?? ''
    const { code, stdout } = await runStep(`${lines.join('\n')}\n`, directory)
    expect(code).toBe(0)
    expect(stdout).toMatch(/150 of 150 rows equal, all equal/)
    const words = serve
      .replace(/\s*#.*/, '')
      .replace('8080', '0')
      .split(' ')
    expect(words.slice(0, 2)).toEqual(['node_modules/.bin/emp-compile', 'serve'])
    const child = spawn(process.execPath, [command, ...words.slice(1)], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
    const deadline = performance.now() + 30_000
    while (!/http:\/\/[\d.:]+/.test(log) && performance.now() < deadline)
      await new Promise((done) => setTimeout(done, 50))
    const page = await fetch(/http:\/\/[\d.:]*\d/.exec(log)?.[0] ?? expect.fail(log))
    expect(await page.text()).toContain('<emp-form')
    await stop(child)
  })

  test('the recipe that it shows is one', async () => {
    const readme = await readFile('README.md', 'utf8')
    const recipe = /```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    await writeFile(join(directory, 'recipe.json'), recipe)
    const done = await runStep('npx emp-compile train.csv --config recipe.json --out recipe\n', directory)
    expect(done).toMatchObject({ code: 0, stderr: '' })
  })
})
