import type { jsonOf } from './support.ts'

type Json = ReturnType<typeof jsonOf>

/** The reference files are older than the exporter: the same lists, with what the exporter says besides. */
export function asExported(reference: Json): Json {
  const { mean, scale, coef, coefs, classes, estimator, outActivation, ...rest } = reference
  const names = estimator.split(', ')
  const scaled = names[0] === 'StandardScaler'
  const two = classes?.length === 2
  const inputs = scaled && {
    inputs: mean.map((m: number, i: number) => ({
      column: i,
      steps: [
        ['subtract', m],
        ['divide', scale[i]],
      ],
    })),
  }
  return {
    ...rest,
    ...inputs,
    ...(scaled ? {} : { scale }),
    ...(coef === undefined ? {} : { coef }),
    ...(coefs === undefined ? {} : { coefs }),
    format: 'emp-compile scikit-learn 1',
    estimator: names.at(-1),
    classes,
    missing: names[0].startsWith('HistGradient'),
    link: outActivation ?? (classes === null ? 'identity' : two ? 'logistic' : 'softmax'),
  }
}
