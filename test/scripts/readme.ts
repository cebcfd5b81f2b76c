/**
 * Puts what commands print into the documents, between comments that name them: `npm run readme` for all,
 * `npm run readme -- models`, `demo` or `bench` for one.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { modelTables } from './models.ts'

const printed = (...words: string[]) => {
  const output = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return `\`\`\`\n${output.trimEnd()}\n\`\`\`\n`
}

/** Puts a text between the comments of its name. */
function put(file: string, name: string, text: string): void {
  const [begin, end] = [`<!-- begin: ${name} -->\n`, `<!-- end: ${name} -->`]
  const document = readFileSync(file, 'utf8')
  const [before, after] = [document.indexOf(begin), document.indexOf(end)]
  if (before < 0 || after < 0) throw new Error(`${file} has no place for the output of ${name}`)
  writeFileSync(file, document.slice(0, before + begin.length) + text + document.slice(after))
}

const blocks: Readonly<Record<string, () => void>> = {
  models() {
    const { models, costs, machine } = modelTables()
    put('README.md', 'npm run readme -- models', `${models}\n`)
    put('README.md', 'npm run readme -- models (costs)', `${costs}\n\n${machine}\n`)
  },
  demo() {
    const output = printed('dist/test/scripts/demo.js')
    put('compiler/TUTORIAL.md', 'npm run demo', output)
    // The README shows what is predicted; the report of the compile stands in the tutorial.
    put('README.md', 'npm run demo (its end)', `\`\`\`\n${output.slice(output.indexOf('$ emp-compile serve'))}`)
  },
  bench() {
    for (const section of ['protocol', 'label']) {
      const output = printed('dist/bench/main.js', '--only', section)
      // Of a section with several tables the last one: what others have published.
      const shown = output.split(/^(?=label: published)/m).at(-1) ?? output
      put(
        'runtime/README.md',
        `npm run bench -- --only ${section}`,
        shown.startsWith('```') ? shown : `\`\`\`\n${shown}`,
      )
    }
  },
}

const only = process.argv[2]
if (only !== undefined && !(only in blocks)) throw new Error(`readme takes ${Object.keys(blocks).join(', ')}`)
for (const [name, run] of Object.entries(blocks)) if (only === undefined || only === name) run()
execFileSync('npm', ['run', '--silent', 'format:documents'], { stdio: 'inherit' })
