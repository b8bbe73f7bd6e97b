import { QueryObserver } from '@tanstack/solid-query'
import { expect, test } from 'vitest'
import { client } from './client.ts'
import { readAgain } from './queries.ts'

test('what changed while it was first read is read once more', async () => {
  const answers: ((value: string) => void)[] = []
  const queryFn = () => new Promise<string>((resolve) => answers.push(resolve))
  const observer = new QueryObserver(client, { queryKey: ['threads', 'messages'], queryFn })
  const stop = observer.subscribe(() => undefined)
  const again = readAgain('threads')
  answers[0]?.('the question alone')
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.('the question and its answer')
  await again
  expect(observer.getCurrentResult().data).toBe('the question and its answer')
  stop()
})
