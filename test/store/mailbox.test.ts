import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  chmod,
  chown,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { directoryStore } from '../../runtime/store/index.ts'
import { type Entry, sessionIdPattern, sessionKeys } from '../../runtime/store/store.ts'

const place = 'visit/0123456789abcdef'
const idOf = (i: number) => i.toString(16).padStart(32, '0')
const { request: folder } = sessionKeys(place, '')
const bytes = new Uint8Array([1, 2, 3])

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'emp-mailbox-'))
  await directoryStore(root).put(sessionKeys(place, idOf(0)).request, bytes)
})
afterEach(async () => {
  execFileSync('chmod', ['-R', 'u+rwx', root])
  await rm(root, { recursive: true, force: true })
})
const at = (name: string) => join(root, folder, name)

async function scanned(store = directoryStore(root)): Promise<{ readonly ids: string[]; readonly foreign: number }> {
  const entries: Entry[] = []
  let foreign = 0
  for await (const piece of store.scan(folder, sessionIdPattern)) {
    entries.push(...piece.entries)
    foreign += piece.foreign
  }
  return { ids: entries.map(({ key }) => key.slice(folder.length)).sort(), foreign }
}

/** A socket in the folder; its path has to be short, so it is made from within. */
function socketAt(name: string): Promise<void> {
  const script = `import socket, sys, os\nos.chdir(sys.argv[1])\nsocket.socket(socket.AF_UNIX).bind(sys.argv[2])`
  execFileSync('python3', ['-c', script, join(root, folder), name])
  return Promise.resolve()
}

const asRoot = process.getuid?.() === 0

describe('what others put into a mailbox is a count, and no more', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['a folder', () => mkdir(at('x'))],
    ['a folder named like a session', () => mkdir(at(idOf(1)))],
    ['an unreadable folder', () => mkdir(at('x'), { mode: 0 })],
    ['a file of another name', () => writeFile(at('junk'), '')],
    ['a link to a file of the system', () => symlink('/etc/passwd', at(idOf(1)))],
    ['a link to nothing', () => symlink('/nowhere', at(idOf(1)))],
    ['a link to itself', () => symlink(idOf(1), at(idOf(1)))],
    ['a FIFO', async () => execFileSync('mkfifo', [at(idOf(1))])],
    ['a socket', () => socketAt(idOf(1))],
  ])('%s', async (what, make) => {
    await make()
    expect(await scanned()).toEqual({ ids: [idOf(0)], foreign: 1 })
    const store = directoryStore(root)
    expect(await store.get(sessionKeys(place, idOf(1)).request, 1000)).toBeNull()
    await store.delete(sessionKeys(place, 'x').request)
    expect((await store.list('')).map(({ key }) => key).sort()).toEqual([
      `${folder}${idOf(0)}`,
      ...(what === 'a file of another name' ? [`${folder}junk`] : []),
    ])
  })

  test('a chain of folders that is longer than a path may be', async () => {
    const script =
      'import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(25):\n  os.mkdir("d" * 120); os.chdir("d" * 120)'
    execFileSync('python3', ['-c', script, join(root, folder)])
    expect(await scanned()).toEqual({ ids: [idOf(0)], foreign: 1 })
    expect((await directoryStore(root).list('')).map(({ key }) => key)).toEqual([`${folder}${idOf(0)}`])
    execFileSync('rm', ['-rf', join(root, folder)])
  })

  test('a file that grows while it is read', async () => {
    const grows = await open(at(idOf(1)), 'w')
    await grows.truncate(10)
    const reading = Promise.allSettled(
      Array.from({ length: 50 }, () => directoryStore(root).get(sessionKeys(place, idOf(1)).request, 1000)),
    )
    await grows.truncate(5_000_000)
    for (const result of await reading) {
      if (result.status === 'fulfilled') expect(result.value?.length ?? 0).toBeLessThanOrEqual(1000)
      else expect(result.reason).toMatchObject({ code: 'too-large' })
    }
    await grows.close()
  })
})

