import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { typeFaults } from '../support/type-check.ts'

const folder = 'runtime/deploy'
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'emp-deploy-files-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(readdirSync(folder))('%s is shown in the document as it is', (name) => {
  const blocks = [...readFileSync('runtime/DEPLOY.md', 'utf8').matchAll(/```\w+\n(.*?)```/gs)].map(([, text]) => text)
  expect(blocks).toContain(textOf(name))
})

/** A free port. */
const freePort = () =>
  new Promise<string>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(String(typeof address === 'object' ? address?.port : '')))
    })
  })

test('the steps of the Containerfile lead to a server that is healthy, ready, and ends when it is told to', async () => {
  const file = textOf('Containerfile')
  // What `npm ci` does is tested with the tarballs.
  mkdirSync(join(directory, 'node_modules/.bin'), { recursive: true })
  symlinkSync(resolve('dist/compiler/cli/main.js'), join(directory, 'node_modules/.bin/emp-compile'))
  for (const [, sources = '', target = ''] of file.matchAll(/^COPY ((?:\S+ )*generated\S*(?: \S+)*) (\S+)$/gm)) {
    mkdirSync(join(directory, target), { recursive: true })
    for (const source of sources.split(' ')) cpSync(source, join(directory, target, basename(source)))
  }
  const [port, operators] = [await freePort(), await freePort()]
  const [, written = '[]'] = /^CMD (\[.*\])$/m.exec(file) ?? []
  const words = (JSON.parse(written) as string[]).map(
    (word) => ({ 8080: port, 9090: operators, '0.0.0.0': '127.0.0.1' })[word] ?? word,
  )
  const [command = '', ...args] = words
  const child = spawn(process.execPath, [command, ...args], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  const statusOf = (at: string, path: string) =>
    fetch(`http://127.0.0.1:${at}${path}`).then(
      ({ status }) => status,
      () => 0,
    )
  await vi.waitFor(async () => expect(await statusOf(operators, '/health'), log).toBe(200), 60_000)
  expect([await statusOf(operators, '/ready'), await statusOf(operators, '/metrics')]).toEqual([200, 200])
  expect([await statusOf(port, '/'), await statusOf(port, '/metrics')]).toEqual([200, 404])
  // The check of the file itself, too.
  const [, check = '[]'] = /^HEALTHCHECK CMD (\[.*\])$/m.exec(file) ?? []
  const [node = '', ...script] = (JSON.parse(check) as string[]).map((word) => word.replace('9090', operators))
  execFileSync(node, script)
  child.kill('SIGTERM')
  expect(await ended, log).toBe(0)
  for (const line of log.trim().split('\n')) JSON.parse(line)
})

describe('the units', () => {
  const units = ['emp-compile.service', 'emp-compile-mailbox.service']
  const settingOf = (unit: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(textOf(unit))?.[1]
  const hasSystemd = existsSync('/usr/bin/systemd-analyze')

  test.each(units)('%s: clients have a way in, and it is restarted for ever', (unit) => {
    const command = settingOf(unit, 'ExecStart') ?? ''
    const [, store] = /--store (\S+)/.exec(command) ?? []
    if (settingOf(unit, 'DynamicUser') === 'yes') expect(store).toBeUndefined()
    if (store === undefined) expect(command).toContain('--port')
    else {
      expect(settingOf(unit, 'ReadWritePaths')).toBe(store)
      expect(textOf('emp-compile-mailbox.conf')).toContain(`d ${store} 0750 ${settingOf(unit, 'User')}`)
      expect(command).toContain('--store-mode 2770')
    }
    expect([settingOf(unit, 'StartLimitIntervalSec'), settingOf(unit, 'Restart')]).toEqual(['0', 'always'])
    expect(settingOf(unit, 'LoadCredential')).toMatch(/^reply-key:/)
    // Longer than the grace of the server, which is 25 s.
    expect(Number(settingOf(unit, 'TimeoutStopSec'))).toBeGreaterThan(25)
  })

  test.runIf(hasSystemd || process.env.CI !== undefined).each(units)('%s is valid, and exposes little', (unit) => {
    const path = join(directory, unit)
    const [command = ''] = (settingOf(unit, 'ExecStart') ?? '').split(' ')
    writeFileSync(
      path,
      textOf(unit)
        .replace(command, '/bin/true')
        .replace(/^WorkingDirectory=.*$/m, 'WorkingDirectory=/'),
    )
    const said = execFileSync('systemd-analyze', ['verify', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(said).toBe('')
    const rated = execFileSync('systemd-analyze', ['security', '--offline=true', path], { encoding: 'utf8' })
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(rated)?.[1])).toBeLessThan(3)
  })
})

/** A value inside of a document, by a path of names and places. */
const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner: unknown, name) => (inner as Record<string, unknown> | undefined)?.[name], value)
const listAt = (value: unknown, path: string): readonly unknown[] => {
  const list = valueAt(value, path)
  return Array.isArray(list) ? list : []
}

