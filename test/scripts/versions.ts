import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

// Runs the tests of the core (`npm run test:core`) on the other versions of Node that there is support for, or on those
// that are named: `npm run test:versions -- 24`. The binaries come from the registry, as packages, and are kept.

const supported = ['20', '22', '24']
const [own = ''] = process.versions.node.split('.')
const asked = process.argv.slice(2)
const versions = asked.length > 0 ? asked : supported.filter((version) => version !== own)

/** The tests of the core: the words of the script in package.json. */
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'))
const [runner, ...args] = (scripts['test:core'] ?? '').split(' ')
if (runner !== 'vitest') throw new Error('The script test:core is not of vitest.')

for (const version of versions) {
  const node = binaryOf(version)
  console.log(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`)
  // What a test starts by the name "node" is of that version, too.
  const path = [resolve(node, '..'), process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH: path, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }
  const { status } = spawnSync(node, ['node_modules/vitest/vitest.mjs', ...args], { stdio: 'inherit', env })
  if (status !== 0) {
    console.error(`The tests of the core fail on Node ${version}.`)
    process.exit(1)
  }
}

/** The binary of a version, out of the package of this platform. */
function binaryOf(version: string): string {
  const name = `node-${process.platform}-${process.arch}`
  const folder = resolve('node_modules/.cache/emp-compile', `node-${version}`)
  const binary = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  const options = ['--prefix', folder, '--no-save', '--no-package-lock', '--ignore-scripts', '--silent']
  execFileSync('npm', ['install', ...options, `${name}@${version}`], { stdio: 'inherit' })
  return binary
}
