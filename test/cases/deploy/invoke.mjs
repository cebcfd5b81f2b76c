// What Lambda's runtime does: imports the handler, and hands it one event after the other.
import { createInterface } from 'node:readline'

const { handler } = await import(process.argv[2])
for await (const line of createInterface({ input: process.stdin })) {
  const result = await handler(JSON.parse(line)).catch((error) => ({ error: error.message }))
  console.log(JSON.stringify({ result: result ?? null }))
}
