import type { Task } from '@cairn/api/tasks'
import { describe, expect, it } from 'vitest'
import { makeDates } from '../../lib/format.ts'
import { assigneeWord, dueWords, laneOf, lanesOf, readable, urgency } from './words.ts'

const now = new Date(2026, 10, 21, 10, 0).getTime()
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()
const task = (fields: Partial<Task>) =>
  ({ status: 'pending', due_at: null, project: null, assignee: null, ...fields }) as Task

describe('a task in words', () => {
  it('says when it is due as people do', () => {
    expect(dueWords(at(2026, 10, 21, 14, 5), now, readable)).toBe('Today 14:05')
    expect(dueWords(at(2026, 10, 22, 23, 59), now, readable)).toBe('Tomorrow')
    expect(dueWords(at(2026, 10, 20, 8, 0), now, readable)).toBe('Yesterday 08:00')
    expect(dueWords(at(2026, 11, 1, 23, 59), now, readable)).toBe('1 Dec')
    expect(dueWords(at(2027, 0, 3, 9, 30), now, readable)).toBe('3 Jan 2027 09:30')
  })

  it('has its date in the language of whoever reads it, and the words around it in English', () => {
    const words = (due: string, language: string) => dueWords(due, now, makeDates([language]))
    expect(words(at(2026, 10, 21, 14, 5), 'en-US')).toMatch(/^Today 02:05\sPM$/)
    expect(words(at(2026, 11, 1, 23, 59), 'de-DE')).toBe('1. Dez.')
    expect(words(at(2026, 11, 1, 23, 59), 'en-US')).toBe('Dec 1')
  })

  it('is due tomorrow on a day of 25 hours, too', () => {
    const [midnight, next] = [new Date(2026, 9, 25, 0, 30), new Date(2026, 9, 26, 8, 0)]
    expect(dueWords(next.toISOString(), midnight.getTime(), readable)).toBe('Tomorrow 08:00')
    expect(dueWords(at(2026, 9, 25, 23, 59), midnight.getTime(), readable)).toBe('Today')
  })

  it('is late only while it is open', () => {
    const due_at = at(2026, 10, 20, 8, 0)
    expect(urgency(task({ due_at }), now)).toBe('late')
    expect(urgency(task({ due_at, status: 'completed' }), now)).toBe('calm')
    expect(urgency(task({ due_at: at(2026, 10, 21, 23, 59) }), now)).toBe('soon')
    expect(urgency(task({}), now)).toBe('calm')
  })

  it('names people and agents', () => {
    expect(assigneeWord('person:p1', 'p1')).toBe('Me')
    expect(assigneeWord('agent:scout', 'p1')).toBe('scout (agent)')
    expect(assigneeWord(null, 'p1')).toBe('Nobody')
  })

  it('falls into lanes, those without a project last', () => {
    const tasks = [task({}), task({ project: 'b' }), task({ project: 'a' }), task({ project: 'b' })]
    expect(lanesOf(tasks, 'project', 'p1').map(({ title }) => title)).toEqual(['a', 'b', 'No project'])
    expect(lanesOf(tasks, '', 'p1')).toHaveLength(1)
    expect(laneOf(task({ assignee: 'me' }), 'assignee')).toBe('me')
  })
})
