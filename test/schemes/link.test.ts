import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkScores, type Link, logisticLink, openScores, scoreCount } from '../../runtime/schemes/link.ts'

const two = ['no', 'yes']

describe('what scores mean', () => {
  test('numbers: eta, or its power', () => {
    const scale = { base: 10, unit: 4 }
    const open = (kind: 'identity' | 'exponential', score: number) =>
      openScores<number>({ link: { kind, ...scale }, answers: null }, [score])
    expect(open('identity', -8)).toEqual({ kind: 'number', answer: 8, scores: [-8] })
    expect(open('exponential', -40)).toEqual({ kind: 'number', answer: 1, scores: [-40] })
  })

  test('two answers: the chance of the second, which is given from the threshold on', () => {
    const link = logisticLink({ base: Math.log(3), unit: 1 })
    expect(link).toMatchObject({ from: -1 })
    const open = (score: number) => openScores<string>({ link, answers: two }, [score])
    expect(open(0)).toMatchObject({ answer: 'yes', scores: [0] })
    expect(open(0).shares?.[1]).toBeCloseTo(0.75, 12)
    expect([open(-1).answer, open(-2).answer]).toEqual(['yes', 'no'])
    // Where both are alike, the first is given.
    expect(openScores({ link: logisticLink({ base: 0, unit: 2 }), answers: two }, [0]).answer).toBe('no')
  })

  test("Cox's model: the chance up to the horizon is 1 - S0^(e^eta)", () => {
    const link: Link = { kind: 'survival', base: Math.log(-Math.log(0.9)), unit: 2, from: 3 }
    const opened = openScores<string>({ link, answers: two }, [2])
    expect(opened.answer).toBe('no')
    expect(opened.shares?.[1]).toBeCloseTo(1 - 0.9 ** Math.E, 12)
    expect(openScores({ link, answers: two }, [3]).answer).toBe('yes')
  })

  test('several answers: the greatest score, the first of equal ones; no power overflows', () => {
    const linked = { link: { kind: 'softmax', base: 0, unit: 1 }, answers: ['a', 'b', 'c'] } as const
    expect(scoreCount(linked)).toBe(3)
    expect(openScores(linked, [5, 7, 7]).answer).toBe('b')
    const { shares = [] } = openScores<string>(linked, [0, 1, 2])
    expect(shares[2]).toBeCloseTo(Math.E ** 2 / (1 + Math.E + Math.E ** 2), 12)
    expect(openScores<string>(linked, [4e6, 0, -4e6]).shares).toEqual([1, 0, 0])
  })

  test('shares of answers, as forests have them: the greatest, the first of equal ones', () => {
    const linked = { link: { kind: 'share', base: 0, unit: 10 }, answers: ['a', 'b', 'c'] } as const
    expect(scoreCount(linked)).toBe(3)
    expect(openScores<string>(linked, [2, 3, 3])).toEqual({
      ...{ kind: 'class', answer: 'b' },
      ...{ shares: [0.25, 0.375, 0.375], scores: [2, 3, 3] },
    })
  })

  test('the chances of an answer add up to 1, and none of those above it is greater', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2000, max: 2000 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 1e-6, max: 2, noNaN: true }),
        (score, base, unit) => {
          const { answer, shares = [] } = openScores<string>({ link: logisticLink({ base, unit }), answers: two }, [
            score,
          ])
          const [first = 0, second = 0] = shares
          expect(first + second).toBeCloseTo(1, 12)
          expect(answer === 'yes' ? second >= first - 1e-12 : first >= second - 1e-12).toBe(true)
        },
      ),
    )
  })
})

test('scores beyond their range are refused', () => {
  const range = { least: -5, most: 6 }
  expect(checkScores([-5, 6], range)).toEqual([-5, 6])
  for (const scores of [[7, 0], [0, -6], [Number.NaN]]) {
    expect(() => checkScores(scores, range)).toThrow(expect.objectContaining({ code: 'bad-reply' }))
  }
})
