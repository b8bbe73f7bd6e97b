import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { makeParsing, type ParsedFile, type Parsing } from './index.ts'

const parsing = makeParsing({ threads: 1 })
afterAll(() => parsing.close())

const parse = async (name: string, text: string, by: Parsing = parsing) => {
  const [file] = await by.parse([{ id: 'a file', name, text }])
  return file as ParsedFile
}

/** What holds for every file: each line that says something is in a passage, and no passage is too big. */
const expectWhole = (text: string, { passages, symbols }: ParsedFile) => {
  const lines = text.split('\n')
  const seen = new Set<number>()
  for (const { text: piece, start_line, end_line } of passages) {
    expect(piece.length).toBeLessThanOrEqual(4000)
    expect(piece.trim()).not.toBe('')
    expect(start_line).toBeGreaterThanOrEqual(1)
    expect(end_line).toBeGreaterThanOrEqual(start_line)
    expect(end_line).toBeLessThanOrEqual(lines.length)
    for (let line = start_line; line <= end_line; line += 1) seen.add(line)
  }
  lines.forEach((line, i) => {
    if (line.trim() !== '' && !seen.has(i + 1)) throw new Error(`line ${i + 1} is in no passage`)
  })
  for (const { start_line, end_line } of symbols) expect(end_line).toBeGreaterThanOrEqual(start_line)
}

const body = (name: string, lines: number) =>
  Array.from({ length: lines }, (_, i) => `    const ${name}${i} = ${i}`).join('\n')

test('a big class is split by its methods, and each knows its class', async () => {
  const methods = ['first', 'second', 'third'].map(
    (name) => `  /** The ${name}. */\n  ${name}() {\n${body(name, 40)}\n  }`,
  )
  const text = `export class Big {\n  field = 1\n\n${methods.join('\n\n')}\n}\n`
  const { passages } = await parse('big.ts', text)
  expect(passages.map(({ kind, name, context }) => [kind, name, context])).toEqual([
    ['class', 'Big', []],
    ['method', 'first', ['Big']],
    ['method', 'second', ['Big']],
    ['method', 'third', ['Big']],
  ])
  expect(passages[1]?.text.startsWith('  /** The first. */')).toBe(true)
  expect(passages.at(-1)?.text.endsWith('\n}')).toBe(true)
})

test('a factory with functions inside is split by them', async () => {
  const inner = ['open', 'close'].map((name) => `  const ${name} = () => {\n${body(name, 60)}\n  }`)
  const { passages } = await parse(
    'factory.ts',
    `export const makeThing = () => {\n${inner.join('\n')}\n  return { open, close }\n}\n`,
  )
  expect(passages.map(({ name, context }) => [...context, name].join('/'))).toEqual(
    expect.arrayContaining(['makeThing', 'makeThing/open', 'makeThing/close']),
  )
})

test('a very long function becomes overlapping windows that keep its name', async () => {
  const text = `function long() {\n${body('x', 300)}\n}\n`
  const file = await parse('long.js', text)
  expect(file.passages.length).toBeGreaterThan(3)
  for (const [i, passage] of file.passages.entries()) {
    expect(passage).toMatchObject({ kind: 'function', name: 'long' })
    expect(passage.text.length).toBeLessThanOrEqual(2000)
    const before = file.passages[i - 1]
    if (before) expect(passage.start_line).toBeLessThanOrEqual(before.end_line)
  }
  expectWhole(text, file)
})

test('imports and constants are put together, functions stay by themselves', async () => {
  const imports = Array.from({ length: 10 }, (_, i) => `import a${i} from './a${i}.ts'`).join('\n')
  const text = `${imports}\nconst one = 1\nconst two = 2\n\nexport function alone() {\n  return one + two + a1 + a2 + a3\n}\n`
  const { passages } = await parse('index.ts', text)
  expect(passages.map(({ kind, name }) => [kind, name])).toEqual([
    ['window', null],
    ['function', 'alone'],
  ])
})

test('big JSON is told by its keys, and what is too big for one piece by the keys inside', async () => {
  const wide = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`dependency-${i}`, `^1.${i}.0 || ${'x'.repeat(30)}`]),
  )
  const list = Array.from({ length: 40 }, (_, i) => ({ id: i, text: 'y'.repeat(150) }))
  const text = JSON.stringify({ name: 'cairn', wide, deep: { list, after: { note: 'z'.repeat(1500) } } }, null, 2)
  const file = await parse('data.json', text)
  expectWhole(text, file)
  const places = file.passages.map(({ context, name }) => [...context, name].join('/'))
  expect(places).toContain('deep/after')
  expect(places.some((place) => /^deep\/list\//.test(place))).toBe(true)
  expect(file.passages.every(({ kind }) => kind === 'key')).toBe(true)
  const after = file.passages.find(({ name }) => name === 'after')
  expect(text.split('\n')[(after?.start_line ?? 0) - 1]).toContain('"after": {')
})

