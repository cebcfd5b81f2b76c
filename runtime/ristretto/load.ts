import type { Engine, Group } from './group.ts'
import { passesSelfTest } from './self-test.ts'

/** How each engine is loaded: apart from each other, so that a bundle can leave some out. */
const loaders: Readonly<Record<Engine, () => Promise<Group>>> = {
  async simd() {
    const [{ kernel }, { instantiate }, { kernelGroup }] = await Promise.all([
      import('./wasm-simd.ts'),
      import('./kernel.ts'),
      import('./kernel-group.ts'),
    ])
    return kernelGroup('simd', await instantiate(kernel.wasm), kernel)
  },
  async scalar() {
    const [{ kernel }, { instantiate }, { kernelGroup }] = await Promise.all([
      import('./wasm-scalar.ts'),
      import('./kernel.ts'),
      import('./kernel-group.ts'),
    ])
    return kernelGroup('scalar', await instantiate(kernel.wasm), kernel)
  },
  sodium: async () => (await import('./sodium.ts')).loadSodium(),
}

/** From the fastest on. */
export const engines: readonly Engine[] = ['simd', 'scalar', 'sodium']

/**
 * Loads a group: of the engine that is demanded, or of the fastest that is there and passes its self-test.
 *
 * @throws {RangeError} if an engine is not there or does not pass (by the promise), with the reasons.
 */
export async function loadGroup(engine?: Engine): Promise<Group> {
  return firstThatWorks(engine === undefined ? engines : [engine], (candidate) => loaders[candidate]())
}

/** The group of the first engine that loads and passes the self-test. */
export async function firstThatWorks(
  candidates: readonly Engine[],
  load: (engine: Engine) => Promise<Group>,
): Promise<Group> {
  const reasons: string[] = []
  for (const candidate of candidates) {
    try {
      const group = await load(candidate)
      if (passesSelfTest(group)) return group
      reasons.push(`${candidate}: does not pass its self-test`)
    } catch (error) {
      reasons.push(`${candidate}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new RangeError(`no engine of ristretto255 works here (${reasons.join('; ')})`)
}
