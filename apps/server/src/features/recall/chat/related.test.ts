import { expect, test } from 'vitest'
import type { Passage } from './passages.ts'
import { relatedTo } from './related.ts'

const passage = (kind: string, id: string, text: string): Passage => ({
  n: 1,
  source: { kind, id, title: id, uri: `${kind}:${id}` } as Passage['source'],
  place: null,
  time: null,
  text,
  speaker: null,
  aside: false,
  near: false,
  attached: false,
  held: false,
})

test('tasks and memories about most of a question are related, each once; others and other kinds are not', () => {
  const passages = [
    passage('memory', 'm1', 'The heartbeat renews the lease.'),
    passage('task', 't1', 'Renew the lease earlier.'),
    passage('task', 't1', 'Lease, renewal, heartbeat.'),
    passage('memory', 'm2', 'A heartbeat of the drum.'),
    passage('file', 'f1', 'lease renewal heartbeat'),
  ]
  const found = relatedTo('does the heartbeat renew the lease?', passages).map(({ id }) => id)
  expect(found).toEqual(['m1', 't1'])
})