test('big YAML and TOML are told by their keys, and block texts are no keys', async () => {
  const service = (name: string) =>
    `  ${name}:\n    image: cairn\n    command: |\n      not: a key\n${`      words of ${name}\n`.repeat(60)}    ports:\n      - "1:1"\n`
  const yaml = `# Top.\nversion: "3"\nservices:\n${['core', 'sidecar'].map(service).join('')}volumes:\n  data: {}\n`
  const file = await parse('compose.yml', yaml)
  expectWhole(yaml, file)
  const places = file.passages.map(({ context, name }) => [...context, name].join('/'))
  expect(places).toEqual(expect.arrayContaining(['services/core', 'services/sidecar']))
  expect(places.join(' ')).not.toContain('not')

  const table = (name: string) =>
    `[${name}]\n${Array.from({ length: 20 }, (_, i) => `key_${i} = "${'v'.repeat(30)}"`).join('\n')}\n`
  const toml = `title = "x"\n\n${table('server')}text = """\n[not.a.table]\n"""\n\n# Members.\n${table('members')}`
  const settings = await parse('settings.toml', toml)
  expectWhole(toml, settings)
  expect(settings.passages.map(({ name }) => name)).toEqual([null, 'server', 'members'])
  expect(settings.passages.at(-1)?.text.startsWith('# Members.')).toBe(true)
})

test('a long section of Markdown keeps its heading path in every window', async () => {
  const text =
    `# Guide\n\nHello there, this is the beginning of a guide that goes on for some time.\n\n## Long\n\n${'Words of a paragraph. '.repeat(20)}\n\n`.concat(
      `${'More words to read. '.repeat(20)}\n\n`.repeat(15),
    )
  const { passages } = await parse('guide.md', text)
  const long = passages.filter(({ name }) => name === 'Long')
  expect(long.length).toBeGreaterThan(3)
  for (const { context, kind } of long) expect([context, kind]).toEqual([['Guide'], 'section'])
})

test('a bare heading is told with what comes below it', async () => {
  const { passages } = await parse(
    'a.md',
    '# Title\n\n## Part\n\nHere is the text that belongs to the part, and enough of it.\n',
  )
  expect(passages).toMatchObject([{ name: 'Part', context: ['Title'], start_line: 1, end_line: 5 }])
})

const hostile: [string, string, string, string | undefined][] = [
  ['nothing', 'a.ts', '', undefined],
  ['only blanks', 'a.py', ' \n\t\n\r\n', undefined],
  ['a byte order mark', 'a.json', '\ufeff{"a": 1}', undefined],
  ['no end of line', 'a.go', 'package a', undefined],
  ['broken JSON', 'a.json', '{"a": [1, 2, {"b": "unfinished', undefined],
  ['JSON that is a number', 'a.json', '42', undefined],
  ['a notebook that is none', 'a.ipynb', '{"cells": "none"}', 'SyntaxError'],
  ['a notebook cut off', 'a.ipynb', '{"cells": [{"cell_type"', 'SyntaxError'],
  ['a notebook of odd cells', 'a.ipynb', '{"cells": [null, 3, {"source": 5}, {"source": ["a", null]}]}', 'TypeError'],
  ['another language than its name', 'a.py', '<?php function x() { return 1; } ?>', undefined],
  ['half a program', 'a.ts', 'export class A {\n  b() {\n    if (x', undefined],
  ['10,000 brackets', 'a.js', '['.repeat(10_000), undefined],
  ['10,000 brackets of JSON', 'a.json', '['.repeat(10_000), undefined],
  ['10,000 lines of deeper and deeper blocks', 'a.js', '{\n'.repeat(10_000), undefined],
  ['10,000 headings', 'a.md', '# x\n'.repeat(10_000), undefined],
  ['5 MB in one line', 'a.js', 'x=1;'.repeat(1_250_000), 'too big to parse'],
  ['1 MB in one line', 'a.ts', 'f(1);'.repeat(200_000), 'lines too long to parse'],
  ['a long line of Markdown', 'a.md', `# a\n${'word '.repeat(20_000)}`, 'lines too long to parse'],
  ['NUL bytes', 'a.c', '\0\x01\x02ELF\0\0'.repeat(500), 'looks binary'],
  ['bytes that were no UTF-8', 'a.txt', '\ufffd\ufffd\u0010PNG\ufffd'.repeat(500), 'looks binary'],
  ['unpaired surrogates', 'a.ts', 'const a = "\ud800"\nfunction b() {}\n', undefined],
  ['right-to-left marks', 'a.py', 'def \u202ea\u202c():\n    return "\u2066x"\n', undefined],
  ['old Mac lines', 'a.py', 'def a():\r  return 1\rdef b():\r  return 2\r', undefined],
  ['Windows lines', 'a.py', 'def a():\r\n    return 1\r\n\r\ndef b():\r\n    return 2\r\n', undefined],
  ['a fence without an end', 'a.md', '# a\n```\n# b\n# c', undefined],
  ['tabs in YAML', 'a.yaml', '\ta: 1\n\t\tb: 2\n- c', undefined],
]

