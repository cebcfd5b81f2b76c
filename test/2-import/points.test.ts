import { describe, expect, test } from 'vitest'
import { type TableSchema, undeclared, undocumented } from '../../compiler/1-read/schema.ts'
import { isCoefficientTable } from '../../compiler/2-import/coefficient-table.ts'
import { importCoefficients } from '../../compiler/2-import/points-coefficients.ts'
import { importPointsCsv, isPointsCsv, type PointsMeaning, plainMeaning } from '../../compiler/2-import/points-csv.ts'
import { importPointsJson, isPointsJson } from '../../compiler/2-import/points-json.ts'
import { CompileError } from '../../compiler/errors.ts'
import { answerOfSums, predictPoints } from '../../compiler/points.ts'
import { cellsOf } from '../../runtime/grid.ts'

const field = (name: string, some: object) => ({ ...undeclared, name, document: undocumented, ...some })
const schema: TableSchema = {
  file: 'score.schema.json',
  title: null,
  description: null,
  references: [],
  notes: [],
  missingValues: [''],
  fields: [
    field('age', { type: 'number', minimum: 18, maximum: 90, step: 1 }),
    field('crp', { type: 'number', minimum: 0, maximum: 50, step: 0.1 }),
    field('sex', { type: 'text', enum: ['female', 'male'] }),
    field('unused', { type: 'number', minimum: 0, maximum: 1, step: 1 }),
    field('free', { type: 'number' }),
  ],
}
const lines = (...rows: readonly string[]) => ['column,from,to,level,points', ...rows].join('\n')
const good = lines(
  'age,,44,,0',
  'age,45,64,,2',
  'age,65,,,5',
  'crp,,5,,0',
  'crp,5,,,3',
  'crp,,,missing,1',
  'sex,,,male,1',
  'sex,,,female,0',
  ',,,,-4',
)
const meaning: PointsMeaning = { link: 'logistic', unit: 2, answers: ['well', 'ill'], classes: null }
const sumOf = (model: ReturnType<typeof importPointsCsv>, record: object) =>
  predictPoints(
    model,
    cellsOf({ columns: model.columns.map(({ column }) => column), features: model.features, ignored: [] }, record),
  )[0]

