/** Properties of a field: those of Table Schema, and those of our own. */
const fieldProperties: readonly string[] = [
  ...['name', 'type', 'title', 'description', 'example', 'positive', 'constraints', 'missingValues'],
  ...['categories', 'decimalChar', 'groupChar', 'bareNumber'],
  ...['unit', 'otherUnits', 'step', 'beyond', 'missing', 'scale', 'cuts', 'group', 'result'],
]

/** Properties of a schema that say how it is read, as far as they are easily mistaken. */
const schemaProperties: readonly string[] = ['fields', 'missingValues', 'title', 'description', 'sources', 'card']

/** What says no more than its absence. */
const sayNothing: Readonly<Record<string, unknown>> = { format: 'default', categoriesOrdered: false }

const constraintsRead: readonly string[] = ['minimum', 'maximum', 'enum']

/** Names what a schema says that nobody reads: it may be a slip of the pen, or a promise that is not kept here. */
export function unknownProperties(json: Readonly<Record<string, unknown>>): readonly string[] {
  const slips = Object.keys(json).filter(
    (name) => !schemaProperties.includes(name) && schemaProperties.some((own) => isLike(own, name)),
  )
  const fields = Array.isArray(json.fields) ? json.fields.filter(isObject) : []
  return [
    ...slips.map((name) => `the schema says ${JSON.stringify(name)}, which means nothing here`),
    ...fields.flatMap((field) => {
      const unknown = Object.keys(field).filter(
        (property) => !fieldProperties.includes(property) && sayNothing[property] !== field[property],
      )
      const constraints = isObject(field.constraints) ? Object.keys(field.constraints) : []
      const all = [...unknown, ...constraints.filter((name) => !constraintsRead.includes(name))]
      if (all.length === 0) return []
      const names = all.map((property) => JSON.stringify(property)).join(', ')
      return [`the schema says ${names} of ${String(field.name)}, which means nothing here`]
    }),
  ]
}

/** Alike but for case, and signs between words. */
const isLike = (one: string, other: string) => plainOf(one) === plainOf(other)
const plainOf = (name: string) => name.toLowerCase().replace(/[^a-z]|s$/g, '')

/**
 * The missing values of a schema, or of a field: a list of texts, or of `{ value, label }` as in version 2 of Table Schema.
 *
 * @param owner ` of "age"`, for messages.
 */
export function missingValuesOf(
  { missingValues }: Readonly<Record<string, unknown>>,
  owner: string,
  wrong: (reason: string) => Error,
): readonly string[] | null {
  if (missingValues === undefined) return null
  const refusal = wrong(`"missingValues"${owner} is not a list of texts, or of { value, label }`)
  if (!Array.isArray(missingValues)) throw refusal
  return missingValues.map((given: unknown) => {
    const value = isObject(given) ? given.value : given
    if (typeof value !== 'string' && typeof value !== 'number') throw refusal
    return String(value)
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
