import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { directoryStore, memoryStore, openStore, type Store, StoreError } from '../../runtime/store/index.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { credentials, describeS3, freshBucket, type S3Server, s3Server } from '../support/s3/index.ts'

const temporary = await mkdtemp(join(tmpdir(), 'store-test-'))
afterAll(() => rm(temporary, { recursive: true, force: true }))
const freshRoot = () => join(temporary, randomUUID())

const bytesOf = (text: string) => new TextEncoder().encode(text)
const most = 1_000_000
const keysOf = async (store: Store, prefix: string) => (await store.list(prefix)).map(({ key }) => key).sort()

describe('memoryStore', () => contract(() => memoryStore()))
describe('directoryStore', () => contract(() => directoryStore(freshRoot())))
describeS3('s3Store', () => {
  let [server, bucket]: [S3Server, string] = [{ endpoint: '', region: '' }, '']
  beforeAll(async () => {
    server = await s3Server()
    bucket = await freshBucket(server)
  })
  contract(() => s3Store(`s3://${bucket}/${randomUUID()}`, { ...server, credentials: credentials() }))
})

/** What every store does. */
function contract(make: () => Store): void {
  test('gives back what was put, byte for byte', async () => {
    const store = make()
    const name = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/)
    const keys = fc.array(name, { minLength: 1, maxLength: 6 }).map((names) => ['objects', ...names, 'end-'].join('/'))
    const property = fc.asyncProperty(keys, fc.uint8Array({ maxLength: 5000 }), async (key, bytes) => {
      expect(await store.put(key, bytes)).toBe(true)
      expect(await store.get(key, bytes.length)).toEqual(bytes)
      await store.delete(key)
      expect(await store.get(key, most)).toBe(null)
    })
    await fc.assert(property, {
      examples: [
        ['a', new Uint8Array()],
        ['a/b', Uint8Array.of(0, 255, 10, 13)],
      ],
    })
  })

  test('has nothing at first; deleting what is not there is no error', async () => {
    const store = make()
    expect(await store.get('a/b', most)).toBe(null)
    await store.delete('a/b')
    expect([await store.list(''), await store.list('a/')]).toEqual([[], []])
  })

  test('overwrites, and reads no object twice from one place', async () => {
    const store = make()
    for (const text of ['first', 'a longer second', '3']) expect(await store.put('a/b', bytesOf(text))).toBe(true)
    expect(await store.get('a/b', most)).toEqual(bytesOf('3'))
    expect(await keysOf(store, '')).toEqual(['a/b'])
  })

  test('ifAbsent: the first one stands', async () => {
    const store = make()
    expect(await store.put('a/b', bytesOf('first'), { ifAbsent: true })).toBe(true)
    expect(await store.put('a/b', bytesOf('second'), { ifAbsent: true })).toBe(false)
    expect(await store.get('a/b', most)).toEqual(bytesOf('first'))
    await store.delete('a/b')
    expect(await store.put('a/b', bytesOf('third'), { ifAbsent: true })).toBe(true)
    expect(await keysOf(store, '')).toEqual(['a/b'])
  })

  test('ifAbsent: of 50 at once exactly one is written, and that one stands', async () => {
    const store = make()
    const contents = Array.from({ length: 50 }, (_, i) => new Uint8Array(1000).fill(i))
    const written = await Promise.all(contents.map((bytes) => store.put('a/b', bytes, { ifAbsent: true })))
    expect(written.filter(Boolean)).toHaveLength(1)
    expect(await store.get('a/b', most)).toEqual(contents[written.indexOf(true)])
    expect(await keysOf(store, '')).toEqual(['a/b'])
  })

  test('lists the objects below a prefix, with the time of their last change', async () => {
    const store = make()
    const keys = ['requests/m/1', 'requests/m/2', 'requests/m2/3', 'replies/m/1', 'top']
    for (const key of keys) await store.put(key, bytesOf(key))
    expect(await keysOf(store, '')).toEqual([...keys].sort())
    expect(await keysOf(store, 'requests/')).toEqual(['requests/m/1', 'requests/m/2', 'requests/m2/3'])
    expect(await keysOf(store, 'requests/m/')).toEqual(['requests/m/1', 'requests/m/2'])
    expect(await keysOf(store, 'nothing/')).toEqual([])
    await store.delete('requests/m/1')
    expect(await keysOf(store, 'requests/m/')).toEqual(['requests/m/2'])
    for (const { modified } of await store.list(''))
      expect(Math.abs(Date.now() - modified.getTime())).toBeLessThan(10_000)
  })

  test('refuses objects longer than asked for', async () => {
    const store = make()
    await store.put('a', new Uint8Array(1001))
    await expect(store.get('a', 1000)).rejects.toMatchObject({ name: 'ProtocolError', code: 'too-large' })
    expect(await store.get('a', 1001)).toHaveLength(1001)
  })

  test('gives and takes copies', async () => {
    const store = make()
    const bytes = bytesOf('original')
    await store.put('a', bytes)
    bytes.fill(0)
    const got = await store.get('a', most)
    expect(got).toEqual(bytesOf('original'))
    got?.fill(1)
    expect(await store.get('a', most)).toEqual(bytesOf('original'))
  })

  test.each([
    ...['', '/', '/x', 'x/', 'a//b', '.', '..', '../x', 'a/../b', 'a/./b', '.hidden', 'a/.hidden', 'a b', 'ä'],
    ...['a\0b', 'a\\b', 'a\nb', 'a\n', 'C:x', 'a?b', 'x'.repeat(300), 'x'.repeat(129), `${'a/'.repeat(150)}a`],
  ])('refuses the malformed key %j in every method', async (key) => {
    const store = make()
    await store.put('b', bytesOf('there'))
    await expect(async () => store.put(key, bytesOf('x'))).rejects.toThrow(RangeError)
    await expect(async () => store.put(key, bytesOf('x'), { ifAbsent: true })).rejects.toThrow(RangeError)
    await expect(async () => store.get(key, most)).rejects.toThrow(RangeError)
    await expect(async () => store.delete(key)).rejects.toThrow(RangeError)
    expect(await keysOf(store, '')).toEqual(['b'])
  })

  test('lists nothing outside of itself', async () => {
    const store = make()
    for (const prefix of ['../', '/', 'a/../../']) {
      const refused = (error: unknown) => (error instanceof RangeError ? 0 : Promise.reject(error))
      expect(await store.list(prefix).then(({ length }) => length, refused)).toEqual(0)
    }
  })

  test('rejects with the reason of its signal in every method, and does nothing', async () => {
    const store = make()
    await store.put('a', bytesOf('there'))
    const signal = AbortSignal.abort(new Error('the reason'))
    await expect(store.put('b', bytesOf('x'), { signal })).rejects.toThrow('the reason')
    await expect(store.get('a', most, { signal })).rejects.toThrow('the reason')
    await expect(store.delete('a', { signal })).rejects.toThrow('the reason')
    await expect(store.list('', { signal })).rejects.toThrow('the reason')
    expect(await keysOf(store, '')).toEqual(['a'])
  })
}

