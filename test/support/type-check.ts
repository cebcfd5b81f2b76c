import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { run } from './processes.ts'

/**
 * What the type checker finds wrong with files below a directory, under the strict settings of this package: a line per
 * fault. The directory lies in `test/`.
 */
export async function typeFaults(directory: string, files: readonly string[]): Promise<string[]> {
  const tsconfig = join(directory, 'tsconfig.json')
  await writeFile(tsconfig, JSON.stringify({ extends: '../../tsconfig.json', include: [], files }))
  const tsc = resolve('node_modules/.bin/tsc')
  const { stdout } = await run(tsc, ['--noEmit', '--pretty', 'false', '-p', tsconfig], directory)
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith(' '))
}
