import { arenaOf } from './arena.ts'
import type { Group } from './group.ts'
import type { KernelExports, KernelLayout } from './kernel.ts'
import { makeBaseTables } from './kernel-base.ts'
import { kernelScalars } from './kernel-scalars.ts'
import { kernelWorkspace } from './kernel-workspace.ts'
import { machineOf } from './machine.ts'

/** The group of a kernel, which has one memory and, in it, a table of the generator's multiples: made here, in 1 to 3 ms. */
export function kernelGroup(engine: 'simd' | 'scalar', exports: KernelExports, layout: KernelLayout): Group {
  const { work, heap, pointBytes } = layout
  const arena = arenaOf(exports.memory, heap + 2 * pointBytes, [work, heap])
  const machine = machineOf(exports, layout, arena)
  arena.lend(() => makeBaseTables(machine))
  const open: object[] = []
  return {
    engine,
    scalars: kernelScalars(exports, arena),
    borrow(work) {
      const owner = {}
      open.push(owner)
      try {
        return arena.lend(() => work(kernelWorkspace(machine, owner, open)))
      } finally {
        open.pop()
      }
    },
  }
}
