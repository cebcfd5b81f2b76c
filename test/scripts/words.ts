/**
 * Checks the prose of the project: documents, and the comments and texts of the sources. Prints every phrase that has to be read
 * twice, with a plainer one, and every line over the wrap; fails if there is any. `npm run format:documents` wraps lines.
 */
import { proseFaults, proseFiles } from './prose.ts'

const faults = proseFiles().flatMap((file) => proseFaults(file))
for (const { file, line, text, plainer } of faults) console.error(`${file}:${line}: "${text}": ${plainer}`)
if (faults.length > 0) process.exitCode = 1
else console.log(`The words of ${proseFiles().length} files are plain.`)
