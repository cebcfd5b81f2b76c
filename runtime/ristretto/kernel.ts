/** What a kernel's WebAssembly exports. Lists are of addresses of points, for whole blocks of as many points as lanes. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory
  add(out: number, a: number, b: number, blocks: number): void
  subtract(out: number, a: number, b: number, blocks: number): void
  doubleAll(out: number, a: number, blocks: number): void
  /** `valid` has 32 bits a point: all set, or none. */
  decode(out: number, encodings: number, valid: number, blocks: number): void
  encode(encodings: number, list: number, blocks: number): void
  encodeDoubled(encodings: number, list: number, records: number, blocks: number): void
  /** Makes Z = 1. */
  normalize(list: number, records: number, blocks: number): void
  /** The form of points with Z = 1 that `spread` turns to a table of the generator's multiples. */
  prepareAll(out: number, list: number, blocks: number): void
  spread(table: number, entries: number): void
  hash(out: number, first: number, second: number, blocks: number): void
  /** The multiples of the point that the tables are of, by scalars of 32 bytes each; of as many windows as they need. */
  generate(out: number, scalars: number, tables: number, windows: number, blocks: number): void
  multiplyAll(
    out: number,
    list: number,
    scalars: number,
    size: number,
    table: number,
    digits: number,
    blocks: number,
  ): void
  /** The sum of all blocks' multiples, in each lane for itself. */
  combine(
    out: number,
    list: number,
    scalars: number,
    size: number,
    tables: number,
    digits: number,
    blocks: number,
  ): void
  reduceScalars(out: number, wide: number, count: number): void
  addScalars(out: number, a: number, b: number, count: number): void
  subtractScalars(out: number, a: number, b: number, count: number): void
  multiplyScalars(out: number, a: number, b: number, count: number): void
  halveScalars(out: number, a: number, count: number): void
  /** Of field elements, one a lane: for tests and measurements. */
  multiply(out: number, a: number, b: number): void
  square(out: number, a: number): void
  squares(out: number, a: number, times: number): void
}

/** Where a kernel's memory holds what. */
export interface KernelLayout {
  readonly lanes: number
  readonly pointBytes: number
  readonly baseTable: number
  readonly baseWindows: number
  readonly entries: number
  readonly tableBytes: number
  /** From `work` to `heap` are values at work; from `heap` on is the caller's. */
  readonly work: number
  readonly heap: number
  readonly recordBytes: number
  readonly combineTableBytes: number
  readonly combineDigitBytes: number
}

/** A kernel as it stands in the repository: its module is deflated, in base64. */
export interface AssembledKernel extends KernelLayout {
  readonly wasm: string
}

/**
 * Compiles a kernel, from deflated bytes in base64.
 *
 * @throws if there is no WebAssembly, no SIMD where it is needed, or no permission to compile (by the promise).
 */
export async function instantiate(wasm: string): Promise<KernelExports> {
  const { instance } = await WebAssembly.instantiate(await inflate(wasm))
  return instance.exports as unknown as KernelExports
}

/** The bytes of what is deflated (RFC 1951) in base64. */
export function inflate(base64: string): Promise<ArrayBuffer> {
  const deflated = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
  return new Response(new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).arrayBuffer()
}
