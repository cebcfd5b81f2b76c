/** Puts the output of commands into README.md, between comments that name them: `npm run readme [-- demo|bench]`. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const blocks = [
  { name: 'demo', command: 'npm run demo', words: ['dist/bench/demo.js'] },
  {
    name: 'bench',
    command: 'npm run bench -- --only protocol',
    words: ['dist/bench/main.js', '--only', 'protocol'],
  },
]
const only = process.argv[2]
for (const { name, command, words } of blocks) {
  if (only !== undefined && only !== name) continue
  const output = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [begin, end] = [`<!-- begin: ${command} -->\n`, `<!-- end: ${command} -->`]
  const readme = readFileSync('README.md', 'utf8')
  const [before, after] = [readme.indexOf(begin), readme.indexOf(end)]
  if (before < 0 || after < 0) throw new Error(`README.md has no place for the output of ${command}`)
  const text = `\`\`\`\n${output.trimEnd()}\n\`\`\`\n`
  writeFileSync('README.md', readme.slice(0, before + begin.length) + text + readme.slice(after))
}
