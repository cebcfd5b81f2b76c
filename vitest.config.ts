import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // The package's own subpaths, as generated modules import them, lead to the sources and not to a build.
  // Packages are taken as Node takes them: what others call "module" are, in some, not modules that Node can load.
  ssr: {
    resolve: { conditions: ['emp-compile-source', ...defaultServerConditions.filter((name) => name !== 'module')] },
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/s3/setup.ts',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
})
