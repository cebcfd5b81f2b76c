import { readCatboost } from './catboost.ts'
import { emptyModel, modelTooLarge } from './errors.ts'
import type { ForeignModel } from './foreign.ts'
import { readLightgbm } from './lightgbm/read.ts'
import { limits } from './limits.ts'
import { readOnnx } from './onnx/read.ts'
import { defaultReadOptions, type ReaderOptions } from './options.ts'
import { recogniseModel } from './recognise.ts'
import { readSklearn } from './sklearn/read.ts'
import { readXgboost } from './xgboost/read.ts'

/**
 * The model in a file that another library wrote, recognised by what is in it.
 *
 * @param file its name, for messages only.
 * @throws {CompileError} naming file, place and the way round: for formats that are not read, for what is not
 *   supported in those that are, and for every damaged file. A file is never executed, and sizes are bounded.
 */
export function readForeign(file: string, bytes: Uint8Array, options: Partial<ReaderOptions> = {}): ForeignModel {
  if (bytes.length === 0) throw emptyModel(file)
  if (bytes.length > limits.bytes) throw modelTooLarge(file, bytes.length, limits.bytes)
  const all = { ...defaultReadOptions, ...options }
  const found = recogniseModel(file, bytes)
  switch (found.format) {
    case 'xgboost':
      return readXgboost(found.root, all)
    case 'lightgbm':
      return readLightgbm(file, found.text, all)
    case 'sklearn':
      return readSklearn(found.root)
    case 'catboost':
      return readCatboost(found.root, all)
    case 'onnx':
      return readOnnx(file, bytes, all)
  }
}
