import type { Contract } from 'emp-compile-runtime/internal/contract'
import type { SealingDocument, TestDocument } from 'emp-compile-runtime/internal/page/documents'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { Language } from 'emp-compile-runtime/internal/words/languages'
import type { ClientDocuments } from '../emit/documents.ts'
import { badOption } from '../errors.ts'
import type { Family, Model } from '../model.ts'
import { type GivenOptions, givenOf, type OptionTable, type OptionValues, readOptions } from '../options.ts'
import type { Learns, Plan } from '../plan.ts'
import type { ColumnDocument, Target } from '../table.ts'
import type { Translations } from './translations.ts'

/** What every plan is lowered with, whatever its scheme. */
export interface Naming {
  /** The model's name: it becomes part of the keys in a store. */
  readonly name: string
  /** The public key of signed replies; without one they are not signed. */
  readonly replyKey?: string
}

/** What a scheme demands of training, so that nothing of the model shows that it promises to hide. */
export interface Demands {
  /** Most public cuts of a feature, fixed before training from its Grid: the model may divide nowhere else. Null for any. */
  readonly cuts: number | null
  /** Options of training that the scheme decides where nobody else does, by their names. */
  readonly training?: GivenOptions
}

/** What words call the parts of a scheme's models. */
export interface Words {
  /** What a tree asks: `tests`, `cuts`. */
  readonly asked: string
  /** What a smaller model is worth, as the end of a sentence. */
  readonly smaller: string
  /** What the report tells beyond what clients learn; empty if nothing. */
  readonly beyondClients: string
}

/**
 * One way to reveal one family of models: the door that every scheme stands behind. A new scheme is a folder that exports
 * one of these, and a line in the list. `Options` is its table of options, `Settings` what it makes of their values.
 */
export interface Scheme<
  M extends Model = Model,
  Options extends OptionTable = OptionTable,
  Settings = unknown,
  P extends Plan = Plan,
> {
  readonly family: Family
  /** What the client learns, as `--reveal` names it; and in a line. */
  readonly reveal: string
  readonly summary: string
  /** How: the cryptosystem. */
  readonly scheme: string
  readonly options: Options
  readonly words: Words
  /**
   * Tells whether a model is of this scheme's family.
   */
  admits(model: Model): model is M
  /** @throws {CompileError} `bad-option` */
  settings(values: OptionValues<Options>): Settings
  demands(settings: Settings): Demands
  /**
   * What the settings become once the target is known.
   *
   * @throws {CompileError} `bad-option`
   */
  fitted(settings: Settings, target: Target): Settings
  /** @throws {CompileError} */
  lower(model: M, settings: Settings, naming: Naming): P
  /** The settings with which a model of the pruning path can be lowered, to price it. */
  priced(settings: Settings, model: M): Settings
  /** What the two modules compute together, on plain integers: the oracle for the protocol. @param cells one per feature. */
  simulate(plan: P, cells: readonly number[]): Opened
  emitClient(plan: P, documents: ClientDocuments): string
  emitServer(plan: P): string
  /** The tests of the model in words, where its owner publishes them. */
  publishedTests(
    plan: P,
    documentOf: ReadonlyMap<string, ColumnDocument>,
    language: Language,
  ): readonly TestDocument[] | null
  learns(plan: P): Learns
  /** What it says of a model on its page in other languages than English. */
  translations(plan: P): Translations
  /** What one prediction takes, as a table of Markdown. */
  costTable(plan: P): string
  /** What the report says of the answers, if there is something to say. */
  describeAnswers(plan: P, model: M): string | null
  /** Of a contract: what its clients are told of an answer of the model. */
  told(contract: P['contract'], answer: Opened): Opened
  sealing(contract: P['contract']): SealingDocument
  /** Of a contract: `3072-bit keys`, `ristretto255`. */
  describeKeys(contract: P['contract']): string
  /** Of a contract: `20 tests, 8 features, 3072-bit keys`. */
  describeSize(contract: P['contract']): string
  bench(contract: P['contract']): BenchWords | Promise<BenchWords>
}

