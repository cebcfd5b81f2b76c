import type { Frame } from './frame.ts'
import { get, locals, number, params, repeat, set, step } from './wat.ts'

/**
 * Powers, inverses and square roots. `$root` (out, u, v) gives the even root of u / v, or of i u / v where that is no
 * square, and the mask of squares; 0 for u or v 0. `$invertAll` inverts elements `stride` bytes apart with one power for all;
 * those that are 0 stay 0. Behind each is room for another element and a mask.
 *
 * Sources: RFC 9496, section 4.2; Montgomery, "Speeding the Pollard and elliptic curve methods of factorization", 1987.
 */
export function rootFunctions(frame: Frame): string {
  const { bytes, lanes } = frame.field
  const squares = `
  (func $squares (export "squares") ${params('out', 'a', 'times')}
    (call $square ${get('out')} ${get('a')})
    ${step('times', -1)}
    (if ${get('times')} (then ${repeat('times', `(call $square ${get('out')} ${get('out')})`)})))`

  const p = frame.steps('t0', 't1', 't2', 't3')
  const a = get('a')
  /** a^(2^250 - 1) in t1, a^11 in t0. */
  const power = `
  (func $power ${params('a')}
    ${p.square('t0', a)} ${p.squares('t1', 't0', 2)} ${p.multiply('t1', a, 't1')} ${p.multiply('t0', 't0', 't1')}
    ${p.square('t2', 't0')} ${p.multiply('t1', 't1', 't2')}
    ${p.squares('t2', 't1', 5)} ${p.multiply('t1', 't2', 't1')}
    ${p.squares('t2', 't1', 10)} ${p.multiply('t2', 't2', 't1')}
    ${p.squares('t3', 't2', 20)} ${p.multiply('t2', 't3', 't2')}
    ${p.squares('t2', 't2', 10)} ${p.multiply('t1', 't2', 't1')}
    ${p.squares('t2', 't1', 50)} ${p.multiply('t2', 't2', 't1')}
    ${p.squares('t3', 't2', 100)} ${p.multiply('t2', 't3', 't2')}
    ${p.squares('t2', 't2', 50)} ${p.multiply('t1', 't2', 't1')})
  (func $invert ${params('out', 'a')}
    (call $power ${a}) ${p.squares('t1', 't1', 5)} ${p.multiply(get('out'), 't1', 't0')})`

  const r = frame.steps('v3', 'v7', 'r', 'check', 'sum', 'turned')
  const [out, u, v] = [get('out'), get('u'), get('v')]
  const root = `
  (func $root ${params('out', 'u', 'v')} (result ${lanes.type}) ${locals(lanes.type, 'square', 'minus')}
    ${r.square('v3', v)} ${r.multiply('v3', 'v3', v)}
    ${r.square('v7', 'v3')} ${r.multiply('v7', 'v7', v)} ${r.multiply('v7', 'v7', u)}
    (call $power ${r.at('v7')}) ${p.squares('t1', 't1', 2)} ${r.multiply('r', p.at('t1'), 'v7')}
    ${r.multiply('r', 'r', 'v3')} ${r.multiply('r', 'r', u)}
    ${r.square('check', 'r')} ${r.multiply('check', 'check', v)}
    ${r.subtract('sum', 'check', u)} ${set('square', `(call $isZero ${r.at('sum')})`)}
    ${r.add('sum', 'check', u)} ${set('minus', `(call $isZero ${r.at('sum')})`)}
    ${set('square', lanes.or(get('square'), get('minus')))}
    ${r.multiply('turned', u, 'sqrtMinusOne')} ${r.add('sum', 'check', 'turned')}
    ${set('minus', lanes.or(get('minus'), `(call $isZero ${r.at('sum')})`))}
    ${r.multiply('turned', 'r', 'sqrtMinusOne')} ${r.select('r', 'turned', get('minus'))}
    ${r.negateIf('r', `(call $isOdd ${r.at('r')})`)}
    ${r.copy(out, 'r')}
    ${get('square')})`

  const b = frame.steps('all', 'inverse')
  const at = get('at')
  const before = `(i32.add ${at} ${number(bytes)})`
  const invertAll = `
  (func $invertAll ${params('at', 'stride', 'count')} ${locals('i32', 'i')} ${locals(lanes.type, 'mask')}
    ${b.copy('all', 'one')}
    ${set('i', get('count'))}
    ${repeat(
      'i',
      `${set('mask', `(call $isZero ${at})`)}
       ${b.select(at, 'one', get('mask'))} ${lanes.store(at, 2 * bytes, get('mask'))}
       ${b.copy(before, 'all')} ${b.multiply('all', 'all', at)}
       ${set('at', `(i32.add ${at} ${get('stride')})`)}`,
    )}
    (call $invert ${b.at('all')} ${b.at('all')})
    ${repeat(
      'count',
      `${set('at', `(i32.sub ${at} ${get('stride')})`)}
       ${b.multiply('inverse', 'all', before)} ${b.multiply('all', 'all', at)}
       ${b.select('inverse', 'zero', lanes.load(at, 2 * bytes))} ${b.copy(at, 'inverse')}`,
    )})`
  return [squares, power, root, invertAll].join('\n')
}
