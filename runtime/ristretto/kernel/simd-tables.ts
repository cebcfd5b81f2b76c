import { entries, entryBytes } from './entries.ts'
import { count, get, lines, load, locals, number, params, plus, repeat, set, step, store, vector } from './wat.ts'

const words = entryBytes / 4
/** Bytes of an entry as it is scattered: a point of one lane. */
const pointBytes = 160
const element = 160

/**
 * A table has 16 vectors of bytes for each word: of each of its four bytes, those of all 16 entries. So an entry is found
 * by `i8x16.swizzle`, which takes a byte out of a register, and the whole table is read whatever is looked for. An index
 * beyond the 16 finds 0.
 */
export const simdTables = `
(func $spread (export "spread") ${params('table', 'entries')} ${locals('i32', 'i', 'e', 'source')}
  ${set('i', number(entryBytes))}
  ${repeat(
    'i',
    `${set('source', get('entries'))} ${set('e', number(entries))}
     ${repeat(
       'e',
       `(i32.store8 ${get('table')} (i32.load8_u ${get('source')}))
        ${step('table', 1)} ${step('source', pointBytes)}`,
     )}
     ${step('entries', 1)}`,
  )})
(func $findBase ${params('out', 'table', 'digits')}
  ${locals('i32', 'i', 'to')} ${locals('v128', 'digit', 'sign', 'size', 'index', 'i0', 'i1', 'i2', 'i3')}
  ${set('digit', load(get('digits')))}
  ${set('sign', `(i32x4.shr_s ${get('digit')} (i32.const 31))`)}
  ${set('size', `(i32x4.sub (v128.xor ${get('digit')} ${get('sign')}) ${get('sign')})`)}
  ${set('index', `(i32x4.sub ${get('size')} ${vector(1)})`)}
  ${lines(4, (byte) =>
    set(`i${byte}`, `(v128.or (i32x4.shl ${get('index')} (i32.const ${8 * byte})) ${vector(~(255 << (8 * byte)))})`),
  )}
  ${set('i', number(words))} ${set('to', get('out'))}
  ${repeat(
    'i',
    `${store(
      get('to'),
      0,
      count(4)
        .map((byte) => `(i8x16.swizzle ${load(get('table'), 16 * byte)} ${get(`i${byte}`)})`)
        .reduce((a, b) => `(v128.or ${a} ${b})`),
    )}
     ${step('table', 64)} ${step('to', 16)}`,
  )}
  ${set('index', `(v128.and (i32x4.eq ${get('size')} ${vector(0)}) ${vector(1)})`)}
  ${[0, element].map((at) => store(get('out'), at, `(v128.or ${load(get('out'), at)} ${get('index')})`)).join('\n')}
  (call $swapIf ${get('out')} ${plus(get('out'), element)} ${get('sign')})
  (call $negateIf ${plus(get('out'), 2 * element)} ${get('sign')}))`
