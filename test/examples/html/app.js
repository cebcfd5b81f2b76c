import { contract, defineForm, documents, overHttp, workerClient } from './client.js'

const server = new URLSearchParams(location.search).get('server') ?? 'http://127.0.0.1:8787'
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })

defineForm()
const form = document.querySelector('emp-form')
form.model = { client: workerClient(worker, contract), via: overHttp(server, contract), documents }
form.addEventListener('emp-answer', ({ detail }) => {
  document.querySelector('#told').textContent = `The app was told: ${detail.opened.answer}`
})
