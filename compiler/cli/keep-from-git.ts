import { execFile } from 'node:child_process'
import { appendFile, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { CompileError, cannotWrite } from '../errors.ts'
import { ignoredByGit, isGenerated } from './output.ts'

const ignoreFile = '.gitignore'

/**
 * What is to be written with these files, so that git takes none of them: in a folder of their own a `.gitignore` of
 * everything. Where other things lie, or a `.gitignore` of somebody else, lines for these files are added to it.
 *
 * @param files by path below the directory.
 * @throws {CompileError} `cannot-write`
 */
export async function keepFolderFromGit(
  directory: string,
  files: Iterable<string>,
): Promise<readonly (readonly [file: string, text: string])[]> {
  const names = [...new Set(Array.from(files, patternOf))]
  const text = await readFile(join(directory, ignoreFile), 'utf8').catch(() => null)
  if (text !== null && isGenerated(text)) return [ignoredByGit]
  const there = await readdir(directory).catch((): string[] => [])
  const isOwn = text === null && there.every((name) => names.includes(patternOf(name)) || names.includes(`${name}/`))
  if (isOwn) return [ignoredByGit]
  await addLines(directory, names)
  return []
}

/**
 * Keeps files out of git, where they are to lie within a repository that does not leave them out already.
 *
 * @throws {CompileError} `cannot-write`
 */
export async function keepFromGit(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await leaveOut(path, '')
}

/**
 * Keeps a mailbox out of git in the same way. Its messages are encrypted, so it works, too, where no line can be added.
 *
 * @returns what is to be said then.
 */
export async function keepMailboxFromGit(directory: string): Promise<string | null> {
  try {
    await leaveOut(directory, '/')
    return null
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    return `${error.place?.file} cannot be written, so git does not leave out ${directory}. Messages in it are encrypted.`
  }
}

/** @param end a slash behind a folder, by which rules for folders alone are found before it is there. */
async function leaveOut(path: string, end: '' | '/'): Promise<void> {
  const whole = resolve(path)
  const directory = await existing(dirname(whole))
  const below = relative(directory, whole).split(sep).join('/')
  if (below === '' || !(await isInRepository(directory)) || (await isLeftOut(directory, `${below}${end}`))) return
  await addLines(directory, [escaped(below)])
}

/** The folder, or the nearest one above it that is there. */
async function existing(directory: string): Promise<string> {
  const isThere = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isThere || directory === dirname(directory) ? directory : existing(dirname(directory))
}

/** The first part of a path as a pattern; a hash in a name may be another the next time. */
function patternOf(file: string): string {
  const [first = '', ...others] = file.split('/')
  return `${escaped(first).replace(/\.[0-9a-f]{16}\./, '.*.')}${others.length > 0 ? '/' : ''}`
}

const escaped = (name: string) => name.replace(/[\\*?[\]#! ]/g, '\\$&')

async function isInRepository(directory: string): Promise<boolean> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const isThere = await stat(join(folder, '.git')).then(
      () => true,
      () => false,
    )
    if (isThere) return true
    if (folder === dirname(folder)) return false
  }
}

/** What git itself says; without git it is not known. */
async function isLeftOut(directory: string, name: string): Promise<boolean> {
  try {
    await promisify(execFile)('git', ['-C', directory, 'check-ignore', '--quiet', '--', name])
    return true
  } catch {
    return false
  }
}

/** Adds patterns of this folder that its `.gitignore` does not have. */
async function addLines(directory: string, patterns: readonly string[]): Promise<void> {
  const path = join(directory, ignoreFile)
  const text = await readFile(path, 'utf8').catch(() => '')
  const held = new Set(text.split(/\r?\n/))
  const lines = patterns.map((pattern) => `/${pattern}`).filter((line) => !held.has(line))
  if (lines.length === 0) return
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  try {
    await appendFile(path, `${gap}# Private, or made anew by emp-compile\n${lines.join('\n')}\n`)
  } catch (error) {
    throw cannotWrite(path, error)
  }
}
