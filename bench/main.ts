/** `npm run bench`: sections measured in one run. `-- --only training` runs one of them, `-- --json` prints JSON. */
import { coldStartSection } from './cold-start.ts'
import { labelProtocol, labelSection } from './label.ts'
import { pageSection } from './page.ts'
import { protocolSection } from './protocol.ts'
import { scalingSection } from './scaling.ts'
import { sessionsSection } from './sessions.ts'
import { throughputSection } from './throughput.ts'
import { timingSection } from './timing.ts'
import { trainingSection } from './training.ts'

const sections = {
  protocol: async (print: (line: string) => void) => [
    ...(await protocolSection(print)),
    ...(await labelProtocol(print)),
  ],
  label: labelSection,
  scaling: scalingSection,
  timing: timingSection,
  sessions: sessionsSection,
  throughput: throughputSection,
  'cold-start': coldStartSection,
  page: pageSection,
  training: trainingSection,
}

const words = process.argv.slice(2)
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : undefined
const json = words.includes('--json')
if (only !== undefined && !Object.hasOwn(sections, only)) {
  console.error(`bench: there is no section "${only}". There is ${Object.keys(sections).join(', ')}.`)
  process.exit(2)
}
const results: Record<string, unknown> = {}
for (const [name, run] of Object.entries(sections)) {
  if (only !== undefined && only !== name) continue
  try {
    results[name] = await run((line) => json || console.log(line))
  } catch (error) {
    // Some need a browser or an S3 server; the others are measured without them.
    if (only !== undefined) throw error
    console.error(`${name}: not measured. ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    results[name] = null
  }
}
if (json) console.log(JSON.stringify(results))
