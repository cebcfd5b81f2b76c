import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { loadModelJson } from '../../compiler/cli/load.ts'
import { plaintextLeaf } from '../../compiler/cli/plaintext.ts'
import { readRecords } from '../../compiler/cli/records.ts'
import { openStore } from '../../runtime/store/index.ts'
import { importEmitted } from '../support/modules.ts'
import { command, empCompile, startServer, stop } from '../support/processes.ts'
import { describeS3, freshBucket, s3Environment, s3Server } from '../support/s3/index.ts'

const model = 'generated/visit'
const rows = 48
let directory = ''
/** What stands in the CSV of the answers to `rows.csv`. */
let expected = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-batch-'))
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
  await empCompile(['visit.csv', '--min-samples-leaf', '1', '--max-depth', '3', '--key-bits', '2048'], directory)
  const line = (i: number) => `${20 + (i % 61)},${20 + (i % 20)}.5,${['never', 'daily', 'former'][i % 2]}`
  const csv = `age,bmi,smoker\n${Array.from({ length: rows }, (_, i) => line(i * 7)).join('\n')}\n`
  await writeFile(join(directory, 'rows.csv'), csv)
  expected = await answersTo('rows.csv')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** The answers of the plaintext tree to a CSV. */
async function answersTo(file: string): Promise<string> {
  const text = (name: string) => readFile(join(directory, model, name), 'utf8')
  const { contract } = (await importEmitted(await text('client.ts'), await text('server.ts'))).client
  const json = await loadModelJson(join(directory, model))
  const lines = (await readRecords(join(directory, file), contract, null)).map(({ record, place }) => {
    const leaf = plaintextLeaf(json, contract, record)
    return [
      place.line,
      leaf.answer,
      ...(leaf.kind === 'class' ? [...(leaf.shares ?? []), ...(leaf.counts ?? ['', ''])] : []),
    ].join(',')
  })
  return `line,answer,probability: no,probability: yes,rows: no,rows: yes\n${lines.join('\n')}\n`
}

const textOf = (file: string) => readFile(join(directory, file), 'utf8')
const predict = (out: string, args: readonly string[], environment: Record<string, string> = {}) =>
  empCompile(['predict', model, '--input', 'rows.csv', '--out', out, ...args], directory, environment)

const modeOf = async (name: string) => (await stat(join(directory, name))).mode & 0o777

