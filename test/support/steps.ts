import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { command, type Finished, run } from './processes.ts'

/** The steps of a document: the blocks, of the shell or another language, below comments that name them, in their order. */
export function stepsOf(document: string, kind: string, language = 'sh'): ReadonlyMap<string, string> {
  const text = readFileSync(document, 'utf8')
  const found = text.matchAll(new RegExp(`<!-- ${kind}: (\\w+) -->\\n+\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))
  return new Map([...found].map(([, name = '', script = '']) => [name, script]))
}

/**
 * A folder in which the two packages are installed: by links to this repository instead of `npm install`, which would fetch
 * dependencies over the network.
 */
export async function folderWithPackages(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-compile-tutorial-'))
  await mkdir(join(directory, 'node_modules/.bin'), { recursive: true })
  await symlink(resolve('.'), join(directory, 'node_modules/emp-compile'))
  await symlink(resolve('runtime'), join(directory, 'node_modules/emp-compile-runtime'))
  const shim = `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`
  await writeFile(join(directory, 'node_modules/.bin/emp-compile'), shim, { mode: 0o755 })
  return directory
}

/** Runs a step as a shell does, up to its first error; `npx tsx` is the bundler that tsx is made of, as tsx is not installed here. */
export async function runStep(script: string, directory: string): Promise<Finished> {
  let [code, stdout, stderr] = [0, '', '']
  for (const part of script.split(/^(?=npx --yes tsx )/m)) {
    const [, file] = /^npx --yes tsx (\S+)\n/.exec(part) ?? []
    const before = file === undefined ? { code: 0, stdout: '', stderr: '' } : await runTypeScript(file, directory)
    const rest = file === undefined ? part : part.slice(part.indexOf('\n') + 1)
    const after =
      before.code === 0
        ? await run('bash', ['-e', '-c', rest], directory)
        : { code: before.code, stdout: '', stderr: '' }
    code = after.code
    stdout += before.stdout + after.stdout
    stderr += before.stderr + after.stderr
    if (code !== 0) break
  }
  return { code, stdout, stderr }
}

async function runTypeScript(file: string, directory: string): Promise<Finished> {
  const outfile = `${file}.mjs`
  await build({
    entryPoints: [join(directory, file)],
    outfile: join(directory, outfile),
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return run(process.execPath, [outfile], directory)
}
