/**
 * A cold start of the packaged function: in a fresh process, from the import of the bundle to the first reply, with the
 * AWS SDK in the bundle and beside it. Node's own start is not in it.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bundle } from '../compiler/deploy/bundle.ts'
import { forReplyKeys, serverEntry } from '../compiler/deploy/entries.ts'
import { client } from '../generated/heart-disease/client.ts'

interface ColdStart {
  readonly awsSdk: 'bundled' | 'external'
  readonly kilobytes: number
  readonly importMs: number
  readonly firstMs: number
  readonly secondMs: number
}

const runs = 7
const probe = `
const request = new Uint8Array(Buffer.from(process.argv[3], 'base64'))
const times = [performance.now()]
const { server } = await import(process.argv[2])
times.push(performance.now())
for (let i = 0; i < 2; i++) {
  await server.evaluate(request)
  times.push(performance.now())
}
console.log(JSON.stringify(times.slice(1).map((time, i) => time - times[i])))
`

export async function coldStartSection(print: (line: string) => void): Promise<ColdStart[]> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const { request } = await client.seal({ cp: 4, ca: 0, thal: 3 }, await client.generateKey())
  print(`cold start: heart disease in a fresh process, without the start of Node itself; median of ${runs}`)
  print('     AWS SDK  bundle kB  import ms  first reply ms  second reply ms')
  const results: ColdStart[] = []
  try {
    await writeFile(join(directory, 'probe.mjs'), probe)
    await symlink(resolve('node_modules'), join(directory, 'node_modules'))
    for (const awsSdk of ['bundled', 'external'] as const) {
      const model = resolve('generated/heart-disease')
      const files = await bundle({
        entry: serverEntry(['./server.ts']),
        directory: model,
        awsSdk,
        unused: forReplyKeys,
      })
      await mkdir(join(directory, awsSdk))
      for (const [name, text] of files) await writeFile(join(directory, awsSdk, name), text)
      const args = [`./${awsSdk}/index.mjs`, Buffer.from(request).toString('base64')]
      const times = Array.from({ length: runs }, (): number[] =>
        JSON.parse(execFileSync(process.execPath, ['probe.mjs', ...args], { cwd: directory, encoding: 'utf8' })),
      )
      const [importMs = 0, firstMs = 0, secondMs = 0] = [0, 1, 2].map((i) => median(times.map((one) => one[i] ?? 0)))
      const kilobytes = Math.round((files.get('index.mjs')?.length ?? 0) / 1000)
      results.push({ awsSdk, kilobytes, importMs, firstMs, secondMs })
      const figures = [kilobytes, Math.round(importMs), Math.round(firstMs), Math.round(secondMs)]
      const widths = [9, 9, 14, 15]
      print([awsSdk.padStart(12), ...figures.map((figure, i) => String(figure).padStart(widths[i] ?? 0))].join('  '))
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return results
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
