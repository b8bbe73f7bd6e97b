/** Runs bodies one after the other, in the order they came. A body that fails does not stop the next. */
export type Mutex = <T>(body: () => Promise<T>) => Promise<T>

export const makeMutex = (): Mutex => {
  let last: Promise<unknown> = Promise.resolve()
  return (body) => {
    const mine = last.then(body, body)
    last = mine.catch(() => undefined)
    return mine
  }
}
