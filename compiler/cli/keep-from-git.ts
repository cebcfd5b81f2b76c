import { execFile } from 'node:child_process'
import { appendFile, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { cannotWrite } from '../errors.ts'
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
 * Keeps files, or a folder, out of git, where they are to lie within a repository that does not leave them out already.
 *
 * @throws {CompileError} `cannot-write`
 */
export async function keepFromGit(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const directory = dirname(resolve(path))
    if ((await isInRepository(directory)) && !(await isLeftOut(directory, basename(path)))) {
      await addLines(directory, [escaped(basename(path))])
    }
  }
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
