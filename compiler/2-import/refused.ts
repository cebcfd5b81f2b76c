/** Formats that are known and not read: a stable code, what they are, the way round. */
export interface RefusedFormat {
  readonly code: string
  readonly what: string
  readonly wayRound: string
}

const exporter = 'Export it from Python with the script that emp-compile exporter writes.'
const saveModel = 'Save it with save_model("model.json") instead.'

export const refusals = {
  pickle: {
    code: 'pickle',
    what: 'a Python pickle (also written by joblib), a program that would be executed when loaded',
    wayRound: `${exporter} XGBoost and LightGBM models: save_model.`,
  },
  skops: { code: 'skops', what: 'a skops archive of scikit-learn', wayRound: exporter },
  dump: {
    code: 'dump',
    what: 'an XGBoost dump (dump_model, get_dump), which has neither the base score nor the objective',
    wayRound: saveModel,
  },
  lightgbmDump: {
    code: 'dump',
    what: 'a LightGBM dump (dump_model), which clips numbers and lacks the parameters',
    wayRound: 'Save it with save_model("model.txt") instead.',
  },
  xgboostBinary: {
    code: 'xgboost-binary',
    what: 'an old binary model of XGBoost',
    wayRound: 'Load it with XGBoost 1.0 to 3.0 and save it with save_model("model.json").',
  },
  xgboostConfig: {
    code: 'xgboost-config',
    what: 'a configuration or a snapshot of XGBoost, not its model',
    wayRound: saveModel,
  },
  catboostBinary: {
    code: 'catboost-binary',
    what: "CatBoost's own binary format (.cbm)",
    wayRound: 'Save it with save_model("model.json", format="json").',
  },
  pmml: {
    code: 'pmml',
    what: 'PMML',
    wayRound: 'Save the model with the library that trained it, or convert it to ONNX.',
  },
  xml: {
    code: 'xml',
    what: 'XML',
    wayRound: 'Save the model with the library that trained it, or convert it to ONNX.',
  },
  html: { code: 'html', what: 'a web page', wayRound: 'Download the model file itself.' },
  pointer: { code: 'pointer', what: 'a Git LFS pointer', wayRound: 'Fetch the model file itself with git lfs pull.' },
  mojo: {
    code: 'mojo',
    what: 'a MOJO archive of H2O',
    wayRound: 'Save XGBoost models of H2O as XGBoost JSON; convert others to ONNX, or train them with another library.',
  },
  mleap: { code: 'mleap', what: 'an MLeap bundle', wayRound: 'Convert the Spark model to ONNX with onnxmltools.' },
  parquet: {
    code: 'parquet',
    what: 'Parquet, as Spark ML writes its models',
    wayRound: 'Convert the Spark model to ONNX with onnxmltools, or save XGBoost4J models with format("json").',
  },
  sparkMetadata: {
    code: 'spark-metadata',
    what: 'the metadata of a Spark ML model',
    wayRound: 'Convert the Spark model to ONNX with onnxmltools, or save XGBoost4J models with format("json").',
  },
  torch: { code: 'torch', what: 'a PyTorch archive, which holds a pickle', wayRound: 'Export it to ONNX.' },
  numpy: { code: 'numpy', what: 'an array of NumPy, not a model', wayRound: exporter },
  zip: { code: 'zip', what: 'a zip archive', wayRound: 'Unpack it and give the model file in it.' },
  compressed: {
    code: 'compressed',
    what: 'a compressed file',
    wayRound: `Unpack it. If joblib or R wrote it, ${exporter[0]?.toLowerCase()}${exporter.slice(1)} From R: save_model of xgboost or lightgbm.`,
  },
  r: {
    code: 'r',
    what: 'a file of R objects (RDS, RData)',
    wayRound: 'Save XGBoost and LightGBM models with xgb.save or lgb.save; other models: train them again here.',
  },
  hdf5: { code: 'hdf5', what: 'HDF5, as Keras writes', wayRound: 'Export the model to ONNX.' },
  treelite: {
    code: 'treelite',
    what: 'a dump of treelite',
    wayRound: 'Give the model file from which treelite read it.',
  },
} as const satisfies Record<string, RefusedFormat>