/** What a benchmark of a contract says besides its figures. */
export interface BenchWords {
  readonly engine: string
  readonly engineName: string
  readonly cost: Plan['cost']
  /** A remark on keys that are used again; empty if there is nothing to say. */
  readonly keys: string
  /** CPU milliseconds by the cost model, where there is one; measured on this machine. */
  predicted(): { readonly seal: number; readonly evaluate: number; readonly open: number } | null
}

/** A plan together with what its scheme knows of it. */
export interface Lowered {
  readonly plan: Plan
  simulate(cells: readonly number[]): Opened
  emitClient(documents: ClientDocuments): string
  emitServer(): string
  publishedTests(documentOf: ReadonlyMap<string, ColumnDocument>, language: Language): readonly TestDocument[] | null
  readonly learns: Learns
  readonly translations: Translations
  costTable(): string
  readonly answers: string | null
}

/** A scheme with the values of its options: what lowers models. */
export interface Configured {
  readonly scheme: SchemeDoor
  readonly demands: Demands
  /** The options as they were given, for the record. */
  readonly given: GivenOptions
  /** @throws {CompileError} */
  lower(model: Model, target: Target, naming: Naming): Lowered
  /** The plan of one of the models on a pruning path, for its price. */
  price(model: Model, target: Target, naming: Naming): Plan['cost']
}

/** A scheme as all others see it: its own types stay inside. */
export interface SchemeDoor extends Pick<Scheme, 'family' | 'reveal' | 'summary' | 'scheme' | 'words'> {
  readonly options: OptionTable
  /** @throws {CompileError} `bad-option` */
  configure(given: GivenOptions): Configured
  told(contract: Contract, answer: Opened): Opened
  sealing(contract: Contract): SealingDocument
  describeKeys(contract: Contract): string
  describeSize(contract: Contract): string
  bench(contract: Contract): Promise<BenchWords>
}

/** Closes a scheme's own types behind the door. */
export function doorOf<M extends Model, Options extends OptionTable, Settings, P extends Plan>(
  scheme: Scheme<M, Options, Settings, P>,
): SchemeDoor {
  const { family, reveal, summary, scheme: how, words, options } = scheme
  const own = (contract: Contract): P['contract'] => {
    const isOwn = contract.family === family && contract.reveal === reveal && contract.scheme === how
    if (!isOwn) throw new TypeError('a contract of another scheme')
    return contract as P['contract']
  }
  const admitted = (model: Model): M => {
    if (!scheme.admits(model)) throw badOption('reveal', reveal, `models of the family ${family}`)
    return model
  }
  return {
    family,
    reveal,
    summary,
    scheme: how,
    words,
    options,
    configure(given) {
      const settings = scheme.settings(readOptions(options, given))
      const named = Object.fromEntries(givenOf(options, given).map((name) => [name, given[name]]))
      return {
        scheme: this,
        demands: scheme.demands(settings),
        given: named,
        lower(model, target, naming) {
          const tree = admitted(model)
          const plan = scheme.lower(tree, scheme.fitted(settings, target), naming)
          return {
            plan,
            simulate: (cells) => scheme.simulate(plan, cells),
            emitClient: (documents) => scheme.emitClient(plan, documents),
            emitServer: () => scheme.emitServer(plan),
            publishedTests: (documentOf, language) => scheme.publishedTests(plan, documentOf, language),
            learns: scheme.learns(plan),
            translations: scheme.translations(plan),
            costTable: () => scheme.costTable(plan),
            answers: scheme.describeAnswers(plan, tree),
          }
        },
        price(model, target, naming) {
          const own = admitted(model)
          return scheme.lower(own, scheme.priced(scheme.fitted(settings, target), own), naming).cost
        },
      }
    },
    told: (contract, answer) => scheme.told(own(contract), answer),
    sealing: (contract) => scheme.sealing(own(contract)),
    describeKeys: (contract) => scheme.describeKeys(own(contract)),
    describeSize: (contract) => scheme.describeSize(own(contract)),
    bench: async (contract) => scheme.bench(own(contract)),
  }
}
