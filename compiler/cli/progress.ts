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
    },
  }
}
