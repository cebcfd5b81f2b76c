import type { OptionRow, OptionTable } from './options.ts'

/**
 * A JSON Schema of recipes, made of the table of options: editors complete names and values by it, and a misspelt one is
 * underlined before anything is compiled.
 */
export function recipeSchema(options: OptionTable): object {
  const properties = Object.entries(options)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => [name, { description: describe(row), ...typeOf(row) }] as const)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Recipe for emp-compile',
    description:
      'The options of a compile, for --config: the names of the command line without the hyphens before them.',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
  }
}

function describe({ text, ...row }: OptionRow): string {
  const usual = 'usual' in row ? row.usual : 'default' in row ? String(row.default) : undefined
  return usual === undefined ? text : `${text}. Without it: ${usual}.`
}

function typeOf(row: OptionRow): object {
  switch (row.type) {
    case 'flag':
    case 'maybe':
      return { type: 'boolean' }
    case 'names':
      return { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }
    case 'choice':
      return { enum: row.choices }
    // A number is taken for its text, and an object for its JSON.
    case 'texts':
      return { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, { const: false }] }
    case 'text':
      return { type: ['string', 'number', 'object'] }
    case 'number':
      return {
        type: row.whole === true ? 'integer' : 'number',
        ...(row.least === undefined ? {} : { minimum: row.least }),
        ...(row.most === undefined ? {} : { maximum: row.most }),
        ...(row.above === undefined ? {} : { exclusiveMinimum: row.above }),
        ...(row.below === undefined ? {} : { exclusiveMaximum: row.below }),
      }
    default:
      return row satisfies never
  }
}
