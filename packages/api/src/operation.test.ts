import { describe, expect, it } from 'vitest'
import { errors } from './errors.ts'
import { openApi } from './openapi.ts'
import { allOperations, table } from './table.ts'

describe('the table of operations', () => {
  it('names every operation after its feature and its key', () => {
    for (const [feature, declared] of Object.entries(table)) {
      for (const [name, one] of Object.entries(declared)) expect(one.id).toBe(`${feature}.${name}`)
    }
  })

  it('has one operation per method and path', () => {
    const places = allOperations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`)
    expect(new Set(places).size).toBe(places.length)
  })

  it('keeps the names of params, query and body apart, so that inputs can be flat', () => {
    for (const { id, params, query, body } of allOperations) {
      const names = [params, query, body].flatMap((part) => Object.keys(part))
      expect(new Set(names).size, id).toBe(names.length)
    }
  })

  it('declares every parameter of a path', () => {
    for (const { id, path, params } of allOperations) {
      expect([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort(), id).toEqual(Object.keys(params).sort())
    }
  })

  it('gives reading no way to change things: GET only reads, apart from a login link and an export as specified', () => {
    const strange = allOperations.filter(({ method, effect }) => method === 'GET' && effect !== 'read')
    expect(strange.map(({ id }) => id).sort()).toEqual(['bundles.exportSome', 'users.login'])
  })

  it('becomes an OpenAPI 3.1 document that names every operation and every code', () => {
    const document = openApi(allOperations, 'http://127.0.0.1:9300', '0.0.0') as {
      openapi: string
      paths: Record<string, Record<string, { operationId: string }>>
      components: { schemas: { Problem: { properties: { code: { enum: string[] } } } } }
    }
    expect(document.openapi).toBe('3.1.0')
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one.operationId))
    expect(ids.sort()).toEqual(allOperations.map(({ id }) => id).sort())
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(errors))
  })
})

describe('the table of errors', () => {
  it('says for every code what happened, in a whole sentence', () => {
    for (const [code, { status, title, detail }] of Object.entries(errors)) {
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/)
      expect(status, code).toBeGreaterThanOrEqual(400)
      expect(title.length, code).toBeGreaterThan(3)
      expect(detail, code).toMatch(/[.?}]$/)
    }
  })

  it('is in alphabetical order', () => {
    expect(Object.keys(errors)).toEqual(Object.keys(errors).sort())
  })
})