describe('directoryStore, on a file system that others use too', () => {
  test('never shows half of an object, nor a draft, while large ones are put', async () => {
    const root = freshRoot()
    const store = directoryStore(root)
    const size = 3_000_000
    await store.put('a/b', new Uint8Array(size))
    let [done, seen] = [false, 0]
    const write = async (i: number) => store.put(i % 2 === 0 ? 'a/b' : `a/c${i}`, new Uint8Array(size).fill(i))
    const writing = (async () => {
      for (let i = 1; i <= 60; i += 3) await Promise.all([write(i), write(i + 1), write(i + 2)])
      done = true
    })()
    while (!done) {
      for (const { key } of await store.list('')) {
        expect(key).toMatch(/^a\/(b|c\d+)$/)
        const bytes = await store.get(key, size)
        expect(bytes).toHaveLength(size)
        expect(new Set([bytes?.[0], bytes?.[size >> 1], bytes?.[size - 1]]).size).toBe(1)
        seen += 1
      }
    }
    await writing
    expect(seen).toBeGreaterThan(0)
    expect((await readdir(join(root, 'a'))).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('neither lists nor reads drafts, links, directories, and files with other names', async () => {
    const [root, outside] = [freshRoot(), freshRoot()]
    const store = directoryStore(root)
    await store.put('a/object', bytesOf('object'))
    await writeFile(outside, 'secret')
    await writeFile(join(root, 'a', `.draft-${randomUUID()}`), 'half')
    await symlink(outside, join(root, 'a', 'link'))
    await symlink(freshRoot(), join(root, 'a', 'dangling'))
    await mkdir(join(root, 'a', 'directory'))
    for (const name of ['link', 'dangling', 'directory']) expect(await store.get(`a/${name}`, most)).toBe(null)
    expect(await keysOf(store, '')).toEqual(['a/object'])
  })

  test.each([['name with spaces'], ['~backup'], ['.hidden', 'object'], ['ä']])(
    'does not list a file %j %s',
    async (...path) => {
      const root = freshRoot()
      await mkdir(join(root, 'a', ...path.slice(0, -1)), { recursive: true })
      await writeFile(join(root, 'a', ...path), 'not ours')
      expect(await keysOf(directoryStore(root), '')).toEqual([])
    },
  )

  test('below a regular file is a StoreError that names the directory, and not the object', async () => {
    const root = freshRoot()
    await writeFile(root, 'a regular file')
    const store = directoryStore(root)
    for (const work of [
      () => store.put('object', bytesOf('x')),
      () => store.get('object', most),
      () => store.list(''),
    ]) {
      const error: unknown = await work().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(StoreError)
      expect(String(error)).toContain(root)
      expect(String(error)).not.toContain('object')
    }
  })

  test('that does not exist lists as empty, and is made by the first put', async () => {
    const root = join(freshRoot(), 'deep', 'down')
    expect(await directoryStore(root).list('')).toEqual([])
    expect(existsSync(root)).toBe(false)
    await directoryStore(root).put('a', bytesOf('x'))
    expect(await keysOf(directoryStore(root), '')).toEqual(['a'])
  })

  test.each(['.', './', '', './below', 'below/', 'below/..'])(
    'is the same by the relative path %j',
    async (relative) => {
      const [root, home] = [freshRoot(), process.cwd()]
      await mkdir(join(root, 'below'), { recursive: true })
      process.chdir(root)
      try {
        await directoryStore(relative).put('some/object', bytesOf('x'))
        expect(await keysOf(directoryStore(relative), '')).toEqual(['some/object'])
        expect(await keysOf(directoryStore(relative), 'some/')).toEqual(['some/object'])
      } finally {
        process.chdir(home)
      }
    },
  )
})

describe('openStore', () => {
  test('opens memory, a path and a file: URL', async () => {
    const root = freshRoot()
    await (await openStore(root)).put('a/b', bytesOf('x'))
    expect(await (await openStore(pathToFileURL(root).href)).get('a/b', most)).toEqual(bytesOf('x'))
    expect(await (await openStore('memory:')).put('a', bytesOf('x'))).toBe(true)
    expect(await (await openStore('memory:')).get('a', most)).toBe(null)
  })

  test.each([
    's3:x',
    's3://x',
    's3://UPPER',
    's3://bucket/../x',
    's3://bucket/a b',
    's3://bucket/.x',
    'http://x',
    'https://x/y',
    'memory:x',
    'S3://x',
  ])('refuses %s', async (url) => {
    await expect(openStore(url)).rejects.toThrow(RangeError)
  })
})

/** What runs a shell that may mount file systems nobody else sees, or null where that is not permitted. */
function mountingShell(): readonly [string, ...string[]] | null {
  const ways = ['unshare -rm sh -c', 'unshare -m sh -c', 'sudo -n unshare -m sh -c'].map((way) => way.split(' '))
  for (const [command = '', ...rest] of ways) {
    try {
      execFileSync(command, [...rest, 'mount -t tmpfs -o size=64k none "$0"', temporary], { stdio: 'ignore' })
      return [command, ...rest]
    } catch {}
  }
  return null
}

describe('directoryStore on a file system of 64 kB', () => {
  const shell = mountingShell()
  if (shell === null && process.env.CI === undefined) {
    test.skip('skipped: mounting is not permitted here', () => {})
    return
  }
  const source = `
    import { readdirSync } from 'node:fs'
    import { directoryStore } from './runtime/store/index.ts'
    const store = directoryStore(process.argv[2])
    const attempt = (work) => work.then((value) => value?.length ?? value, ({ name, message }) => ({ name, message }))
    const puts = []
    for (const options of [{}, { ifAbsent: true }])
      puts.push(await attempt(store.put('a/new', new Uint8Array(100_000), options)))
    const old = await attempt(store.get('a/old', 1000))
    const files = readdirSync(process.argv[2], { recursive: true }).sort()
    const after = await attempt(store.put('a/small', new Uint8Array(10)))
    console.log(JSON.stringify({ puts, old, files, after }))`

  async function runOn(prepare: string): Promise<Record<string, unknown>> {
    const [root, script] = [freshRoot(), join(temporary, `${randomUUID()}.mjs`)]
    await mkdir(root)
    const stdin = { contents: source, resolveDir: new URL('../..', import.meta.url).pathname }
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: script })
    const mount = `mount -t tmpfs -o size=64k none "$0" && mkdir "$0/a" && echo 12345 > "$0/a/old" && ${prepare}`
    const [command, ...rest] = shell ?? ['unshare']
    const output = execFileSync(command, [...rest, `${mount} && exec "$1" "$2" "$0"`, root, process.execPath, script])
    return { ...(JSON.parse(String(output)) as object), root }
  }
  const failure = { name: 'StoreError', message: expect.stringContaining(temporary) }

  test('an object that does not fit is a StoreError, leaves nothing behind, and smaller ones still fit', async () => {
    const { puts, old, files, after } = await runOn('true')
    expect({ puts, old, files, after }).toEqual({
      puts: [failure, failure],
      old: 6,
      files: ['a', 'a/old'],
      after: true,
    })
  })

  test('on a full one nothing can be put, and what is there is read', async () => {
    const fill = '(cat /dev/zero > "$0/filling" 2> /dev/null || true)'
    const { puts, old, files, after } = await runOn(fill)
    expect({ puts, old, after }).toEqual({ puts: [failure, failure], old: 6, after: failure })
    expect(files).toEqual(['a', 'a/old', 'filling'])
  })

  test('on a read-only one nothing can be put, and what is there is read', async () => {
    const { puts, old, files, after } = await runOn('mount -o remount,ro "$0"')
    expect({ puts, old, after }).toEqual({ puts: [failure, failure], old: 6, after: failure })
    expect(files).toEqual(['a', 'a/old'])
  })
})
