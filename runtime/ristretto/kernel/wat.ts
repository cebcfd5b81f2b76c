/** Words to write WebAssembly text with. */

export const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
export const lines = (n: number, line: (i: number) => string): string => count(n).map(line).join('\n')

export const get = (name: string): string => `(local.get $${name})`
export const set = (name: string, value: string): string => `(local.set $${name} ${value})`
export const number = (value: number): string => `(i32.const ${value})`
export const params = (...names: string[]): string => names.map((name) => `(param $${name} i32)`).join(' ')
export const locals = (type: string, ...names: string[]): string =>
  names.map((name) => `(local $${name} ${type})`).join(' ')

/** An address some bytes behind another. */
export const plus = (address: string, bytes: number): string =>
  bytes === 0 ? address : `(i32.add ${address} ${number(bytes)})`
export const times = (value: string, factor: number): string => `(i32.mul ${value} ${number(factor)})`

/** Adds to a local. */
export const step = (name: string, by: number): string => set(name, plus(get(name), by))

/** Does the body as often as the local `name` says, at least once, and counts it down to 0. */
export const repeat = (name: string, body: string): string =>
  `(loop $again_${name} ${body}
    (br_if $again_${name} (local.tee $${name} (i32.sub ${get(name)} (i32.const 1)))))`

export const vector = (value: number): string => `(v128.const i32x4 ${value} ${value} ${value} ${value})`
export const load = (address: string, offset = 0): string => `(v128.load offset=${offset} align=4 ${address})`
export const store = (address: string, offset: number, value: string): string =>
  `(v128.store offset=${offset} align=4 ${address} ${value})`