describe('the manifest for Kubernetes', () => {
  const documents = parseAllDocuments(textOf('kubernetes.yaml')).map((one): unknown => one.toJS())
  const [deployment, service, budget] = documents
  const pod = valueAt(deployment, 'spec.template.spec')
  const container = valueAt(pod, 'containers.0')

  /** What the types of the API say against documents, of which each has its kind. */
  async function faultsOf(text: string): Promise<readonly string[]> {
    const modules = new Map([
      ['Deployment', 'apps/v1'],
      ['Service', 'core/v1'],
      ['PodDisruptionBudget', 'policy/v1'],
    ])
    const lines = parseAllDocuments(text).flatMap((document, i) => {
      const value: unknown = document.toJS()
      const kind = String(valueAt(value, 'kind'))
      return [
        `import type { ${kind} as Kind${i} } from 'kubernetes-types/${modules.get(kind)}.js'`,
        `export const document${i}: Kind${i} = ${JSON.stringify(value)}`,
      ]
    })
    const folder = mkdtempSync(resolve('test', '.tmp-kubernetes-'))
    try {
      writeFileSync(join(folder, 'manifest.ts'), `${lines.join('\n')}\n`)
      return await typeFaults(folder, ['manifest.ts'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  test('is what the API takes: no field is unknown, missing or of another type', async () => {
    const text = textOf('kubernetes.yaml')
    expect(await faultsOf(text)).toEqual([])
    // One fault of each kind; the type checker is asked once, as it takes a second.
    const faults = [
      ['failureThreshold: 30', 'failureTreshold: 30', "'\"failureTreshold\"' does not exist in type 'Probe'"],
      ['containerPort: 8080', 'hostPort: 8080', "Property 'containerPort' is missing"],
      ['minAvailable: 1', 'minAvailable: true', "Type 'true' is not assignable to type 'string | number"],
    ] as const
    const broken = faults.map(([from, to]) => text.replace(from, to))
    const said = await faultsOf(broken.join('\n---\n'))
    expect(said).toEqual(faults.map(([, , words]) => expect.stringContaining(words)))
  })

  test('has kinds and versions that there are, and labels that meet', () => {
    expect(documents.map((one) => `${valueAt(one, 'apiVersion')} ${valueAt(one, 'kind')}`)).toEqual([
      'apps/v1 Deployment',
      'v1 Service',
      'policy/v1 PodDisruptionBudget',
    ])
    const labels = valueAt(deployment, 'spec.template.metadata.labels')
    expect(valueAt(deployment, 'spec.selector.matchLabels')).toEqual(labels)
    expect(valueAt(service, 'spec.selector')).toEqual(labels)
    expect(valueAt(budget, 'spec.selector.matchLabels')).toEqual(labels)
  })

  test('asks at the port of operators, and waits for what was accepted', () => {
    const ports = new Map(
      listAt(container, 'ports').map((port) => [String(valueAt(port, 'name')), Number(valueAt(port, 'containerPort'))]),
    )
    const args = listAt(container, 'args')
    expect(args).toContain(`--port=${ports.get('http')}`)
    expect(args).toContain(`--metrics-port=${ports.get('operators')}`)
    for (const [probe, path] of [
      ['startupProbe', '/health'],
      ['livenessProbe', '/health'],
      ['readinessProbe', '/ready'],
    ]) {
      expect(valueAt(container, `${probe}.httpGet`)).toEqual({ path, port: 'operators' })
    }
    expect(ports.has(String(valueAt(service, 'spec.ports.0.targetPort')))).toBe(true)
    expect(Number(valueAt(pod, 'terminationGracePeriodSeconds'))).toBeGreaterThan(25)
    expect(valueAt(deployment, 'spec.strategy.rollingUpdate.maxUnavailable')).toBe(0)
  })

  test('gives the server no more than it needs', () => {
    expect(valueAt(pod, 'securityContext.runAsNonRoot')).toBe(true)
    expect(valueAt(pod, 'automountServiceAccountToken')).toBe(false)
    expect(valueAt(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(valueAt(container, 'resources.limits.memory')).toBeDefined()
    const names = (path: string, of: unknown) => listAt(of, path).map((one) => valueAt(one, 'name'))
    expect(names('volumes', pod)).toEqual(names('volumeMounts', container))
  })
})

test('the compose file puts the proxy alone on the outside, and bounds both', () => {
  const compose: unknown = parse(textOf('compose.yaml'))
  expect(valueAt(compose, 'services.server.ports')).toBeUndefined()
  expect(valueAt(compose, 'services.proxy.ports')).toEqual(['80:80', '443:443'])
  for (const name of ['server', 'proxy']) expect(valueAt(compose, `services.${name}.mem_limit`)).toMatch(/^\d+[mg]$/)
  expect(Number.parseInt(String(valueAt(compose, 'services.server.stop_grace_period')), 10)).toBeGreaterThan(25)
  expect(listAt(compose, 'services.proxy.volumes')).toContain('./Caddyfile:/etc/caddy/Caddyfile:ro')
  expect(Object.keys(valueAt(compose, 'volumes') as object)).toEqual(['certificates'])
  expect(textOf('Caddyfile')).toContain(`reverse_proxy server:${valueAt(compose, 'services.server.expose.0')}`)
  // The proxy replaces what callers say of themselves: one hop, as the server is told.
  expect(textOf('Caddyfile')).toContain('header_up X-Forwarded-For {remote_host}')
  expect(textOf('Containerfile')).toContain('"--trusted-proxies", "1"')
})
