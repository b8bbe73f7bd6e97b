import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { makeParsing, type ParsedFile } from './index.ts'

const parsing = makeParsing({ threads: 1 })
afterAll(() => parsing.close())

const sample = (name: string) => readFileSync(new URL(`../../test/samples/${name}.txt`, import.meta.url), 'utf8')
const parse = async (name: string) => {
  const [file] = await parsing.parse([{ id: '1', name: `some/folder/${name}`, text: sample(name) }])
  return file as ParsedFile
}

/** `kind container.name from-to`, as one reads it. */
const symbols = ({ symbols: found }: ParsedFile) =>
  found.map(({ kind, container, name, start_line, end_line }) => {
    const place = container === null ? name : `${container}.${name}`
    return `${kind} ${place} ${start_line}-${end_line}`
  })
/** `kind context/name from-to`. */
const passages = ({ passages: found }: ParsedFile) =>
  found.map(({ kind, context, name, start_line, end_line }) => {
    return `${kind} ${[...context, name ?? ''].join('/')} ${start_line}-${end_line}`
  })

const expected: [string, string, string[], string[]][] = [
  [
    'leases.ts',
    'typescript',
    [
      'constant LEASE_MS 5-5',
      'constant retries 6-6',
      'type Lease 8-8',
      'interface Store 10-12',
      'enum State 14-17',
      'function renewLease 23-30',
      'function renewLease.tick 24-26',
      'function isLate 32-32',
      'class Worker 35-49',
      'method Worker.constructor 38-40',
      'method Worker.size 42-44',
      'method Worker.onEnd 46-48',
      'module Inner 51-55',
      'function Inner.helper 52-54',
      'test leases 57-61',
      'test leases.are renewed by the heartbeat 58-60',
    ],
    ['function renewLease 19-30', 'class Worker 34-49', 'function Inner/helper 52-55', 'test leases 57-61'],
  ],
  [
    'panel.tsx',
    'tsx',
    ['type Props 3-3', 'function Panel 5-13', 'function Badge 15-15'],
    ['window  1-3', 'function Panel 5-13', 'function Badge 15-15'],
  ],
  [
    'legacy.js',
    'javascript',
    [
      'constant path 2-2',
      'function Queue 4-6',
      'function push 8-10',
      'function drain 12-14',
      'class Timer 16-24',
      'method Timer.now 18-20',
      'method Timer.start 21-23',
      'constant handlers 26-30',
      'method handlers.create 27-29',
    ],
    ['function Queue 4-6', 'function push 8-10', 'function drain 12-14', 'class Timer 16-24'],
  ],
  [
    'ledger.py',
    'python',
    [
      'constant LEASE_SECONDS 5-5',
      'class Lease 8-16',
      'method Lease.late 15-16',
      'class Ledger 19-36',
      'method Ledger.__init__ 20-21',
      'method Ledger.size 23-25',
      'method Ledger.renew 27-36',
      'function renew.later 32-33',
      'function main 40-41',
    ],
    ['window  1-5', 'class Lease 8-16', 'class Ledger 19-36', 'function main 39-41'],
  ],
  [
    'queue.go',
    'go',
    [
      'constant MaxTries 9-9',
      'variable ErrLate 11-11',
      'type Handler 13-15',
      'struct Lease 18-21',
      'interface Store 23-25',
      'method Lease.Renew 28-30',
      'method Stack.Len 32-32',
      'function NewLease 34-36',
    ],
    ['struct Lease 17-21', 'method Lease/Renew 27-30', 'method Stack/Len 32-32', 'function NewLease 34-36'],
  ],
  [
    'lease.rs',
    'rust',
    [
      'constant LEASE 4-4',
      'struct Lease 8-11',
      'enum State 13-16',
      'trait Renew 18-20',
      'method Renew.renew 19-19',
      'impl Lease 22-26',
      'method Lease.renew 23-25',
      'impl Lease 28-32',
      'method Lease.late 29-31',
      'macro lease 34-38',
      'function run 40-42',
      'module tests 45-52',
      'function tests.a_lease_is_late 49-51',
    ],
    ['struct Lease 6-11', 'impl Lease 28-32', 'macro lease 34-38', 'function tests/a_lease_is_late 48-52'],
  ],
  [
    'Worker.java',
    'java',
    [
      'class Worker 6-28',
      'method Worker.Worker 10-12',
      'method Worker.run 14-17',
      'interface Worker.Listener 19-21',
      'method Listener.ended 20-20',
      'enum Worker.State 23-23',
      'class Worker.Lease 25-27',
      'method Lease.late 26-26',
    ],
    ['window  1-3', 'class Worker 5-28'],
  ],
  [
    'buffer.c',
    'c',
    [
      'constant MAX_SIZE 4-4',
      'macro MIN 5-5',
      'type buffer_t 7-10',
      'struct buffer_t.buffer 7-10',
      'enum mode 12-12',
      'function buffer_grow 15-23',
      'function buffer_data 25-25',
      'function main 27-31',
    ],
    ['function buffer_grow 14-23', 'function buffer_data 25-25', 'function main 27-31'],
  ],
  [
    'lease.cpp',
    'cpp',
    [
      'module cairn.jobs 4-32',
      'type jobs.Clock 6-6',
      'class jobs.Lease 8-19',
      'method Lease.Lease 11-11',
      'method Lease.~Lease 12-12',
      'method Lease.late 13-13',
      'method Lease.operator< 14-14',
      'struct jobs.Options 21-23',
      'enum jobs.State 25-25',
      'function jobs.clamp_tries 27-30',
      'method cairn::jobs.describe 34-36',
      'function counter 38-41',
    ],
    ['class cairn/jobs/Lease 8-19', 'function cairn/jobs/clamp_tries 27-30', 'method cairn::jobs/describe 34-36'],
  ],
  [
    'Worker.cs',
    'csharp',
    [
      'module Cairn.Jobs 4-38',
      'class Cairn.Jobs.Worker 7-29',
      'property Worker.Size 12-12',
      'method Worker.Worker 14-17',
      'property Worker.Name 19-19',
      'method Worker.Renew 21-26',
      'function Renew.Late 23-23',
      'method Worker.Dispose 28-28',
      'interface Cairn.Jobs.IStore 31-31',
      'method IStore.Renew 31-31',
      'class Cairn.Jobs.Lease 33-33',
      'struct Cairn.Jobs.Point 35-35',
      'enum Cairn.Jobs.State 37-37',
    ],
    ['class Cairn.Jobs/Worker 6-29', 'interface Cairn.Jobs/IStore 31-31'],
  ],
  [
    'worker.rb',
    'ruby',
    [
      'constant MAX_TRIES 5-5',
      'module Cairn 7-24',
      'class Cairn.Worker 9-23',
      'method Worker.initialize 12-14',
      'method Worker.late? 16-18',
      'method Worker.build 20-22',
      'function main 26-28',
    ],
    ['class Cairn/Worker 8-24', 'function main 26-28'],
  ],
  [
    'worker.php',
    'php',
    [
      'constant MAX_TRIES 9-9',
      'interface Store 11-14',
      'method Store.renew 13-13',
      'trait Counts 16-19',
      'class Worker 22-35',
      'method Worker.__construct 27-29',
      'method Worker.renew 31-34',
      'enum State 37-40',
      'function main 42-45',
    ],
    ['interface Store 11-14', 'class Worker 21-35', 'enum State 37-40', 'function main 42-45'],
  ],
  [
    'deploy.sh',
    'bash',
    ['function copy_build 7-9', 'function restart 11-13'],
    ['window  1-4', 'function copy_build 6-9', 'function restart 11-13', 'window  15-16'],
  ],
  [
    'tools.ps1',
    'powershell',
    ['function Get-Lease 3-6', 'class Worker 8-14', 'method Worker.Renew 11-13'],
    ['function Get-Lease 3-6', 'class Worker 8-14'],
  ],
  [
    'guide.md',
    'markdown',
    [
      'heading Leases 7-7',
      'heading Leases.Renewal 11-11',
      'heading Leases.Fencing numbers 20-20',
      'heading Fencing numbers.In ledger.ts source 25-25',
      'heading Appendix 29-29',
    ],
    [
      'section  1-5',
      'section Leases 7-9',
      'section Leases/Renewal 11-18',
      'section Leases/Fencing numbers 20-23',
      'section Leases/Fencing numbers/In ledger.ts source 25-27',
      'section Appendix 29-31',
    ],
  ],
  ['package.json', 'json', [], ['key  1-11']],
  ['compose.yaml', 'yaml', [], ['key  1-17']],
  ['settings.toml', 'toml', [], ['key  1-15']],
  ['study.ipynb', 'notebook', [], ['cell Leases/cell 1 3-7', 'cell Leases/cell 2 8-17', 'cell Leases/cell 3 18-24']],
]