for (const [what, name, text, error] of hostile) {
  test(`no harm is done by ${what}`, async () => {
    const file = await parse(name, text)
    expectWhole(text, file)
    if (error === undefined) expect(file.error).toBeUndefined()
    else expect(file.error).toContain(error)
    if (text.trim() !== '') expect(file.passages.length).toBeGreaterThan(0)
  })
}

test('whatever stands in a file of whatever name, nothing of it is lost and nothing breaks', async () => {
  const word = fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    '\n',
    '\n\n',
    '  ',
    '"',
    "'",
    '`',
    '#',
    '//',
    '/*',
    '*/',
    ':',
    '=>',
    '\\',
    '\0',
  )
  const code = fc.constantFrom(
    'function ',
    'class ',
    'def ',
    'impl ',
    'name',
    '# Heading',
    '- a: 1',
    '[table]',
    'if ',
    '$x',
    '日本',
  )
  const text = fc
    .array(fc.oneof(word, code, fc.string({ maxLength: 8 })), { maxLength: 120 })
    .map((parts) => parts.join(''))
  const endings = [
    'ts',
    'tsx',
    'js',
    'py',
    'go',
    'rs',
    'java',
    'c',
    'cpp',
    'cs',
    'rb',
    'php',
    'sh',
    'ps1',
    'md',
    'json',
    'yaml',
    'toml',
    'ini',
    'txt',
  ]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...endings), text, async (ending, source) => {
      expectWhole(source, await parse(`a.${ending}`, source))
    }),
    { numRuns: 400 },
  )
})

test('a batch comes back in its order, with its ids', async () => {
  const files = Array.from({ length: 200 }, (_, i) => ({
    id: `id ${i}`,
    name: `f${i}.ts`,
    text: `export function f${i}() {}\n`,
  }))
  const parsed = await parsing.parse(files)
  expect(parsed.map(({ id, symbols }) => [id, symbols[0]?.name])).toEqual(files.map(({ id }, i) => [id, `f${i}`]))
})

const rough = () =>
  makeParsing({ threads: 1, limit: 8000, worker: new URL('../../test/rough-worker.ts', import.meta.url) })

test('a thread that hangs or dies costs one file its structure, and nobody else anything', async () => {
  const by = rough()
  const text = 'export function f() {}\n'
  const files = ['a.ts', 'hang.ts', 'b.ts', 'exit.ts', 'throw.ts', 'memory.ts', 'c.ts'].map((name) => ({
    id: name,
    name,
    text,
  }))
  const parsed = await by.parse(files)
  expect(parsed.map(({ id, error }) => [id, error])).toEqual([
    ['a.ts', undefined],
    ['hang.ts', 'parsing took too long'],
    ['b.ts', undefined],
    ['exit.ts', 'the parser failed on it'],
    ['throw.ts', 'the parser failed on it'],
    ['memory.ts', expect.stringMatching(/failed|took too long/)],
    ['c.ts', undefined],
  ])
  for (const file of parsed) expect(file.passages).toHaveLength(1)
  await by.close()
})

test('who hangs up ends the work that nobody waits for', async () => {
  const by = rough()
  const gone = new AbortController()
  const asked = by.parse([{ id: '1', name: 'hang.ts', text: 'x' }], gone.signal)
  gone.abort()
  await expect(asked).rejects.toThrow()
  expect((await parse('b.ts', 'const b = 1\n', by)).error).toBeUndefined()
  await by.close()
})
