import { defineConfig } from 'vite'

export default defineConfig({
  // The worker is a module, and loads parts of it when it needs them.
  worker: { format: 'es' },
  build: {
    rollupOptions: {
      // React in a file of its own: it changes more rarely than the app.
      output: { manualChunks: (id) => (/node_modules\/(react|react-dom|scheduler)\//.test(id) ? 'react' : undefined) },
    },
  },
})
