import {
  type AnswerDetail,
  defineForm,
  type EmpForm,
  type FailureDetail,
  type FormModel,
} from 'emp-compile-runtime/form'
import { overHttp } from 'emp-compile-runtime/session'
import { workerClient } from 'emp-compile-runtime/worker'
import { useEffect, useState } from 'react'
import { type Answer, contract, type Features, words } from './model.ts'

defineForm()

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'emp-form': ClassAttributes<EmpForm> & {
        lang?: string
        model: FormModel | null
        'onemp-answer'?: (event: CustomEvent<AnswerDetail>) => void
        'onemp-failure'?: (event: CustomEvent<FailureDetail>) => void
      }
    }
  }
}

/** The form, with a worker that lives as long as it. */
export function App({ server }: { readonly server: string }) {
  const [model, setModel] = useState<FormModel | null>(null)
  const [told, setTold] = useState('')
  useEffect(() => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    const client = workerClient<Features, Answer>(worker, contract)
    setModel({ client, via: overHttp(server, contract), documents: words })
    return () => client.close()
  }, [server])
  return (
    <main>
      <h1>Narrowed arteries</h1>
      <emp-form
        model={model}
        onemp-answer={({ detail }) => setTold(`The app was told: ${detail.opened.answer}`)}
        onemp-failure={({ detail }) => setTold(`No answer: ${detail.code}`)}
      />
      <p id="told" role="status">
        {told}
      </p>
    </main>
  )
}