for (const [name, language, wantedSymbols, wantedPassages] of expected) {
  test(`${name}: names, lines and nesting are those of the file`, async () => {
    const file = await parse(name)
    expect(file.error).toBeUndefined()
    expect(file.language).toBe(language)
    expect(symbols(file)).toEqual(wantedSymbols)
    expect(passages(file)).toEqual(expect.arrayContaining(wantedPassages))
    const lines = sample(name).split('\n')
    const seen = new Set<number>()
    for (const passage of file.passages) {
      if (language !== 'notebook') {
        expect(passage.text).toBe(lines.slice(passage.start_line - 1, passage.end_line).join('\n'))
      }
      for (let line = passage.start_line; line <= passage.end_line; line += 1) seen.add(line)
    }
    if (language === 'notebook') return
    lines.forEach((line, i) => {
      if (line.trim() !== '') expect(seen, `line ${i + 1}`).toContain(i + 1)
    })
  })
}

test('a notebook shows what its cells say and print, not their pictures', async () => {
  const texts = (await parse('study.ipynb')).passages.map((passage) => passage.text)
  expect(texts).toEqual([
    '# Leases\nHow long do they last?',
    'import leases\nprint(leases.seconds)\nthirty\n\n<Figure>',
    "leases['job']\nKeyError: 'job'",
  ])
})

test('the language is told by name, by ending in any case, or by the first line', async () => {
  const names: [string, string, string][] = [
    ['A.PY', 'x = 1', 'python'],
    ['dir.with.dots/Makefile', 'all:\n\techo', 'makefile'],
    ['C:\\code\\lease.RS', 'fn a() {}', 'rust'],
    ['bin/cairn', '#!/usr/bin/env node\nlet a = 1', 'javascript'],
    ['run', '#!/bin/sh\necho', 'bash'],
    ['include/x.h', 'int a;', 'c'],
    ['notes', 'just words', 'text'],
    ['a.unknown', 'just words', 'text'],
    ['.gitignore', 'dist', 'text'],
    ['', 'x', 'text'],
    ['constructor', 'x', 'text'],
    ['a.__proto__', 'x', 'text'],
  ]
  const files = await parsing.parse(names.map(([name, text], i) => ({ id: String(i), name, text })))
  expect(files.map((file) => file.language)).toEqual(names.map(([, , language]) => language))
})
