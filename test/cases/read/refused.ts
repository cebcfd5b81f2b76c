import type { TableOptions } from '../../../compiler/1-read/read.ts'

/** A CSV, perhaps a schema beside it, perhaps options. */
export type Given = { readonly csv: string | Uint8Array; readonly schema?: unknown } & Partial<
  Omit<TableOptions, 'csv' | 'schema'>
>

/** The error's code, its place as `file:line:column`, and what its message says among other things. */
export type Want = readonly [code: string, place: string, ...says: string[]]

const schema = (field: object) => ({ fields: [{ name: 'a', ...field }] })
const ab = 'a,b\n1,x\n2,y\n'
const many = (count: number) => Array.from({ length: count }, (_, i) => `text ${i}`)
export const refused: [name: string, given: Given, want: Want][] = [
  ['an empty file', { csv: '' }, ['empty', 'given.csv', 'It needs a header line']],
  ['blanks alone', { csv: '  \n\t \n' }, ['empty', 'given.csv', 'It needs a header line']],
  ['a byte-order mark alone', { csv: '\ufeff' }, ['empty', 'given.csv', 'It needs a header line']],
  ['a header alone', { csv: 'a,b\n' }, ['no-rows', 'given.csv:1', 'Add rows']],
  ['a short row', { csv: 'a,b,c\n1,2,x\n\n1,y\n' }, ['ragged-row', 'given.csv:4', '2 cells', 'has 3', 'Check']],
  ['a long row', { csv: 'a,b\n1,x\n2,y,z\n' }, ['ragged-row', 'given.csv:3', '3 cells', 'has 2', 'Check']],
  ['a long row at the end', { csv: 'a,b\n1,x\n2,y,z' }, ['ragged-row', 'given.csv:3', '3 cells']],
  ['a column without a name', { csv: 'a,,b\n1,2,x\n' }, ['empty-name', 'given.csv:1:2', 'Give every column a name']],
  ['such below blank lines', { csv: '\n\na,,b\n1,2,x\n' }, ['empty-name', 'given.csv:3:2']],
  ['a name twice', { csv: 'a,b, a\n1,2,x\n' }, ['duplicate-name', 'given.csv:1:3', '"a"', 'Rename']],
  ['one column', { csv: 'a b\n1\n2\n' }, ['one-column', 'given.csv:1', '"a b"', '--delimiter']],
  ['an unclosed quote', { csv: 'a,b\n1,x\n2,"y\n' }, ['malformed-csv', 'given.csv:3', 'Quote Not Closed. ']],
  [
    'text after a quote',
    { csv: 'a,b\n1,x\n2,"y"z\n3,w\n' },
    ['malformed-csv', 'given.csv:3', 'Invalid Closing Quote. '],
  ],
  [
    'a quote after text',
    { csv: 'a,b\n1,x\n2,y"z\n3,w\n' },
    ['malformed-csv', 'given.csv:3', 'Invalid Opening Quote. '],
  ],
  [
    'Latin-1 in the first line',
    { csv: Buffer.from('\xe9,b\n1,x\n', 'latin1') },
    ['not-utf8', 'given.csv:1', 'CSV UTF-8'],
  ],
  ['Latin-1', { csv: Buffer.from('a,b\n1,x\n2,\xe9\n3,y\n', 'latin1') }, ['not-utf8', 'given.csv:3', 'CSV UTF-8']],
  ['Latin-1 at the end', { csv: Buffer.from('a,b\n1,x\n2,\xe9', 'latin1') }, ['not-utf8', 'given.csv:3', 'CSV UTF-8']],
  [
    'Latin-1 far below',
    { csv: Buffer.concat([Buffer.from(`a,b\n${'1,€\n'.repeat(30_000)}`), Buffer.from('2,\xe9\n', 'latin1')]) },
    ['not-utf8', 'given.csv:30002'],
  ],
  [
    'a text among numbers',
    { csv: 'a,b\n1,x\n2,y\nl0,y\n' },
    ['not-a-number', 'given.csv:4:1', '"l0"', '"a"', 'missingValues'],
  ],
  ['a text below a broken cell', { csv: 'a,b\n1,"x\nx"\n2,y\nl0,y\n' }, ['not-a-number', 'given.csv:5:1', '"l0"']],
  ['such in CRLF', { csv: 'a,b\r\n1,"x\r\nx"\r\n2,y\r\nl0,y\r\n' }, ['not-a-number', 'given.csv:5:1', '"l0"']],
  ['one class', { csv: 'a,b\n1,x\n2,x\n' }, ['one-class', 'given.csv', '"x"', '"b"', '--target']],
  [
    'a missing target',
    { csv: 'a,b\n1,x\n2,?\n3,y\n' },
    ['missing-target', 'given.csv:3:2', '"b"', 'Remove the row', '--drop-unlabelled'],
  ],
  ['an unknown target', { csv: ab, target: 'c' }, ['no-target', 'given.csv:1', '"c"', '--target', '"a", "b"']],
  ['columns of no values', { csv: 'a,b\n?,x\nNA,y\n' }, ['all-missing', 'given.csv', '"b"', 'missing values']],
  [
    'a declared step that is too fine',
    { csv: 'a,b\n1e-9,x\n10,y\n', schema: schema({ step: 1e-9 }) },
    ['too-fine', 'given.csv', '"a"', 'in steps of 1e-9', '"step"'],
  ],
  [
    'over 32 texts',
    {
      csv: `b,a\n${many(33)
        .map((text, i) => `${i % 2},${text}\n`)
        .join('')}`,
      target: 'b',
    },
    ['too-many-levels', 'given.csv:2:2', '"a"', '33', '32', 'Group them'],
  ],
  [
    'over 32 answers',
    {
      csv: `a,b\n${many(33)
        .map((text) => `1,${text}\n`)
        .join('')}`,
    },
    ['too-many-answers', 'given.csv', '"b"', '33', '32'],
  ],
  [
    'a value below the range',
    { csv: ab, schema: schema({ constraints: { minimum: 2 } }) },
    ['out-of-range', 'given.csv:2:1', '"1"', 'widen the range'],
  ],
  [
    'a value above the range',
    { csv: ab, schema: schema({ constraints: { minimum: 0, maximum: 1 } }) },
    ['out-of-range', 'given.csv:3:1', '"2"', '0 to 1 in steps of 1'],
  ],
  [
    'all values above the maximum',
    { csv: ab, schema: schema({ constraints: { maximum: 0 } }) },
    ['out-of-range', 'given.csv:2:1', '"1"'],
  ],
  [
    'a number not in the enum',
    { csv: ab, schema: schema({ constraints: { enum: [1, 3] } }) },
    ['unknown-level', 'given.csv:3:1', '"2"', '"1", "3"', 'add the value'],
  ],
  [
    'a text not in the enum',
    { csv: 'b,a\n1,x\n2,y\n', schema: schema({ constraints: { enum: ['x'] } }), target: 'b' },
    ['unknown-level', 'given.csv:3:2', '"y"', '"x"'],
  ],
  ['a schema that is not JSON', { csv: ab, schema: '{ nope' }, ['malformed-schema', 'given.schema.json', 'JSON']],
  ['a schema that is a list', { csv: ab, schema: [] }, ['malformed-schema', 'given.schema.json', '"fields"']],
  ['a schema without fields', { csv: ab, schema: {} }, ['malformed-schema', 'given.schema.json', '"fields"']],
  [
    'a field without a name',
    { csv: ab, schema: { fields: [{}] } },
    ['malformed-schema', 'given.schema.json', 'fields[0]', '"name"'],
  ],
  [
    'a field twice',
    { csv: ab, schema: { fields: [{ name: 'a' }, { name: 'a' }] } },
    ['malformed-schema', 'given.schema.json', '"a"', 'twice'],
  ],
  [
    'a field of no column',
    { csv: ab, schema: { fields: [{ name: 'c' }] } },
    ['unknown-field', 'given.schema.json', '"c"', '"a", "b"'],
  ],
  [
    'minimum > maximum',
    { csv: ab, schema: schema({ constraints: { minimum: 2, maximum: 1 } }) },
    ['malformed-schema', 'given.schema.json', '"a"', '"minimum"', '"maximum"'],
  ],
  [
    'a minimum that is no number',
    { csv: ab, schema: schema({ constraints: { minimum: 'low' } }) },
    ['malformed-schema', 'given.schema.json', '"a"', '"minimum"'],
  ],
  [
    'a scale of another kind',
    { csv: ab, schema: schema({ scale: 'sqrt' }) },
    ['malformed-schema', 'given.schema.json', '"scale"', '"a"', '"log"'],
  ],
  ['a step of 0', { csv: ab, schema: schema({ step: 0 }) }, ['malformed-schema', 'given.schema.json', '"step"', '"a"']],
  [
    'a step below 0',
    { csv: ab, schema: schema({ step: -1 }) },
    ['malformed-schema', 'given.schema.json', '"step"', '"a"'],
  ],
  [
    'an enum of texts for numbers',
    { csv: ab, schema: schema({ type: 'number', constraints: { enum: [1, 2, 'x'] } }) },
    ['malformed-schema', 'given.schema.json', '"a"', '"enum"'],
  ],
  [
    'an unsupported type',
    { csv: ab, schema: schema({ type: 'date' }) },
    ['malformed-schema', 'given.schema.json', '"a"', '"date"', 'integer'],
  ],
  [
    'a type of Object',
    { csv: ab, schema: schema({ type: 'constructor' }) },
    ['malformed-schema', 'given.schema.json', '"constructor"'],
  ],
]
