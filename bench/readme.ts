/** Puts the output of the demo into README.md: `npm run readme`. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const output = execFileSync(process.execPath, ['dist/bench/demo.js'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
})
const [begin, end] = ['<!-- begin: npm run demo -->\n', '<!-- end: npm run demo -->']
const readme = readFileSync('README.md', 'utf8')
const [before, after] = [readme.indexOf(begin) + begin.length, readme.indexOf(end)]
writeFileSync('README.md', `${readme.slice(0, before)}\`\`\`\n${output.trim()}\n\`\`\`\n${readme.slice(after)}`)
