import { describe, expect, test } from 'vitest'
import { ProtocolError, StoreError } from '../../runtime/errors.ts'
import { newCounters, secondsBounds } from '../../runtime/serving/counters.ts'
import { describeEvent, jsonLine, type ServeEvent } from '../../runtime/serving/events.ts'

const session = '0123456789abcdef0123456789abcdef'
const answered = {
  ...{ kind: 'answered' as const, session, milliseconds: 41.6, requestBytes: 2763, replyBytes: 878 },
  ...{ error: null, waiting: true },
}
const time = '2026-01-01T00:00:00.000Z'
const line = (event: ServeEvent) => JSON.parse(jsonLine(event, () => new Date(time)))

test.each<[ServeEvent, string, object]>([
  [
    { kind: 'serving', model: 'visit', on: 'the store mailbox' },
    'serving visit on the store mailbox',
    { level: 'info', event: 'serving', model: 'visit', on: 'the store mailbox' },
  ],
  [
    answered,
    `answered ${session} in 42 ms, 878 bytes`,
    {
      ...{ level: 'info', event: 'answered', session, milliseconds: 41.6, requestBytes: 2763, replyBytes: 878 },
      ...{ error: null, waiting: true },
    },
  ],
  [
    { ...answered, session: null, error: 'bad-key' },
    'refused (bad-key) in 42 ms, 878 bytes',
    {
      ...{ level: 'warn', event: 'answered', session: null, milliseconds: 41.6, requestBytes: 2763, replyBytes: 878 },
      ...{ error: 'bad-key', waiting: true },
    },
  ],
  [
    { ...answered, error: 'server-failed' },
    `refused (server-failed) ${session} in 42 ms, 878 bytes`,
    {
      ...{ level: 'error', event: 'answered', session, milliseconds: 41.6, requestBytes: 2763, replyBytes: 878 },
      ...{ error: 'server-failed', waiting: true },
    },
  ],
  [
    { kind: 'skipped', session, reason: 'gone' },
    `skipped ${session}: its client has gone`,
    { level: 'info', event: 'skipped', session, reason: 'gone' },
  ],
  [
    { kind: 'swept', objects: 3 },
    'removed 3 objects that nobody fetched',
    { level: 'info', event: 'swept', objects: 3 },
  ],
  [
    { kind: 'failed', session, error: new StoreError('full') },
    `failed ${session}: full`,
    { level: 'error', event: 'failed', session, error: 'store-unavailable', message: 'full' },
  ],
  [
    { kind: 'failed', session: null, error: new TypeError('x is not a function') },
    'failed: x is not a function',
    { level: 'error', event: 'failed', session: null, error: 'unexpected', message: 'x is not a function' },
  ],
  [
    { kind: 'expired', objects: 2 },
    'removed 2 requests that nobody waits for any more',
    { level: 'warn', event: 'expired', objects: 2 },
  ],
  [
    { kind: 'busy', retryAfter: 4 },
    'refused (busy): to be tried again after 4 s',
    { level: 'warn', event: 'busy', retryAfter: 4 },
  ],
  [{ kind: 'aborted' }, 'dropped: its client has gone', { level: 'info', event: 'aborted' }],
  [{ kind: 'draining', inHand: 5 }, 'ending, with 5 requests in hand', { level: 'info', event: 'draining', inHand: 5 }],
  [
    { kind: 'cut', requests: 1 },
    'ended without an answer to 1 requests',
    { level: 'error', event: 'cut', requests: 1 },
  ],
  [
    { kind: 'ignored', reason: 'it is odd' },
    'ignored: it is odd',
    { level: 'warn', event: 'ignored', reason: 'it is odd' },
  ],
  [{ kind: 'ticket', session }, `ticket for ${session}`, { level: 'info', event: 'ticket', session }],
  [
    { kind: 'limited', retryAfter: 7 },
    'refused: too many from this caller, 7 s to wait',
    { level: 'warn', event: 'limited', retryAfter: 7 },
  ],
])('%j for people and for machines', (event, text, json) => {
  expect(describeEvent(event)).toBe(text)
  expect(line(event)).toEqual({ time, ...json })
  expect(jsonLine(event)).not.toContain('\n')
})

test('a message of several lines stays one line', () => {
  const error = new Error('one\ntwo\u2028three')
  expect(jsonLine({ kind: 'failed', session: null, error })).not.toContain('\n')
})

describe('the counters', () => {
  test('start at nothing, and count every kind of event', () => {
    const counters = newCounters()
    const none = { answered: 0, skipped: 0, swept: 0, ignored: 0, tickets: 0, limited: 0, expired: 0, busy: 0 }
    const empty = {
      ...none,
      aborted: 0,
      within: secondsBounds.map(() => 0),
      requestBytes: 0,
      replyBytes: 0,
      milliseconds: 0,
      refused: {},
      failed: {},
    }
    expect(counters.counts()).toEqual(empty)
    const events: ServeEvent[] = [
      { kind: 'serving', model: 'visit', on: 'somewhere' },
      ...[answered, answered, { ...answered, error: 'bad-key' as const }, { ...answered, error: 'bad-key' as const }],
      { ...answered, error: 'too-large' },
      { kind: 'skipped', session, reason: 'taken' },
      { kind: 'swept', objects: 5 },
      { kind: 'expired', objects: 7 },
      { kind: 'busy', retryAfter: 1 },
      { kind: 'aborted' },
      { kind: 'failed', session, error: new StoreError('full') },
      { kind: 'failed', session, error: new ProtocolError('too-large') },
      { kind: 'failed', session, error: 'odd' },
      { kind: 'ignored', reason: 'odd' },
      { kind: 'ticket', session },
      { kind: 'limited', retryAfter: 1 },
    ]
    for (const event of events) counters.count(event)
    expect(counters.counts()).toEqual({
      ...{ answered: 2, skipped: 1, swept: 5, ignored: 1, tickets: 1, limited: 1, milliseconds: 208 },
      ...{ expired: 7, busy: 1, aborted: 1, within: [0, 0, 5, 5, 5, 5, 5, 5, 5, 5] },
      ...{ requestBytes: 5 * 2763, replyBytes: 5 * 878, refused: { 'bad-key': 2, 'too-large': 1 } },
      failed: { 'store-unavailable': 1, 'too-large': 1, unexpected: 1 },
    })
  })
})