test('a folder that has not changed is not read again, and one that has is', async () => {
  const store = directoryStore(root)
  // Its time of change lies well before the reading.
  const past = new Date(Date.now() - 60_000)
  await utimes(join(root, folder), past, past)
  expect((await scanned(store)).ids).toEqual([idOf(0)])
  await writeFile(at(idOf(1)), bytes)
  expect((await scanned(store)).ids).toEqual([idOf(0), idOf(1)])
  await rm(at(idOf(0)))
  expect((await scanned(store)).ids).toEqual([idOf(1)])
  // Whoever sets the time back hides a file for as long as the store trusts it, and not longer than a change.
  await utimes(join(root, folder), past, past)
  expect((await scanned(store)).ids).toEqual([idOf(1)])
  await store.delete(`${folder}${idOf(1)}`)
  expect((await scanned(store)).ids).toEqual([])
})

describe('folders that several users share', () => {
  const modeOf = async (path: string) => ((await stat(join(root, path))).mode & 0o7777).toString(8)

  test.each([
    [0o2770, ['2770', '2770', '750'], '660'],
    [0o1777, ['1777', '777', '755'], '664'],
  ])('have the mode %o, whatever the umask, and files that fit it', async (mode, folders, file) => {
    const umask = process.umask(0o077)
    try {
      const store = directoryStore(root, { mode })
      const keys = sessionKeys(place, '')
      await store.prepare?.([keys.request, keys.reply])
      expect([await modeOf(keys.request), await modeOf(keys.reply), await modeOf('requests')]).toEqual(folders)
      await directoryStore(root).put(sessionKeys(place, idOf(1)).request, bytes)
      expect(await modeOf(sessionKeys(place, idOf(1)).request)).toBe(file)
    } finally {
      process.umask(umask)
    }
  })

  test.runIf(asRoot)('that another user made otherwise are an error at the start', async () => {
    await chown(join(root, folder), 12_345, 12_345)
    await chmod(join(root, folder), 0o755)
    const script = `
      import { directoryStore } from ${JSON.stringify(join(process.cwd(), 'runtime/dist/store/index.js'))}
      process.setuid(65534)
      await directoryStore(${JSON.stringify(root)}, { mode: 0o1777 }).prepare([${JSON.stringify(folder)}]).catch((e) => console.log(e.message))`
    await chmod(root, 0o755)
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(said).toMatch(/Cannot make folders.*EPERM.*store-mode/s)
  })
})

test('what a put that died left is removed after an hour, a younger draft is not', async () => {
  const store = directoryStore(root)
  const drafts = ['a', 'b'].map((digit) => at(`.draft-${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`))
  for (const draft of drafts) await writeFile(draft, '')
  const old = new Date(Date.now() - 3_700_000)
  await utimes(drafts[0] ?? '', old, old)
  expect(await store.tidy?.(folder)).toBe(1)
  await expect(lstat(drafts[0] ?? '')).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await readFile(drafts[1] ?? '', 'utf8')).toBe('')
})

test('a draft by which the time was read is removed as well, wherever it was left', async () => {
  const store = directoryStore(root)
  const old = new Date(Date.now() - 3_700_000)
  const drafts = [root, dirname(join(root, folder))].map((place) => join(place, `.draft-${randomUUID()}`))
  for (const draft of drafts) {
    await writeFile(draft, '')
    await utimes(draft, old, old)
  }
  expect(await store.tidy?.(folder)).toBe(2)
  for (const draft of drafts) await expect(lstat(draft)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('the time of a store is that of its files', async () => {
  const now = await directoryStore(root).now()
  expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(5000)
})

test('what is in an object lasts before its name does, and its name before the put has ended', async () => {
  const key = sessionKeys(place, idOf(7)).request
  const handle = await open(root)
  const kind: { sync(this: FileHandle): Promise<void> } = Object.getPrototypeOf(handle)
  await handle.close()
  const { sync } = kind
  const synced: [what: string, isThere: boolean][] = []
  vi.spyOn(kind, 'sync').mockImplementation(async function (this: FileHandle) {
    synced.push([(await this.stat()).isDirectory() ? 'folder' : 'file', existsSync(join(root, key))])
    await sync.call(this)
  })
  for (const ifAbsent of [true, false]) {
    await directoryStore(root).put(key, bytes, { ifAbsent })
    expect(synced.splice(0)).toEqual([
      ['file', !ifAbsent],
      ['folder', true],
    ])
  }
  vi.restoreAllMocks()
})
