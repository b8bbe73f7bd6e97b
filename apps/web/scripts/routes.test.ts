import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderRoutes, routesFile } from './routes.ts'

it('the list of routes is what the table of operations says (npm run routes -w apps/web writes it)', () => {
  expect(readFileSync(routesFile, 'utf8')).toBe(renderRoutes())
})
