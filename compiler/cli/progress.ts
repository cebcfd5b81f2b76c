import type { Watch } from '../watch.ts'

/** Progress on standard error: `verify 12/303`, drawn over itself, only on a terminal and after a second. */
export function progress(label: string, total: number): { step(done: number): void; end(): void } {
  const started = performance.now()
  let shown = false
  return {
    step(done) {
      if (!process.stderr.isTTY || performance.now() - started < 1000) return
      shown = true
      process.stderr.write(`\r${label} ${done}/${total} `)
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[K')
      shown = false
    },
  }
}

/** What a step took. */
export interface StepTime {
  readonly step: string
  readonly seconds: number
}

/**
 * Follows a compile: shows the step that is under way on a terminal, with its parts, and measures each.
 *
 * A step computes without a pause, so no timer can draw: each is shown as it begins, and its parts as they end.
 */
export function stopwatch(): Watch & { end(): readonly StepTime[] } {
  const times: StepTime[] = []
  let own: { readonly name: string; readonly started: number } | null = null
  let drawn = 0
  const draw = (text: string) => {
    if (!process.stderr.isTTY) return
    process.stderr.write(`\r\u001b[K${text}`)
    drawn = performance.now()
  }
  const close = () => {
    if (own !== null) times.push({ step: own.name, seconds: (performance.now() - own.started) / 1000 })
    own = null
  }
  return {
    step(name) {
      close()
      own = { name, started: performance.now() }
      draw(`${name} ...`)
    },
    part(done, total) {
      // At most ten times a second: a terminal is slow.
      if (own === null || performance.now() - drawn < 100) return
      const seconds = Math.round((performance.now() - own.started) / 1000)
      draw(`${own.name} ${done}${total === null ? '' : ` of ${total}`}${seconds === 0 ? '' : `, ${seconds} s`}`)
    },
    end() {
      close()
      draw('')
      return times
    },
  }
}

/** `reading 0.1 s, training 2.4 s; 2.5 s in all` */
export function describeTimes(times: readonly StepTime[]): string {
  const all = times.reduce((sum, { seconds }) => sum + seconds, 0)
  return `${times.map(({ step, seconds }) => `${step} ${seconds.toFixed(1)} s`).join(', ')}; ${all.toFixed(1)} s in all`
}
