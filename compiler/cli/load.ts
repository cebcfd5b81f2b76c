import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { join } from 'node:path'
import type { Client } from 'emp-compile-runtime/internal/client'
import { ReplyKeyError } from 'emp-compile-runtime/internal/errors'
import type { Server } from 'emp-compile-runtime/internal/server'
import { cannotRead, notAModel } from '../errors.ts'
import type { ModelJson } from '../report/model-json.ts'

/** The client of a model of any scheme, and what it makes for itself: its keys are for no other. */
export type ModelClient = Client<object, string | number, unknown>

/**
 * Loads the client module of a model's directory. Its imports of `emp-compile/runtime/...` are those of this very
 * package, wherever the directory lies.
 *
 * @throws {CompileError} `not-a-model`
 */
export async function loadClient(directory: string): Promise<ModelClient> {
  return (await importModule<{ client: ModelClient }>(directory, 'client')).client
}

/**
 * Loads the server module of a model's directory, as {@link loadClient}, and equips it with its reply key: out of the
 * file, or of the environment variable EMP_COMPILE_REPLY_KEY.
 *
 * @throws {CompileError} `not-a-model`, `cannot-read` @throws {ReplyKeyError}
 */
export async function loadServer(directory: string, replyKeyFile: string | undefined): Promise<Server> {
  const { server } = await importModule<{ server: Server }>(directory, 'server')
  const key = replyKeyFile === undefined ? process.env.EMP_COMPILE_REPLY_KEY : await readText(replyKeyFile)
  if (replyKeyFile === undefined && server.contract.replyKey === undefined) return server
  if (key === undefined) throw new ReplyKeyError('no-reply-key')
  return server.withReplyKey(key)
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw cannotRead(file, error)
  })
}

/** Reads the report of a model's directory. It holds the thresholds. */
export async function loadModelJson(directory: string): Promise<ModelJson> {
  try {
    return JSON.parse(await readFile(join(directory, 'report', 'model.json'), 'utf8')) as ModelJson
  } catch (error) {
    throw notAModel(directory, error)
  }
}

/**
 * Imports of `emp-compile-runtime/...` in modules that are loaded lead, by the exports map, to the runtime of this very
 * package, wherever the modules lie.
 */
const linkToOwnRuntime = (() => {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    register(
      `data:text/javascript,${encodeURIComponent(`
        export const resolve = (specifier, context, next) =>
          next(specifier, specifier.startsWith('emp-compile-runtime/')
            ? { ...context, parentURL: ${JSON.stringify(import.meta.url)} }
            : context)
      `)}`,
    )
  }
})()

async function importModule<T extends object>(directory: string, name: 'client' | 'server'): Promise<T> {
  try {
    linkToOwnRuntime()
    const code = await (name === 'server' ? readFile(join(directory, 'server.js'), 'utf8') : clientCode(directory))
    const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as T
    if (!(name in module)) throw new Error(`${name} exports no ${name}`)
    return module
  } catch (error) {
    throw notAModel(directory, error)
  }
}

async function clientCode(directory: string): Promise<string> {
  const source = await readFile(join(directory, 'client.ts'), 'utf8')
  const { transform } = await import('esbuild')
  return (await transform(source, { loader: 'ts', format: 'esm' })).code
}
