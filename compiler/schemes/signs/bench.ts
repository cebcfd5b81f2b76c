import { fastestEngine } from 'emp-compile-runtime/internal/paillier/fastest-engine'
import { squareRing } from 'emp-compile-runtime/internal/paillier/square-ring'
import { randomBelow, systemRandom } from 'emp-compile-runtime/internal/random'
import type { SignsContract } from 'emp-compile-runtime/internal/schemes/signs/contract'
import { cpuMilliseconds, median } from '../measure.ts'
import type { BenchWords } from '../scheme.ts'
import { signsCost } from './cost.ts'

const engineNames = { openssl: 'OpenSSL', bigint: 'plain JavaScript' }

export function signsBench(contract: SignsContract): BenchWords {
  const cost = signsCost(contract)
  return {
    engine: fastestEngine.name,
    engineName: engineNames[fastestEngine.name],
    cost,
    keys: '; the server validates a key when it first sees it',
    predicted() {
      const half = unitMs(contract.keyBits / 2)
      return {
        seal: half * cost.bigint.sealMultiplications,
        evaluate: unitMs(contract.keyBits) * cost.bigint.evaluateMultiplications,
        open: half * cost.bigint.openMultiplications,
      }
    },
  }
}

/** CPU milliseconds of a multiplication modulo m^2 in plain JavaScript, for an m of `bits` bits. */
function unitMs(bits: number): number {
  const m = (1n << BigInt(bits)) - 1n
  const ring = squareRing(m)
  let x = ring.residue(randomBelow(systemRandom, m * m))
  const batches = Array.from({ length: 9 }, () => {
    const start = cpuMilliseconds()
    for (let i = 0; i < 1000; i++) x = ring.square(x)
    return (cpuMilliseconds() - start) / 1000
  })
  return median(batches)
}
