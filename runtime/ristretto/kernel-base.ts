import type { Machine } from './machine.ts'

/** Makes the tables of the generator's multiples. */
export function makeBaseTables(machine: Machine): void {
  const { exports, layout, arena, results } = machine
  const { baseTable, baseWindows, pointBytes } = layout
  const generator = arena.take(pointBytes)
  // What is no encoding decodes to the generator.
  arena.during(() => {
    const odd = machine.put(Uint8Array.of(1), 32)
    exports.decode(results(Uint32Array.of(generator)), odd, arena.take(4 * layout.lanes), 1)
  })
  makeTables(machine, baseTable, generator, baseWindows)
}

/** How many windows of 5 bits a scalar of so many bits needs: the digit of the last must not carry. */
export const windowsFor = (bits: number): number => Math.ceil((bits - 3) / windowBits) + 1
const windowBits = 5

/**
 * Makes the tables of a point's multiples: for each window of 5 bits those by 1 to 16, times the window's power of 32.
 *
 * @param tables where they go. @param point the point's address.
 */
export function makeTables(machine: Machine, tables: number, point: number, windows: number): void {
  const { exports, layout, arena, blocksOf, operands, results } = machine
  const { entries, tableBytes, pointBytes, recordBytes } = layout
  const first = arena.take(windows * entries * pointBytes)
  /** The places of a multiple, in these windows. */
  const places = (multiple: number, from = 0, to = windows) =>
    Uint32Array.from({ length: to - from }, (_, i) => first + ((from + i) * entries + multiple - 1) * pointBytes)
  const step = (work: () => void) => arena.during(work)

  arena.bytes().copyWithin(first, point, point + pointBytes)
  for (let window = 1; window < windows; window++) {
    step(() => {
      const to = results(places(1, window, window + 1))
      exports.doubleAll(to, operands(places(1, window - 1, window)), 1)
      for (let i = 1; i < windowBits; i++) exports.doubleAll(to, to, 1)
    })
  }
  for (let multiple = 2; multiple <= entries; multiple++) {
    step(() => {
      const [before, one] = [operands(places(multiple - 1)), operands(places(1))]
      exports.add(results(places(multiple)), before, one, blocksOf(windows))
    })
  }
  step(() => {
    const all = operands(Uint32Array.from({ length: windows * entries }, (_, i) => first + i * pointBytes))
    const blocks = blocksOf(windows * entries)
    exports.normalize(all, arena.take(blocks * recordBytes), blocks)
    exports.prepareAll(all, all, blocks)
  })
  for (let window = 0; window < windows; window++) {
    exports.spread(tables + window * tableBytes, first + window * entries * pointBytes)
  }
}
