import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'vitest'

/** A Python that has these modules, or null: the system's own first, which Debian's packages belong to. */
export function pythonWith(...modules: readonly string[]): string | null {
  const asked = modules.map((name) => `import ${name}`).join('\n')
  const candidates = [process.env.PYTHON ?? '/usr/bin/python3', 'python3']
  return candidates.find((python) => spawnSync(python, ['-c', asked]).status === 0) ?? null
}

/** A test that needs Python: skipped with a visible line where it is not installed, and failed in CI. */
export function testWithPython(python: string | null, packages: string, body: (python: string) => Promise<void>): void {
  const title = python === null ? `skipped: ${packages} is not installed here` : `with ${packages}`
  if (python === null && process.env.CI === undefined) {
    console.log(`skipped: apt-get install ${packages} to run the tests of the exporter`)
    test.skip(title, () => {})
    return
  }
  test(title, async () => {
    if (python === null) throw new Error(`apt-get install ${packages}`)
    await body(python)
  })
}

/** Runs a script, on one core, and gives what it wrote to stderr. */
export async function runScript(python: string, ...argv: readonly string[]): Promise<string> {
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  return (await promisify(execFile)(python, [...argv], { env })).stderr
}
