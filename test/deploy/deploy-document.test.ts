import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { template } from '../../compiler/deploy/template.ts'
import { contract } from '../../generated/heart-disease/client.ts'
import { empCompile } from '../support/processes.ts'
import { mapping, parseTemplate } from '../support/template.ts'

const text = readFileSync('runtime/DEPLOY.md', 'utf8')
/** The rows of the table whose header begins so, without header and rule. */
const table = (header: string) => {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${header}`))
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

test('the parameters are those of the template, with their defaults', () => {
  const parameters = mapping(parseTemplate(template([{ ...contract, replyKey: 'x' }])).Parameters)
  const said = table('parameter').map(([name = '', value = '']) =>
    [name, value].map((cell) => cell.replaceAll('`', '')),
  )
  const wanted = Object.entries(parameters).map(([name, one]) => [name, String(mapping(one).Default ?? '')])
  expect(said.sort()).toEqual(wanted.sort())
})

test('the capacity is what the formulas give', () => {
  const figure = (name: string) =>
    Number(/\d+(\.\d+)?/.exec(table('figure').find(([cell]) => cell === `\`${name}\``)?.[2] ?? '')?.[0])
  const [e, i, x] = [figure('e'), figure('i'), figure('x')]
  const rows = table('requests per second').map((row) => row.map((cell) => Number(cell.replaceAll(',', ''))))
  expect(rows.map(([rate]) => rate)).toEqual([1, 10, 100, 1000, 10_000])
  for (const [rate = 0, machines, concurrency, requests, megabytes] of rows) {
    expect([machines, concurrency, requests]).toEqual([
      Math.ceil((rate * e) / x),
      Math.ceil((rate * (e + i)) / x),
      9 * rate,
    ])
    expect(megabytes).toBe(Number(((rate * (2763 + 878)) / 1e6).toPrecision(rate < 1000 ? 1 : 2)))
  }
  const lambda = 1e6 * (e + i) * 1.769 * 0.0000133334
  expect(text).toContain(`$${lambda.toFixed(2)} and $0.20 for the calls`)
  expect(text).toContain(`$${(2e6 * 5e-6 + 7e6 * 0.4e-6).toFixed(2)}; tickets`)
  expect(text).toContain(`$${(((1e6 * e) / x / 3600) * 0.04).toFixed(2)}, and over HTTP`)
})

test('the commands know every option that is used', async () => {
  const commands = [...text.matchAll(/emp-compile (serve|predict|package)\b([^\n`]*)/g)]
  expect(commands.length).toBeGreaterThan(5)
  for (const name of ['serve', 'predict', 'package']) {
    const { stdout } = await empCompile([name, '--help'])
    const used = commands
      .filter(([, command]) => command === name)
      .flatMap(([, , rest = '']) => rest.match(/--[a-z-]+/g) ?? [])
    for (const option of used) expect(stdout).toContain(option)
  }
})
