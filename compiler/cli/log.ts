import { describeEvent, jsonLine, type ServeEvent } from 'emp-compile-runtime/internal/serving/events'

/** Bytes of lines that wait for a reader; what comes beyond them is lost, and counted. */
const mostWaiting = 1_000_000

/**
 * Makes the log of a server: a line per event on standard error. A reader that does not read, or has gone, stops nothing.
 */
export function newLog(form: 'text' | 'json'): (event: ServeEvent) => void {
  let lost = 0
  process.stderr.on('error', () => {})
  const write = (line: string) => {
    if (process.stderr.writableLength > mostWaiting) lost += 1
    else process.stderr.write(`${line}\n`)
  }
  const lineOf = form === 'json' ? (event: ServeEvent) => jsonLine(event) : describeEvent
  return (event) => {
    if (lost > 0 && process.stderr.writableLength < mostWaiting / 2) {
      write(lineOf({ kind: 'ignored', reason: `${lost} lines of this log, as nobody read it` }))
      lost = 0
    }
    write(lineOf(event))
  }
}
