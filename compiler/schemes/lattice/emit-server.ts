import { at } from 'emp-compile-runtime/internal/at'
import { monomialsOf } from 'emp-compile-runtime/internal/schemes/monomials'
import { StructureKind } from 'ts-morph'
import { commentText } from '../../emit/escape.ts'
import { constant, contractStatement, printModule } from '../../emit/source.ts'
import type { LatticePlan } from './plan.ts'
import { numberInWords } from './words.ts'

/** The server module: the contract and the weights, each with what it weighs. */
export function latticeServer({ contract, server }: Pick<LatticePlan, 'contract' | 'server'>): string {
  const { answers } = contract
  const monomials = monomialsOf(contract)
  const outputs = server.outputs.map(({ weights, bias }, output) => {
    const speaksFor = server.outputs.length === 1 ? answers?.[1] : answers?.[output]
    const meaning = speaksFor === undefined ? 'for the number' : `for the answer ${JSON.stringify(speaksFor)}`
    const lines = weights.map(
      (weight, i) => `      ${weight}, // ${commentText(numberInWords(contract, at(monomials, i)))}\n`,
    )
    return `  // ${commentText(meaning)}\n  {\n    bias: ${bias},\n    weights: [\n${lines.join('')}    ],\n  },\n`
  })
  const remark = [
    `The server module of the model ${contract.name}: it weights and adds up numbers that stay encrypted. It holds the`,
    'model. Keep it private.',
  ]
  return printModule(remark, {
    statements: [
      {
        kind: StructureKind.ImportDeclaration,
        moduleSpecifier: 'emp-compile-runtime/schemes/lattice/server',
        namedImports: [
          { name: 'defineLatticeServer' },
          { name: 'LatticeContract', isTypeOnly: true },
          { name: 'Output', isTypeOnly: true },
        ],
      },
      contractStatement(contract, 'LatticeContract'),
      `\n${constant(
        "The scores: a bias, and a weight for each of the contract's inputs.",
        `const outputs: readonly Output[] = [\n${outputs.join('')}]`,
      )}`,
      `\n${constant(
        'Answers encrypted requests: bytes in, bytes out.',
        'export const server = defineLatticeServer(contract, outputs)',
      )}`,
    ],
  })
}