/** Kills a run as soon as it has so many answers on disk, and gives how many there are then. */
async function killedAt(
  answers: number,
  out: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  const all = ['predict', model, '--input', 'rows.csv', '--out', out, ...args]
  const child: ChildProcess = spawn(process.execPath, [command, ...all], {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  const onDisk = async () => (await textOf(`${out}.part`)).split('\n').length - 2
  const options = { timeout: 30_000, interval: 5 }
  await vi.waitFor(async () => expect(await onDisk()).toBeGreaterThanOrEqual(answers), options)
  child.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  return onDisk()
}

test('answers stand in a CSV in the order of the rows, as the plaintext tree gives them', async () => {
  const { code, stdout, stderr } = await predict('plain.csv', ['--store', 'memory:', '--concurrency', '5'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^plain\.csv: 48 answers \(\d+\.\d s\)\n$/)
  expect(await textOf('plain.csv')).toBe(expected)
  expect(new Set(expected.split('\n').map((line) => line.split(',')[1])).size).toBeGreaterThan(2)
  expect(await readdir(directory)).not.toContain('plain.csv.part')
  // Answers about patients are for whoever asked.
  expect(await modeOf('plain.csv')).toBe(0o600)
})

test('an output that is there is not overwritten', async () => {
  await writeFile(join(directory, 'mine.csv'), 'mine\n')
  const { code, stderr } = await predict('mine.csv', ['--store', 'memory:'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('mine.csv: exists already')])
  expect(await textOf('mine.csv')).toBe('mine\n')
})

test.each(['0', '-1', '1.5', 'many', '1001'])('--concurrency %s is refused', async (concurrency) => {
  const { code, stderr } = await predict('none.csv', ['--store', 'memory:', '--concurrency', concurrency])
  expect([code, stderr]).toEqual([2, expect.stringContaining('--concurrency')])
})

test('killed twice over HTTP, it goes on after the answers that it has, and drops half a line', async () => {
  const { child, firstLine } = await startServer([model, '--port', '0'], directory)
  const url = firstLine.split(' ').at(-1) ?? ''
  await killedAt(8, 'http.csv', ['--server', url])
  expect(await modeOf('http.csv.part')).toBe(0o600)
  await appendFile(join(directory, 'http.csv.part'), '{"row":47,"opened":{"ans')
  const kept = await killedAt(25, 'http.csv', ['--server', url])
  const { code, stdout } = await predict('http.csv', ['--server', url, '--json'])
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { out: 'http.csv', rows, before: kept }])
  expect(await textOf('http.csv')).toBe(expected)
  expect(await stop(child)).toBe(0)
})

test('without a server it says how far it came; with one, the same command does the rest', async () => {
  const args = ['--store', 'later', '--deadline', '0.5', '--concurrency', '3']
  const { code, stderr } = await predict('later.csv', args)
  expect(code).toBe(2)
  expect(stderr).toContain('later.csv: 0 of 48 rows are answered so far; run the same command again')
  const { child } = await startServer([model, '--store', 'later'], directory)
  const finished = await predict('later.csv', ['--store', 'later'])
  expect(finished).toMatchObject({ code: 0, stderr: '' })
  expect(await textOf('later.csv')).toBe(expected)
  expect(await stop(child)).toBe(0)
  const left = await readdir(join(directory, 'later'), { recursive: true, withFileTypes: true })
  expect(left.filter((entry) => entry.isFile())).toEqual([])
})

test('answers to another input, or of another model, are not mixed in; a damaged line is named', async () => {
  const part = join(directory, 'other.csv.part')
  const run = () => predict('other.csv', ['--store', 'memory:'])
  const good = { contract: '', input: '', rows }
  for (const subject of [good, { ...good, rows: 1 }, {}, []]) {
    await writeFile(part, `${JSON.stringify(subject)}\n`)
    const { code, stderr } = await run()
    expect([code, stderr]).toEqual([2, expect.stringContaining('other.csv.part: holds the answers so far to another')])
  }
  // A run that had no time to answer anything leaves the line that fits.
  await rm(part)
  await predict('other.csv', ['--store', 'nobody', '--deadline', '0.01'])
  const subject = await readFile(part, 'utf8')
  expect(subject.split('\n')).toHaveLength(2)
  for (const line of ['', '{', '{"row":48,"opened":{}}', '{"row":-1,"opened":{}}', '{"row":1}', '[]', 'null']) {
    await writeFile(part, `${subject}${line}\n`)
    const { code, stderr } = await run()
    expect([code, stderr]).toEqual([2, expect.stringContaining('other.csv.part:2: is not a line')])
  }
  await writeFile(part, subject.slice(0, 20))
  expect(await run()).toMatchObject({ code: 0, stderr: '' })
  expect(await textOf('other.csv')).toBe(expected)
})

test('told to end, it cleans the store up, and says how far it came', async () => {
  const { child: server } = await startServer([model, '--store', 'told'], directory)
  const args = ['predict', model, '--input', 'rows.csv', '--out', 'told.csv', '--store', 'told']
  const child = spawn(process.execPath, [command, ...args], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const isUnderWay = async () => expect((await textOf('told.csv.part')).split('\n').length).toBeGreaterThan(5)
  await vi.waitFor(isUnderWay, { timeout: 30_000, interval: 5 })
  expect(await stop(child)).toBe(2)
  expect(stderr).toMatch(/told\.csv: \d+ of 48 rows are answered so far; .* The session was cancelled\.\n$/)
  expect(await stop(server)).toBe(0)
  const left = await readdir(join(directory, 'told'), { recursive: true, withFileTypes: true })
  expect(left.filter((entry) => entry.isFile())).toEqual([])
  expect(await predict('told.csv', ['--store', 'memory:'])).toMatchObject({ code: 0, stderr: '' })
  expect(await textOf('told.csv')).toBe(expected)
})

describeS3('a batch over S3', () => {
  test('killed in the middle, with a server killed too: nothing is predicted twice, nothing lost', async () => {
    const server = await s3Server()
    const environment = s3Environment(server)
    const url = `s3://${await freshBucket(server)}/mailbox`
    const serve = () => startServer([model, '--no-reply-key', '--store', url, '--log', 'json'], directory, environment)
    const servers = [await serve(), await serve()]
    expect(JSON.parse(servers[0]?.firstLine ?? '')).toMatchObject({ event: 'serving', on: `the store ${url}` })
    const args = ['--store', url, '--concurrency', '4']
    const kept = await killedAt(25, 's3.csv', args, environment)
    servers[0]?.child.kill('SIGKILL')
    const { code, stdout, stderr } = await predict('s3.csv', [...args, '--json'], environment)
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ rows, before: kept })
    expect(await textOf('s3.csv')).toBe(expected)
    const [, survivor] = servers
    expect(survivor === undefined ? null : await stop(survivor.child)).toBe(0)
    const log = servers.map((one) => one.log()).join('')
    // Those under way when a process was killed are asked for, or answered, once more.
    const sessions = new Set(log.split('\n').flatMap((line) => /"answered","session":"(\w+)"/.exec(line)?.[1] ?? []))
    expect(sessions.size).toBeGreaterThan(rows - 25)
    expect(sessions.size).toBeLessThanOrEqual(rows + 4 + 8)
    expect(log).not.toContain('"failed"')

    // Of the sessions that were under way in the killed client, the sweep alone removes what is left.
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const left = await (await openStore(url)).list('')
    vi.unstubAllEnvs()
    expect(new Set(left.map(({ key }) => key.split('/').at(-1))).size).toBeLessThanOrEqual(4)
  })

  test('a store that cannot be reached is named, with what to do', async () => {
    const environment = s3Environment(await s3Server(), 'stranger')
    const { code, stderr } = await predict('never.csv', ['--store', 's3://no-such-bucket/x'], environment)
    expect([code, stderr]).toEqual([2, expect.stringContaining('"no-such-bucket": there is no such bucket')])
    const bad = await predict('never.csv', ['--store', 's3://NoBucket'], environment)
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('--store')])
  })
})