function failure(work: () => unknown): CompileError {
  try {
    work()
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  throw new TypeError('nothing was refused')
}

describe('a table of points', () => {
  test('is recognised by its header', () => {
    expect(isPointsCsv(good)).toBe(true)
    expect(isPointsCsv(`\ufeff${good.replaceAll(',', ';')}`)).toBe(true)
    expect(isPointsCsv(good.replace('level,points', 'points,level'))).toBe(false)
    expect(isPointsCsv('age,sex,target\n1,2,3')).toBe(false)
  })

  test.each([
    [{ age: 18, crp: 0, sex: 'female' }, -4],
    [{ age: 44, crp: 4.9, sex: 'male' }, -3],
    [{ age: 45, crp: 5, sex: 'female' }, 1],
    [{ age: 64, crp: 50, sex: 'male' }, 2],
    [{ age: 65, crp: null, sex: 'male' }, 3],
    [{ age: 90, crp: 4.9, sex: 'female' }, 1],
  ])('gives %j the sum %i', (record, want) => {
    expect(sumOf(importPointsCsv('score.csv', good, schema, meaning), record)).toBe(want)
    expect(sumOf(importPointsCsv('score.csv', good.replaceAll(',', ';'), schema, meaning), record)).toBe(want)
  })

  test('has the columns that have points, in the order of the schema, on their Grids', () => {
    const model = importPointsCsv('score.csv', good, schema, plainMeaning)
    expect(model.columns.map(({ column, cuts, points }) => [column.name, column.missing, cuts, points.flat()])).toEqual(
      [
        ['age', 'never', [26, 46], [0, 2, 5]],
        ['crp', 'below', [0, 50], [1, 0, 3]],
        ['sex', 'never', [], [0, 1]],
      ],
    )
    expect(model).toMatchObject({ base: [-4], link: 'identity', unit: 1, evidence: null })
  })

  test.each<[string, string, string, RegExp]>([
    ['another header', good.replace('points', 'score'), 'malformed-points', /score.csv:1:.*header/],
    ['a cell too few', good.replace('age,45,64,,2', 'age,45,64,2'), 'malformed-points', /score.csv:3:.*4 cells/],
    ['half a point', good.replace(',,5\n', ',,5.5\n'), 'points-not-whole', /score.csv:4:5: "5.5".*Multiply/],
    ['no point', good.replace(',,5\n', ',,\n'), 'points-not-whole', /score.csv:4/],
    ['an unknown column', good.replaceAll('crp', 'CRP'), 'unknown-column', /score.csv:5: .*"CRP".*"crp"/],
    ['an unknown level', good.replace(',male', ',man'), 'unknown-level', /score.csv:8: "man".*"male"/],
    ['a value off the Grid', good.replace('45,64', '45.5,64'), 'off-grid', /score.csv:3: "45.5".*steps of 1/],
    ['a value beyond the range', good.replace('45,64', '45,640'), 'off-grid', /"640"/],
    ['a text for a value', good.replace('45,64', 'old,64'), 'off-grid', /"old"/],
    ['an overlap', good.replace('45,64', '40,64'), 'points-overlap', /score.csv:3: 40 of "age".*line 2/],
    ['a gap', good.replace('45,64', '46,64'), 'points-gap', /45 of "age".*Add a line/],
    ['a gap at the end', good.replace('65,,', '65,80,'), 'points-gap', /81 to 90/],
    ['a level without points', good.replace('sex,,,female,0\n', ''), 'points-gap', /"female"/],
    ['a level twice', good.replace(',female', ',male'), 'points-overlap', /line 8/],
    ['an interval turned round', good.replace('45,64', '64,45'), 'malformed-points', /Exchange/],
    ['a level of numbers', good.replace('age,45,64,,2', 'age,,,old,2'), 'malformed-points', /"from" and "to"/],
    ['an interval of texts', good.replace('sex,,,male', 'sex,1,,male'), 'malformed-points', /column of texts/],
    ['two bases', `${good}\n,,,,3`, 'malformed-points', /score.csv:11:.*line 10/],
    ['a base with an interval', good.replace(',,,,-4', ',1,,,-4'), 'malformed-points', /everybody/],
    ['a field without a range', `${good}\nfree,,,,1`, 'no-range', /score.schema.json.*"free"/],
    ['missing values twice', `${good}\ncrp,,,missing,2`, 'points-overlap', /a missing value/],
    ['too many points', good.replace('-4', '-2147483648'), 'unfit-points', /2\^31/],
    ['a quote that does not end', `${good}\n"age`, 'malformed-points', /well-formed/],
  ])('refuses %s', (_, text, code, want) => {
    const error = failure(() => importPointsCsv('score.csv', text, schema, meaning))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(want)
  })
})

describe('points in JSON', () => {
  const json = {
    points: [
      { column: 'age', to: 44, points: 0 },
      { column: 'age', from: 45, points: 2 },
      { column: 'sex', level: 'male', points: 1 },
      { column: 'sex', level: 'female', points: 0 },
    ],
    base: 1,
    classes: [{ label: 'low', upTo: 2 }, { label: 'high' }],
  }
  test('are the same lines, with classes by sum', () => {
    expect(isPointsJson(json)).toBe(true)
    const model = importPointsJson('score.json', JSON.stringify(json), schema)
    const sum = sumOf(model, { age: 45, sex: 'female' }) ?? Number.NaN
    expect(sum).toBe(3)
    expect(answerOfSums(model, [sum])).toEqual({ kind: 'class', answer: 'high', scores: [3] })
    expect(answerOfSums(model, [sumOf(model, { age: 44, sex: 'male' }) ?? Number.NaN])).toMatchObject({
      kind: 'class',
      answer: 'low',
    })
  })
  test.each<[string, unknown, RegExp]>([
    ['no list', {}, /"points"/],
    ['another property', { ...json, bias: 3 }, /"bias"/],
    ['another link', { ...json, link: 'probit' }, /"probit"/],
    ['a unit of 0', { ...json, unit: 0 }, /"unit" is 0/],
    ['half a point', { ...json, base: 0.5 }, /"base".*0.5/],
    ['points as a text', { ...json, points: [{ column: 'age', points: '1' }] }, /points\[0\]/],
    ['classes without a label', { ...json, classes: [{ upTo: 3 }] }, /classes\[0\]/],
    ['a logistic link without answers', { ...json, classes: undefined, link: 'logistic' }, /two answers/],
  ])('refuses %s', (_, given, want) => {
    expect(failure(() => importPointsJson('score.json', JSON.stringify(given), schema)).message).toMatch(want)
  })
  test('refuses what is not JSON', () => {
    expect(failure(() => importPointsJson('score.json', '{', schema)).code).toBe('malformed-points')
  })
})

describe('coefficients of coded columns', () => {
  const ofR = '"","Estimate","Std. Error"\n"(Intercept)",-1.5,0.2\n"age",0.25,0.1\n"sexmale",0.8,0.3\n'
  const ofStatsmodels = ',coef,std err\nIntercept,-1.5,0.2\nage,0.25,0.1\nC(sex)[T.male],0.8,0.3\n'
  test.each([
    ['R', ofR],
    ['statsmodels', ofStatsmodels],
    ['patsy without C()', ofStatsmodels.replace('C(sex)', 'sex')],
  ])('of %s', (_, text) => {
    expect(isCoefficientTable(text)).toBe(true)
    const model = importCoefficients('fit.csv', text, schema, { ...meaning, unit: 10 }, 3)
    expect(model.base).toEqual([-15])
    // Three even cuts of 73 values; a position counts 2.5 points, rounded once.
    expect(model.columns.map(({ cuts, points }) => [cuts, points.flat()])).toEqual([
      [
        [17, 35, 53],
        [0, 3, 5, 8],
      ],
      [[], [0, 8]],
    ])
  })
  test.each<[string, string, RegExp]>([
    ['a name that is no column', ofR.replace('"age"', '"Age"'), /fit.csv:3: .*"Age"/],
    ['a level that is none', ofR.replace('sexmale', 'sexman'), /fit.csv:4: .*"sexman"/],
    ['what is no number', ofR.replace('0.25', 'NA'), /fit.csv:3: .*"NA"/],
    ['a name twice', `${ofR}"age",1,1\n`, /fit.csv:5: .*twice/],
    ['no coefficients', ofR.replace('Estimate', 'p'), /fit.csv:1: .*coef/],
  ])('refuses %s', (_, text, want) => {
    expect(failure(() => importCoefficients('fit.csv', text, schema, meaning, 3)).message).toMatch(want)
  })
  test('refuses a unit of nothing', () => {
    expect(() => importCoefficients('fit.csv', ofR, schema, { ...meaning, unit: 0 }, 3)).toThrow(/unit/)
  })
})
