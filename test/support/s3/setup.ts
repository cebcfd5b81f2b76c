import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import type { S3Server } from './index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the S3 server; null if its programs are not installed. */
    s3: string | null
  }
}

const programs = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'monmaptool']
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/**
 * One S3 server for the whole run of the tests, started when the first of them asks for it, and stopped at the end,
 * however the run ends.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  if (!programs.every(isInstalled)) {
    provide('s3', null)
    return async () => {}
  }
  let started: Promise<S3Server> | null = null
  let directory: string | null = null
  const door = createHttpServer((_, response) => {
    // Made only now, as a run that is killed leaves behind what it has made without a server.
    directory ??= mkdtempSync(join(tmpdir(), 'emp-s3-'))
    started ??= start(directory)
    started.then(
      (server) => response.end(JSON.stringify(server)),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  provide('s3', `http://127.0.0.1:${(door.address() as AddressInfo).port}`)
  return async () => {
    door.close()
    door.closeAllConnections()
    if (directory === null) return
    await started?.catch(() => {})
    await promisify(execFile)(script('radosgw-down.sh'), [directory])
    await rm(directory, { recursive: true, force: true })
  }
}

async function start(directory: string): Promise<S3Server> {
  for (let tries = 1; ; tries++) {
    const port = await freePorts()
    try {
      await promisify(execFile)(script('radosgw-up.sh'), [directory, String(port), String(process.pid)])
      return { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' }
    } catch (error) {
      // Another program may have taken a port in the meantime.
      await promisify(execFile)(script('radosgw-down.sh'), [directory])
      if (tries === 3) throw error
    }
  }
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The first of three ports that nobody listens on, below those that the system gives to connections. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 10_000 + 3 * Math.floor(Math.random() * 7000)
    const taken = await Promise.allSettled([first, first + 1, first + 2].map(occupy))
    for (const result of taken) if (result.status === 'fulfilled') result.value.close()
    if (taken.every(({ status }) => status === 'fulfilled')) return first
  }
}

function occupy(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server))
  })
}
