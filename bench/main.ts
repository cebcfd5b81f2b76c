/** `npm run bench`: sections measured in one run. `-- --only training` runs one of them, `-- --json` prints JSON. */
import { coldStartSection } from './cold-start.ts'
import { labelProtocol, labelSection } from './label.ts'
import { labelTiming } from './label-timing.ts'
import { latticeSection } from './lattice.ts'
import { linearProtocol } from './linear.ts'
import { pageSection } from './page.ts'
import { pointsSection } from './points.ts'
import { pointsProtocol } from './points-protocol.ts'
import { protocolSection } from './protocol.ts'
import { scalingSection } from './scaling.ts'
import { sessionsSection } from './sessions.ts'
import { setsSection } from './sets.ts'
import { sharesSection } from './shares.ts'
import { throughputSection } from './throughput.ts'
import { timingSection } from './timing.ts'
import { groupsSection, toldSection } from './told.ts'
import { trainingSection } from './training.ts'

const words = process.argv.slice(2)

/** The word after an option; undefined without it. */
function wordAfter(option: string): string | undefined {
  return words.includes(option) ? words[words.indexOf(option) + 1] : undefined
}

function numberAfter(option: string): number | undefined {
  const word = wordAfter(option)
  return word === undefined ? undefined : Number(word)
}

const sections = {
  protocol: async (print: (line: string) => void) => [
    ...(await protocolSection(print)),
    ...(await labelProtocol(print)),
    ...(await pointsProtocol(print)),
    ...(await linearProtocol(print)),
  ],
  label: labelSection,
  lattice: latticeSection,
  scaling: scalingSection,
  timing: async (print: (line: string) => void) => [...(await timingSection(print)), ...(await labelTiming(print))],
  sessions: sessionsSection,
  throughput: throughputSection,
  'cold-start': coldStartSection,
  page: pageSection,
  training: trainingSection,
  points: pointsSection,
  shares: (print: (line: string) => void) => sharesSection(print, numberAfter('--sets'), wordAfter('--kind')),
  told: (print: (line: string) => void) => toldSection(print, numberAfter('--splits')),
  groups: groupsSection,
  sets: (print: (line: string) => void) => setsSection(print, wordAfter('--folder')),
}

const only = wordAfter('--only')
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
