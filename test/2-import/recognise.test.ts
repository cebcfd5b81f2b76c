import { deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readForeign } from '../../compiler/2-import/read.ts'
import { bytesOf, errorOf, jsonOf } from './support.ts'

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** What is refused, its stable code, and the words that its owner needs. */
test.each<[what: string, bytes: Uint8Array, code: string, words: RegExp]>([
  ['a pickle', ascii('\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x07sklearn'), 'refused-pickle', /emp-compile exporter/],
  ['a pickle of protocol 0', ascii('ccopy_reg\n_reconstructor\np0\n'), 'refused-pickle', /emp-compile exporter/],
  ['a joblib file', deflateSync(ascii('\x80\x04 anything')), 'refused-compressed', /emp-compile exporter/],
  ['a file that gzip wrote', gzipSync(ascii('X\n\0\0\0\x03')), 'refused-compressed', /Unpack/],
  ['a dump of XGBoost', bytesOf('h2o-xgboost-predictor/pi-xgb-v09.json'), 'refused-dump', /save_model/],
  ['a dump in text', ascii('booster[0]:\n0:[f0<1] yes=1,no=2,missing=1\n'), 'refused-dump', /save_model/],
  ['a dump of LightGBM', bytesOf('leaves/lg_1tree.json'), 'refused-dump', /save_model/],
  ['a dump of one leaf', bytesOf('leaves/lg_1tree_1leaf.json'), 'refused-dump', /save_model/],
  ['an old XGBoost binary', bytesOf('leaves/xgagaricus.model'), 'refused-xgboost-binary', /1\.0 to 3\.0/],
  ['another', bytesOf('leaves/xgdermatology.model'), 'refused-xgboost-binary', /save_model/],
  ...['binary-logistic', 'binary-logitraw', 'multi-softprob'].map(
    (name) =>
      [
        `version 0.47, ${name}`,
        bytesOf(`xgboost-predictor-java/v47-${name}.model`),
        'refused-xgboost-binary',
        /save_model/,
      ] as [string, Uint8Array, string, RegExp],
  ),
  ['a binary with a magic number', ascii('binf\0\0\0\x3f'), 'refused-xgboost-binary', /save_model/],
  ['PMML', bytesOf('pmml4s/single_iris_dectree.xml'), 'refused-pmml', /ONNX/],
  ['other XML', ascii('<?xml version="1.0"?><a/>'), 'refused-xml', /ONNX/],
  ['an MLeap bundle', bytesOf('mleap/airbnb.model.rf.zip'), 'refused-mleap', /ONNX/],
  ['a MOJO', ascii('PK\x03\x04\x14\0\0\0\x08\0aaaaaaaaaaaaaaaa\x09\0\0\0model.ini'), 'refused-mojo', /ONNX/],
  ['a skops archive', ascii('PK\x03\x04\x14\0\0\0schema.json'), 'refused-skops', /emp-compile exporter/],
  ['a zip', ascii('PK\x03\x04\x14\0\0\0model.txt'), 'refused-zip', /Unpack/],
  ['Parquet', ascii('PAR1\x15\x04'), 'refused-parquet', /onnxmltools/],
  ['the metadata of Spark', ascii('{"class":"org.apache.spark.ml.PipelineModel"}'), 'refused-spark-metadata', /ONNX/],
  ['CatBoost, binary', ascii('CBM1\x10\0\0\0'), 'refused-catboost-binary', /format="json"/],
  ['HDF5', ascii('\x89HDF\r\n\x1a\n'), 'refused-hdf5', /ONNX/],
  ['an object of R', ascii('RDX3\nX\n'), 'refused-r', /xgb\.save/],
  ['a web page', ascii('\n<!DOCTYPE html><html>'), 'refused-html', /Download/],
  ['a Git LFS pointer', ascii('version https://git-lfs.github.com/spec/v1\n'), 'refused-pointer', /git lfs pull/],
  [
    'a dump of treelite',
    ascii('{"num_feature":2,"task_type":"kRegressor","trees":[]}'),
    'refused-treelite',
    /treelite/,
  ],
  ['nothing', new Uint8Array(), 'empty-model', /Export/],
  ['a CSV', ascii('age,sex\n1,2\n'), 'unknown-model', /XGBoost.*LightGBM.*ONNX.*CatBoost.*scikit-learn/],
  ['some JSON', ascii('{"a":1}'), 'unknown-model', /XGBoost/],
  ['half a JSON', ascii('{"learner": {'), 'malformed-model', /JSON/],
  ['JSON without an end to it', ascii('['.repeat(100_000)), 'malformed-model', /nested deeper/],
  ['UBJSON without an end to it', ascii('{L\0\0\0\0\0\0\0\x01a'.repeat(50_000)), 'malformed-model', /nested deeper/],
])('%s is refused by name, with the way round', (_, bytes, code, words) => {
  const error = errorOf(() => readForeign('some/file', bytes))
  expect(error.code).toBe(code)
  expect(error.message).toMatch(words)
  expect(error.message).toMatch(/^some\/file: /)
})

