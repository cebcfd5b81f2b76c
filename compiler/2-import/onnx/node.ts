import { malformedModel, unsupported } from '../errors.ts'
import type { OnnxNode } from './messages.ts'

const pathOf = (node: OnnxNode, name: string) => `${name} of ${node.operator}`

export function textAttribute(node: OnnxNode, name: string, fallback: string): string {
  return node.attributes.get(name)?.text ?? fallback
}

export function integerAttribute(node: OnnxNode, name: string, fallback: number): number {
  return node.attributes.get(name)?.integer ?? fallback
}

/** A list of integers, of a given length if one is given; empty where it is absent. */
export function integersAttribute(node: OnnxNode, name: string, length?: number): readonly number[] {
  return checked(node, name, node.attributes.get(name)?.integers ?? [], length)
}

/** A list of floats, or the tensor of doubles that later versions allow in its place. */
export function numbersAttribute(node: OnnxNode, name: string, length?: number): readonly number[] {
  const plain = node.attributes.get(name)
  const tensor = node.attributes.get(`${name}_as_tensor`)?.tensor ?? plain?.tensor ?? null
  return checked(node, name, tensor?.numbers ?? plain?.floats ?? [], length)
}

export function textsAttribute(node: OnnxNode, name: string): readonly string[] {
  return node.attributes.get(name)?.texts ?? []
}

function checked<T>(node: OnnxNode, name: string, list: readonly T[], length: number | undefined): readonly T[] {
  if (length !== undefined && list.length !== length) {
    throw malformedModel(node.file, pathOf(node, name), list, `a list of ${length}`)
  }
  return list
}

/** The names of the answers, as texts. */
export function classLabels(node: OnnxNode, integers: string): readonly string[] {
  const texts = textsAttribute(node, 'classlabels_strings')
  const labels = texts.length > 0 ? texts : integersAttribute(node, integers).map(String)
  if (labels.length < 2)
    throw malformedModel(node.file, pathOf(node, 'the class labels'), labels, 'a list of at least two')
  return labels
}

export const bad = (node: OnnxNode, name: string, found: unknown, takes: string) =>
  malformedModel(node.file, pathOf(node, name), found, takes)

/** An operator, or a use of it, that is not read. */
export const refusedOperator = (file: string, operator: string, why = '') =>
  unsupported(
    file,
    `the ONNX operator ${operator}${why}`,
    'It reads TreeEnsembleClassifier, TreeEnsembleRegressor, TreeEnsemble, LinearClassifier and LinearRegressor, and layers of Gemm, or MatMul and Add, with Relu, Sigmoid, Tanh, and Softmax at the end; Scaler, Imputer, Cast, Concat, ArrayFeatureExtractor, OneHotEncoder and LabelEncoder before them, and ZipMap, Normalizer, Cast and Identity behind.',
  )
