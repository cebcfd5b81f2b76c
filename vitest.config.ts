import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

// The runtime's own subpaths, as generated modules import them, lead to the sources and not to a build.
// Packages are taken as Node takes them: what others call "module" are, in some, not modules that Node can load.
const ssr = {
  resolve: { conditions: ['emp-compile-source', ...defaultServerConditions.filter((name) => name !== 'module')] },
}

/** Tests that start processes, browsers or servers, or that encrypt for long: by folder, with the time that they may take. */
const slow = ['app', 'cli', 'deploy', 'emit', 'page', 'schemes', 'serving', 'session', 'store', 'wire'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)
const attacks = 'test/attacks/**/*.test.ts'
const single = [
  'test/readme.test.ts',
  'test/tutorial.test.ts',
  'test/importing.test.ts',
  'test/layers.test.ts',
  'test/2-import/to-model.test.ts',
  'test/paillier/{paillier,key-file,interchange}.test.ts',
  'test/ristretto/browser.test.ts',
  'test/lattice/**',
]

const project = (name: string, include: readonly string[], seconds: number, exclude: readonly string[] = []) => ({
  ssr,
  test: {
    name,
    include: [...include],
    exclude: [...exclude, '**/node_modules/**'],
    testTimeout: 1000 * seconds,
    hookTimeout: 1000 * seconds,
  },
})

export default defineConfig({
  test: {
    globalSetup: 'test/support/s3/setup.ts',
    maxWorkers: 2,
    projects: [
      project('quick', ['test/**/*.test.ts'], 30, [...slow, attacks, ...single]),
      project('whole', [...slow, ...single], 180),
      project('attacks', [attacks], 180),
    ],
  },
})
