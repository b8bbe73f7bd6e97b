import type { Job } from '@cairn/api/jobs'
import { expect, it } from 'vitest'
import { foldJobs, rowsOf } from './fold.ts'

const job = (id: string, type: string, more: Partial<Job> = {}) =>
  ({ id, type, status: 'succeeded', thread_id: null, task_id: null, ...more }) as Job
const ids = (jobs: Job[]) => foldJobs(jobs).map(({ first, rest }) => [first.id, ...rest.map((one) => one.id)])

it('folds neighbours of one type that succeeded', () => {
  expect(
    ids([job('1', 'passages.index'), job('2', 'passages.index'), job('3', 'git.scan'), job('4', 'passages.index')]),
  ).toEqual([['1', '2'], ['3'], ['4']])
})

it('never hides what failed, runs, or belongs to a thread', () => {
  const type = 'passages.index'
  expect(
    ids([job('1', type), job('2', type, { status: 'failed' }), job('3', type), job('4', type, { thread_id: 't' })]),
  ).toEqual([['1'], ['2'], ['3'], ['4']])
})

it('stays open while others come before and after those it was opened with', () => {
  const type = 'passages.index'
  const rows = (of: Job[], open: string[]) =>
    rowsOf(foldJobs(of), new Set(open)).map((row) => (typeof row === 'string' ? `below ${row}` : row.id))
  expect(rows([job('2', type), job('3', type)], [])).toEqual(['2', 'below 2'])
  expect(rows([job('2', type), job('3', type)], ['2'])).toEqual(['2', 'below 2', '3'])
  expect(rows([job('1', type), job('2', type), job('3', type), job('4', 'git.scan')], ['2'])).toEqual([
    '1',
    'below 1',
    '2',
    '3',
    '4',
  ])
})
