import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

const server = new URLSearchParams(location.search).get('server') ?? 'http://127.0.0.1:8787'
const place = document.querySelector('#root')
if (place !== null) createRoot(place).render(<App server={server} />)
