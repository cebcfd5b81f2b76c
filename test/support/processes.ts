import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { resolve } from 'node:path'

/** The command as it is installed: the build, run by this Node. */
export const command = resolve('dist/compiler/cli/main.js')

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  cwd = '.',
  environment: Record<string, string> = {},
): Promise<Finished> {
  const env = { ...process.env, ...environment }
  return new Promise((done) => {
    execFile(program, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      done({ code, stdout, stderr })
    })
  })
}

/** Runs `emp-compile` to its end. */
export const empCompile = (args: readonly string[], cwd = '.', environment: Record<string, string> = {}) =>
  run(process.execPath, [command, ...args], cwd, environment)

/** Starts `emp-compile serve` and waits for its first line, in which it says where it serves. */
export function startServer(
  args: readonly string[],
  cwd = '.',
  environment: Record<string, string> = {},
): Promise<{ child: ChildProcess; firstLine: string; log: () => string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment }
    const stdio = ['ignore', 'ignore', 'pipe'] as const
    const child = spawn(process.execPath, [command, 'serve', ...args], { cwd, env, stdio: [...stdio] })
    // A test that fails does not stop what it has started.
    const end = () => child.kill('SIGKILL')
    process.once('exit', end)
    child.once('exit', () => process.off('exit', end))
    let text = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('\n')) resolve({ child, firstLine: text.split('\n')[0] ?? '', log: () => text })
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${text}`)))
  })
}

/** Asks a process to end, and gives its exit code. */
export function stop(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.kill('SIGTERM')
  })
}