/** One thing in a good file changed. */
function altered(path: string, change: (model: ReturnType<typeof jsonOf>) => void): Uint8Array {
  const model = jsonOf(path)
  change(model)
  return new TextEncoder().encode(JSON.stringify(model))
}

test.each<[what: string, change: (model: ReturnType<typeof jsonOf>) => void, code: string, words: RegExp]>([
  [
    'three scores for two answers',
    (m) => {
      m.learner.learner_model_param.num_class = '3'
    },
    'unsupported-model',
    /3 scores for the objective/,
  ],
  [
    'several targets',
    (m) => {
      m.learner.learner_model_param.num_target = '2'
    },
    'unsupported-model',
    /one model per target/,
  ],
  [
    'a linear booster',
    (m) => {
      m.learner.gradient_booster.name = 'gblinear'
    },
    'unsupported-model',
    /gbtree or dart/,
  ],
  [
    'an objective of its own',
    (m) => {
      m.learner.objective.name = 'mine'
    },
    'unknown-objective',
    /--link/,
  ],
  [
    'a base score that is none',
    (m) => {
      m.learner.learner_model_param.base_score = '[0.5'
    },
    'malformed-model',
    /base_score is "\[0\.5"/,
  ],
  [
    'a base score of 0 for logistic',
    (m) => {
      m.learner.learner_model_param.base_score = '0E0'
    },
    'malformed-model',
    /base_score/,
  ],
  [
    'two base scores for one output',
    (m) => {
      m.learner.learner_model_param.base_score = '[1,2]'
    },
    'malformed-model',
    /base_score/,
  ],
  [
    'no base score',
    (m) => {
      delete m.learner.learner_model_param.base_score
    },
    'malformed-model',
    /base_score is missing/,
  ],
  [
    'a cycle',
    (m) => {
      m.learner.gradient_booster.model.trees[3].left_children[1] = 0
    },
    'not-a-tree',
    /trees\[3\]: node 0 is the child of two/,
  ],
  [
    'a child out of range',
    (m) => {
      m.learner.gradient_booster.model.trees[3].left_children[1] = 999
    },
    'not-a-tree',
    /child 999/,
  ],
  [
    'a column out of range',
    (m) => {
      m.learner.gradient_booster.model.trees[0].split_indices[0] = 13
    },
    'not-a-tree',
    /column 13, of 13/,
  ],
  [
    'a list too short',
    (m) => {
      m.learner.gradient_booster.model.trees[1].default_left.pop()
    },
    'malformed-model',
    /trees\[1\]\.default_left/,
  ],
])('XGBoost with %s is refused, naming the place', (_, change, code, words) => {
  const error = errorOf(() => readForeign('m.json', altered('reference/heart-logistic.xgboost.json', change)))
  expect(error.code).toBe(code)
  expect(error.message).toMatch(words)
})

test('rounds that the file does not have are refused', () => {
  const bytes = bytesOf('reference/heart-early-stopping.xgboost.json')
  expect(errorOf(() => readForeign('m.json', bytes, { rounds: 13 })).message).toMatch(/has 12 rounds, so --rounds 13/)
})
