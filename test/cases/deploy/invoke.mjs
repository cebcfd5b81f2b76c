// What Lambda's runtime does: imports the handler, and hands it one event after the other. Objects on the console are lines
// of JSON, as in the log format that the template sets.
import { createInterface } from 'node:readline'

for (const level of ['info', 'warn', 'error']) {
  console[level] = (message) => console.log(JSON.stringify({ level, ...message }))
}
const { handler } = await import(process.argv[2])
const context = { getRemainingTimeInMillis: () => 30_000 }
for await (const line of createInterface({ input: process.stdin })) {
  const result = await handler(JSON.parse(line), context).catch((error) => ({ error: error.message }))
  console.log(JSON.stringify({ result: result ?? null }))
}
