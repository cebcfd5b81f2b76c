import { baseWindowBits, baseWindows, ownEntries, tableBytes, windowBits } from './entries.ts'
import { coordinatesOf, type Frame } from './frame.ts'
import { count, get, lines, locals, number, params, plus, repeat, set, step, times } from './wat.ts'

/** Digits of the longest scalar in windows of 4 bits. Shorter ones have one digit more than windows, for the carry. */
const mostDigits = 64

/** Bytes that `combine` needs for each block: the table of each point's multiples, and the digits. */
export const combineBytes = (elementBytes: number, lanes: number) => ({
  table: 4 * ownEntries * elementBytes,
  digits: 4 * lanes * (mostDigits + 1),
})

/**
 * Multiples of a point by tables that stand in memory, as the generator's do, and sums of multiples of other points: in each lane those of
 * the points of all blocks, which share the doublings (Straus, 1964). Digits are signed; every entry of a table is read,
 * and the digits choose by masks. Scalars are below 2^253 if they have 32 bytes, else anything.
 */
export function multipleFunctions(frame: Frame): string {
  const { bytes, lanes } = frame.field
  const laneCount = lanes.lanes
  const digitStep = 4 * laneCount
  const half = `(i32.shl (i32.const 1) (i32.sub ${get('width')} (i32.const 1)))`
  const bit = '(i32.mul $i $width)'.replace(/\$\w+/g, (name) => `(local.get ${name})`)
  const recode = `
  (func $recode ${params('digits', 'scalar', 'width', 'windows')} ${locals('i32', 'i', 'digit', 'carry')}
    (loop $next
      ${set(
        'digit',
        `(i32.add ${get('carry')} (i32.and
        (i32.shr_u (i32.load align=1 (i32.add ${get('scalar')} (i32.shr_u ${bit} (i32.const 3)))) (i32.and ${bit} (i32.const 7)))
        (i32.sub (i32.shl (i32.const 1) ${get('width')}) (i32.const 1))))`,
      )}
      ${set('carry', `(i32.shr_u (i32.add ${get('digit')} ${half}) ${get('width')})`)}
      (i32.store ${get('digits')} (i32.sub ${get('digit')} (i32.shl ${get('carry')} ${get('width')})))
      ${step('digits', digitStep)} ${step('i', 1)}
      (br_if $next (i32.lt_u ${get('i')} ${get('windows')})))
    (i32.store ${get('digits')} ${get('carry')}))`

  const [sum, point, term, entry] = [frame.block(), frame.block(), frame.block(), frame.block()]
  const baseDigits = number(frame.place(digitStep * (baseWindows + 1)))
  const recodeLanes = (digits: string, scalars: string, size: string, width: number, windows: string) =>
    lines(
      laneCount,
      (lane) =>
        `(call $recode ${plus(digits, 4 * lane)} (i32.add ${scalars} ${times(size, lane)}) ${number(width)} ${windows})`,
    )
  const generate = frame.exported(
    'generate',
    { out: frame.pointers, scalars: 32 * laneCount, tables: 0, windows: 0 },
    `${recodeLanes(baseDigits, get('scalars'), number(32), baseWindowBits, get('windows'))}
    (call $identity ${sum}) ${set('i', get('windows'))} ${set('table', get('tables'))} ${set('digit', baseDigits)}
    ${repeat(
      'i',
      `(call $findBase ${term} ${get('table')} ${get('digit')})
       (call $addAffine ${sum} ${term} (i32.const 1))
       ${step('table', tableBytes)} ${step('digit', digitStep)}`,
    )}
    (call $scatter ${get('out')} ${sum})`,
    locals('i32', 'i', 'table', 'digit'),
  )

  const { table, digits } = combineBytes(bytes, laneCount)
  const entryBytes = 4 * bytes
  const makeTable = `
  (func $makeTable ${params('table')} ${locals('i32', 'i')}
    (call $prepare ${entry} ${point}) (call $prepare ${get('table')} ${point})
    ${set('i', number(ownEntries - 1))}
    ${repeat(
      'i',
      `(call $addPrepared ${point} ${entry} (i32.const 1)) ${step('table', entryBytes)}
       (call $prepare ${get('table')} ${point})`,
    )})`

  const [plusX, minusX, doubleDT, doubleZ] = coordinatesOf(get('out'), bytes) as [string, string, string, string]
  const words = entryBytes / lanes.wordBytes
  const addTo = (at: string, value: string) => lanes.store(at, 0, lanes.or(lanes.load(at), value))
  const find = `
  (func $find ${params('out', 'table', 'digits')} ${locals('i32', 'i', 'to')}
    ${locals(lanes.type, 'digit', 'sign', 'size', ...count(ownEntries).map((e) => `mask${e}`))}
    ${set('digit', lanes.loadNumbers(get('digits')))}
    ${set('sign', lanes.shiftRight(get('digit'), 31))}
    ${set('size', lanes.subtract(lanes.xor(get('digit'), get('sign')), get('sign')))}
    ${lines(ownEntries, (e) => set(`mask${e}`, lanes.isZero(lanes.subtract(get('size'), lanes.constant(e + 1)))))}
    ${set('to', get('out'))} ${set('i', number(words))}
    ${repeat(
      'i',
      `${lanes.store(
        get('to'),
        0,
        count(ownEntries)
          .map((e) => lanes.and(get(`mask${e}`), lanes.load(get('table'), e * entryBytes)))
          .reduce(lanes.or),
      )}
       ${step('to', lanes.wordBytes)} ${step('table', lanes.wordBytes)}`,
    )}
    ${set('size', lanes.isZero(get('size')))}
    ${[plusX, minusX].map((at) => addTo(at, lanes.and(get('size'), lanes.constant(1)))).join('\n')}
    ${addTo(doubleZ, lanes.and(get('size'), lanes.constant(2)))}
    (call $swapIf ${plusX} ${minusX} ${get('sign')})
    (call $negateIf ${doubleDT} ${get('sign')}))`

  const whole = '(i32.const 1)'
  const combine = `
  (func $combine (export "combine") ${params('out', 'list', 'scalars', 'size', 'tables', 'digits', 'blocks')}
    ${locals('i32', 'windows', 'i', 'table', 'digit')}
    ${set('windows', times(get('size'), 2))}
    ${set('i', get('blocks'))} ${set('table', get('tables'))} ${set('digit', get('digits'))}
    ${repeat(
      'i',
      `(call $gather ${point} ${get('list')}) (call $makeTable ${get('table')})
       ${recodeLanes(get('digit'), get('scalars'), get('size'), windowBits, get('windows'))}
       ${step('list', frame.pointers)} ${set('scalars', `(i32.add ${get('scalars')} ${times(get('size'), laneCount)})`)}
       ${step('table', table)} ${step('digit', digits)}`,
    )}
    (if (i32.lt_u ${get('windows')} ${number(mostDigits)}) (then ${step('windows', 1)}))
    (call $identity ${sum})
    ${repeat(
      'windows',
      `${['0', '0', '0', '1'].map((withT) => `(call $double ${sum} (i32.const ${withT}))`).join(' ')}
       ${set('i', get('blocks'))} ${set('table', get('tables'))} ${set('digit', get('digits'))}
       ${repeat(
         'i',
         `(call $find ${term} ${get('table')}
            (i32.add ${get('digit')} ${times(`(i32.sub ${get('windows')} ${whole})`, digitStep)}))
          (call $addPrepared ${sum} ${term} (i32.or (i32.ne ${get('i')} ${whole}) (i32.eq ${get('windows')} ${whole})))
          ${step('table', table)} ${step('digit', digits)}`,
       )}`,
    )}
    (call $scatter ${get('out')} ${sum}))`
  const multiplyAll = `
  (func (export "multiplyAll") ${params('out', 'list', 'scalars', 'size', 'table', 'digits', 'blocks')}
    ${repeat(
      'blocks',
      `(call $combine ${get('out')} ${get('list')} ${get('scalars')} ${get('size')} ${get('table')} ${get('digits')} ${whole})
       ${step('out', frame.pointers)} ${step('list', frame.pointers)}
       ${set('scalars', `(i32.add ${get('scalars')} ${times(get('size'), laneCount)})`)}`,
    )})`
  const prepareAll = frame.exported(
    'prepareAll',
    { out: frame.pointers, list: frame.pointers },
    `(call $gather ${point} ${get('list')}) (call $prepare ${term} ${point}) (call $scatter ${get('out')} ${term})`,
  )
  return [recode, generate, makeTable, find, combine, multiplyAll, prepareAll].join('\n')
}
