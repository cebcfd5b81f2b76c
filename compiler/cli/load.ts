import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Leaf, PrivateKey } from '../../runtime/client.ts'
import type { Contract } from '../../runtime/contract.ts'
import type { Openable, SessionOptions } from '../../runtime/converse.ts'
import { ReplyKeyError } from '../../runtime/errors.ts'
import type { Label, LabelKey } from '../../runtime/label/client.ts'
import type { Server } from '../../runtime/server.ts'
import { cannotRead, notAModel } from '../errors.ts'
import type { ModelJson } from '../report/model-json.ts'

/** What a client opens: a leaf, or of `label` the answer. */
export type Opened = Leaf | Label

/** The client of a model of either kind, and what it makes for itself: its keys are for no other. */
export interface ModelClient {
  readonly contract: Contract
  generateKey(): Promise<PrivateKey | LabelKey>
  seal(features: object, key: PrivateKey | LabelKey): Promise<Openable<Opened>>
  predict(features: object, options: SessionOptions & { readonly key?: PrivateKey | LabelKey }): Promise<Opened>
}

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

/** The option of commands that run a server module. */
export const replyKeyOption = {
  type: 'string',
  describe: 'PEM of the private key that signs replies',
  defaultDescription: 'EMP_COMPILE_REPLY_KEY',
} as const

/** Reads the report of a model's directory. It holds the thresholds. */
export async function loadModelJson(directory: string): Promise<ModelJson> {
  try {
    return JSON.parse(await readFile(join(directory, 'report', 'model.json'), 'utf8')) as ModelJson
  } catch (error) {
    throw notAModel(directory, error)
  }
}

async function importModule<T extends object>(directory: string, name: 'client' | 'server'): Promise<T> {
  try {
    const source = await readFile(join(directory, `${name}.ts`), 'utf8')
    const { transform } = await import('esbuild')
    const { code } = await transform(source, { loader: 'ts', format: 'esm' })
    // A data: URL resolves no package names, so they become the addresses of this package's own files.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const linked = code.replace(
      /^(import .* from )"emp-compile\/runtime\/((?:label\/)?(?:client|server))";$/gm,
      (_, names: string, file: string) => {
        return `${names}"${new URL(`../../runtime/${file}.${extension}`, import.meta.url).href}";`
      },
    )
    const module = (await import(`data:text/javascript,${encodeURIComponent(linked)}`)) as T
    if (!(name in module)) throw new Error(`${name}.ts exports no ${name}`)
    return module
  } catch (error) {
    throw notAModel(directory, error)
  }
}
