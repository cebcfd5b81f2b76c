import { build } from 'esbuild'
import type { Client } from '../../runtime/schemes/signs/client.ts'
import type { Server } from '../../runtime/schemes/signs/server.ts'

/** Runs emitted modules as they are, on the runtime's sources. */
export async function importEmitted<Answer extends string | number = string>(
  client: string,
  server: string,
): Promise<{ client: Client<object, Answer>; server: Server }> {
  const [clientModule, serverModule] = await Promise.all([client, server].map(importSource))
  return { client: clientModule?.client as Client<object, Answer>, server: serverModule?.server as Server }
}

async function importSource(source: string): Promise<Record<string, unknown>> {
  const result = await build({
    stdin: { contents: source, loader: 'ts', resolveDir: new URL('../..', import.meta.url).pathname },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    conditions: ['emp-compile-source'],
  })
  const code = result.outputFiles[0]?.text ?? ''
  return (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as Record<
    string,
    unknown
  >
}
