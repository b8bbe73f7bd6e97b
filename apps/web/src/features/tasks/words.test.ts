import type { Task } from '@cairn/api/tasks'
import { describe, expect, it } from 'vitest'
import { assigneeWord, dueWords, laneOf, lanesOf, urgency } from './words.ts'

const now = new Date(2026, 10, 21, 10, 0).getTime()
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()
const task = (fields: Partial<Task>) =>
  ({ status: 'pending', due_at: null, project: null, assignee: null, ...fields }) as Task

describe('a task in words', () => {
  it('says when it is due as people do', () => {
    expect(dueWords(at(2026, 10, 21, 14, 5), now)).toBe('Today 14:05')
    expect(dueWords(at(2026, 10, 22, 23, 59), now)).toBe('Tomorrow')
    expect(dueWords(at(2026, 10, 20, 8, 0), now)).toBe('Yesterday 08:00')
    expect(dueWords(at(2026, 11, 1, 23, 59), now)).toBe('1 Dec')
    expect(dueWords(at(2027, 0, 3, 9, 30), now)).toBe('3 Jan 2027 09:30')
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
