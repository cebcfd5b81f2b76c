import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { s3Store } from '../../runtime/store/s3.ts'
import { placeOf } from '../../runtime/store/store.ts'
import { cephRecord } from '../cases/events/shapes.ts'
import { importEmitted } from '../support/modules.ts'
import { empCompile, startServer, stop } from '../support/processes.ts'
import { credentials, describeS3, freshBucket, s3Environment, s3Server } from '../support/s3/index.ts'

let directory = ''
const run = (...args: string[]) => empCompile(args, directory)
const model = 'generated/iris'
const flower = { 'sepal length': 6.3, 'sepal width': 3.3, 'petal length': 6, 'petal width': 2.5 }

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-network-'))
  await copyFile('datasets/iris.csv', join(directory, 'iris.csv'))
  await writeFile(join(directory, 'record.json'), JSON.stringify(flower))
})
afterAll(() => rm(directory, { recursive: true }))

test('a network compiles, says what rebuilds it, and verifies; its recipe makes it again', async () => {
  // Without cross-validation of the recipe, and folds enough for figures.
  const quick = ['--model', 'network', '--width', '2', '--decay', '0.01', '--starts', '1', '--folds', '2']
  const compiled = await run('iris.csv', ...quick)
  expect(compiled).toMatchObject({ code: 0, stderr: '' })
  const text = compiled.stdout.replace(/\s+/g, ' ')
  expect(text).toContain('products of up to 2')
  expect(text).toContain('15 questions rebuild the model')
  const lines = (await readFile('datasets/iris.csv', 'utf8')).split('\n')
  await writeFile(join(directory, 'some.csv'), `${lines.filter((_, i) => i % 5 === 0).join('\n')}\n`)
  expect((await run('verify', model, '--data', 'some.csv')).stdout).toMatch(/30 of 30 rows equal, all equal/)
  const again = await run('iris.csv', ...quick, '--check')
  expect(again).toMatchObject({ code: 0, stdout: 'generated/iris is up to date.\n' })
})

test('serve and predict meet over HTTP, where its page is', async () => {
  const { child, firstLine } = await startServer([model, '--port', '0'], directory)
  const url = /(http:\/\/127\.0\.0\.1:\d+)$/.exec(firstLine)?.[1] ?? ''
  const predicted = await run('predict', model, '--input', 'record.json', '--server', url)
  expect(predicted).toMatchObject({ code: 0, stderr: '' })
  expect(predicted.stdout).toMatch(/record\.json +virginica +\d+\.\d%/)
  expect(await (await fetch(url)).text()).toContain('<emp-form')
  expect(await stop(child)).toBe(0)
  const page = await run('page', model, '--out', 'page')
  expect(page).toMatchObject({ code: 0, stderr: '' })
  expect(await readFile(join(directory, 'page/_headers'), 'utf8')).not.toContain('wasm-unsafe-eval')
})

describeS3('on the S3 server', () => {
  test('a server answers over it, and so does the function of its package', async () => {
    const service = await s3Server()
    const bucket = await freshBucket(service)
    const environment = s3Environment(service)
    const words = [model, '--store', `s3://${bucket}/a`, '--no-reply-key']
    const { child } = await startServer(words, directory, environment)
    const input = ['predict', model, '--input', 'record.json', '--store', `s3://${bucket}/a`]
    const predicted = await empCompile(input, directory, environment)
    expect(predicted).toMatchObject({ code: 0, stderr: '' })
    expect(predicted.stdout).toMatch(/record\.json +virginica/)
    expect(await stop(child)).toBe(0)

    expect(await run('package', model, '--no-reply-key', '--out', 'deploy')).toMatchObject({ code: 0 })
    await copyFile('test/cases/deploy/invoke.mjs', join(directory, 'invoke.mjs'))
    const [clientText, serverText] = await Promise.all(
      ['client.ts', 'server.ts'].map((name) => readFile(join(directory, model, name), 'utf8')),
    )
    const { client } = await importEmitted(clientText ?? '', serverText ?? '')
    const sealed = await client.seal(flower, await client.generateKey())
    const [place, id] = [await placeOf(client.contract), '1'.repeat(32)]
    const store = s3Store(`s3://${bucket}`, { ...service, credentials: credentials() })
    await store.put(`requests/${place}/${id}`, sealed.request)
    const event = { Records: [cephRecord(bucket, `requests/${place}/${id}`)] }
    const env = { PATH: process.env.PATH ?? '', ...environment }
    const started = spawn(process.execPath, ['invoke.mjs', './deploy/server/index.mjs'], { cwd: directory, env })
    started.stdin.end(`${JSON.stringify(event)}\n`)
    await new Promise((done) => started.once('exit', done))
    const reply = await store.get(`replies/${place}/${id}`, 10_000)
    expect((await sealed.open(reply ?? sealed.request)).answer).toBe('virginica')
  })
})
