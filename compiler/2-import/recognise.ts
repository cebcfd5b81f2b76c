import { refusedModel, unknownModel } from './errors.ts'
import { has, optional, parseJson, type Spot } from './json.ts'
import { type RefusedFormat, refusals } from './refused.ts'
import { parseUbjson } from './xgboost/ubjson.ts'

/** A format that is read, and the file as its reader takes it. */
export type RecognisedFormat =
  | { readonly format: 'xgboost'; readonly root: Spot }
  | { readonly format: 'lightgbm'; readonly text: string }
  | { readonly format: 'sklearn' | 'catboost'; readonly root: Spot }
  | { readonly format: 'onnx' }

/**
 * Which format a file has: by its content, never by its name.
 *
 * @throws {CompileError} `refused-...` for formats that are known and not read; `unknown-model`; `malformed-model`
 *   where JSON or UBJSON is damaged.
 */
export function recogniseModel(file: string, bytes: Uint8Array): RecognisedFormat {
  const head = latin1(bytes.subarray(0, 400))
  const refuse = ({ code, what, wayRound }: RefusedFormat) => refusedModel(file, code, what, wayRound)
  const known = byFirstBytes(bytes, head)
  if (known !== null) throw refuse(known)
  const start = head.replace(/^\xef\xbb\xbf/, '').trimStart()
  if (/^\{[iUIlL]/.test(head) && bytes[0] === 0x7b) {
    // `{L` cannot begin JSON.
    const root = parseUbjson(file, bytes)
    if (has(root, 'learner')) return { format: 'xgboost', root }
    throw has(root, 'Model') ? refuse(refusals.xgboostConfig) : unknownModel(file)
  }
  if (/^tree\r?\nversion=/.test(start)) return { format: 'lightgbm', text: utf8(file, bytes) }
  if (start.startsWith('{') || start.startsWith('[')) return byMembers(file, parseJson(file, utf8(file, bytes)), refuse)
  // Field 1 of ONNX, a small version number, then another field that ONNX has.
  if (bytes[0] === 0x08 && Number(bytes[1]) < 0x80 && onnxFields.includes(Number(bytes[2]))) return { format: 'onnx' }
  throw unknownModel(file)
}

/** Whether the beginning of a file is that of a model, of a format that is read or refused: no CSV begins so. */
export function looksLikeModel(bytes: Uint8Array): boolean {
  const head = latin1(bytes.subarray(0, 400))
  const start = head.replace(/^\xef\xbb\xbf/, '').trimStart()
  const isOnnx = bytes[0] === 0x08 && Number(bytes[1]) < 0x80 && onnxFields.includes(Number(bytes[2]))
  return byFirstBytes(bytes, head) !== null || /^(\{|\[|tree\r?\nversion=)/.test(start) || isOnnx
}

/** The tags of what may follow the version: producer, domain, documentation, graph, imports, metadata. */
const onnxFields = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72]

function byMembers(file: string, root: Spot, refuse: (refusal: RefusedFormat) => Error): RecognisedFormat {
  if (Array.isArray(root.value)) {
    const first: Spot = { ...root, value: root.value[0] ?? null }
    throw isObject(first) && (has(first, 'nodeid') || has(first, 'leaf')) ? refuse(refusals.dump) : unknownModel(file)
  }
  if (has(root, 'learner') && has(root, 'version')) {
    const learner = optional(root, 'learner')
    const isModel = learner !== null && has(learner, 'learner_model_param')
    if (isModel && has(learner, 'gradient_booster') && !isSnapshot(learner)) return { format: 'xgboost', root }
    throw refuse(refusals.xgboostConfig)
  }
  if (String(optional(root, 'format')?.value).startsWith('emp-compile scikit-learn '))
    return { format: 'sklearn', root }
  if (has(root, 'features_info') && has(root, 'model_info')) return { format: 'catboost', root }
  if (has(root, 'Model') && has(root, 'Config')) throw refuse(refusals.xgboostConfig)
  if (has(root, 'tree_info') && has(root, 'max_feature_idx')) throw refuse(refusals.lightgbmDump)
  if (has(root, 'nodeid') && has(root, 'children')) throw refuse(refusals.dump)
  if (has(root, 'trees') && has(root, 'task_type') && has(root, 'num_feature')) throw refuse(refusals.treelite)
  const spark = has(root, 'class') && String(optional(root, 'class')?.value).startsWith('org.apache.spark')
  throw spark ? refuse(refusals.sparkMetadata) : unknownModel(file)
}

const isObject = (spot: Spot) => typeof spot.value === 'object' && spot.value !== null && !Array.isArray(spot.value)

/** save_config writes the same outer members, and no trees. */
function isSnapshot(learner: Spot): boolean {
  return has(learner, 'generic_param') && !has(learner, 'feature_names') && !has(learner, 'attributes')
}

/** What the first bytes tell. */
function byFirstBytes(bytes: Uint8Array, head: string): RefusedFormat | null {
  const begins = (...texts: readonly string[]) => texts.some((text) => head.startsWith(text))
  const [first = 0, second = 0] = bytes
  if ((first === 0x80 && second >= 2 && second <= 5) || oldPickle.test(head)) {
    return refusals.pickle
  }
  if (begins('PK\x03\x04')) return zipContent(bytes)
  if (begins('PAR1')) return refusals.parquet
  if (begins('CBM1')) return refusals.catboostBinary
  if (begins('binf', 'bs64\t') || isOldXgboost(bytes, head)) return refusals.xgboostBinary
  if (begins('booster[', '0:[', '0:leaf=')) return refusals.dump
  if (begins('\x93NUMPY')) return refusals.numpy
  if (begins('\x89HDF\r\n')) return refusals.hdf5
  if (begins('RDX2\n', 'RDX3\n', 'RDA2\n', 'RDA3\n', 'X\n\0\0\0', 'A\n2\n', 'A\n3\n')) return refusals.r
  const zlib = first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second)
  if (zlib || begins('\x1f\x8b', 'BZh', '\xfd7zXZ\0', '\x28\xb5\x2f\xfd', '\x04\x22\x4d\x18')) {
    return refusals.compressed
  }
  if (begins('version https://git-lfs')) return refusals.pointer
  const start = head.replace(/^\xef\xbb\xbf/, '').trimStart()
  if (/^<!doctype html|^<html/i.test(start)) return refusals.html
  if (/^<\?xml|^<PMML/.test(start))
    return /<PMML[\s>]/.test(latin1(bytes.subarray(0, 4000))) ? refusals.pmml : refusals.xml
  return null
}

/** A pickle of protocol 0 begins with an instruction and the module that it imports from. */
const oldPickle = /^(\(|c)[a-z_]*(copy_reg|copyreg|sklearn|__main__|numpy|builtins)/

/** Old binary models have no magic number: parameters, then the length and the name of the objective. */
function isOldXgboost(bytes: Uint8Array, head: string): boolean {
  const name = /(?:binary|reg|multi|rank|count|survival):[a-z]+/.exec(head)
  if (name === null || name.index < 48) return false
  const length = bytes.subarray(name.index - 8, name.index)
  return length[0] === name[0].length && length.subarray(1).every((byte) => byte === 0)
}

/** Names of files in a zip archive stand in clear before each of them, and in the directory at its end. */
function zipContent(bytes: Uint8Array): RefusedFormat {
  const names = latin1(bytes.subarray(0, 65_536)) + latin1(bytes.subarray(Math.max(0, bytes.length - 65_536)))
  if (/model\.ini|experimental\/modelDetails|domains\/d/.test(names)) return refusals.mojo
  if (names.includes('bundle.json')) return refusals.mleap
  if (names.includes('data.pkl')) return refusals.torch
  if (names.includes('schema.json')) return refusals.skops
  return names.includes('.npy') ? refusals.numpy : refusals.zip
}

/** Bytes as characters, one each. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return text
}

function utf8(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unknownModel(file)
  }
}
