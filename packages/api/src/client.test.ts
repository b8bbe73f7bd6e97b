import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import { serverSentEvents } from './client.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

describe('the client', () => {
  it('bundles for a browser without the server, without Node and without schemas', async () => {
    const built = await build({
      root: here,
      logLevel: 'silent',
      build: { write: false, lib: { entry: `${here}client.ts`, formats: ['es'] }, minify: false },
    })
    const [output] = Array.isArray(built) ? built : [built]
    const [chunk] = (output as { output: { code: string; moduleIds: string[] }[] }).output
    expect(chunk?.moduleIds.filter((id) => /apps\/|node_modules|^node:/.test(id))).toEqual([])
    expect(chunk?.code.length).toBeLessThan(12_000)
  })

  it('is read by Node as it stands', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      `import { makeClient } from '${here}client.ts'; console.log(typeof makeClient({}, { url: '' }))`,
    ])
    expect(stdout.trim()).toBe('object')
  })

  it('parses server-sent events cut anywhere', async () => {
    const wire =
      'id: 7\nevent: delta\ndata: {"text":"é"}\n\n: quiet\n\nevent: complete\r\ndata: {"a":\ndata: 1}\r\n\r\n'
    const bytes = new TextEncoder().encode(wire)
    for (const size of [1, 2, 3, 7, 1_000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.slice(at * size, (at + 1) * size),
      )
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece)
          controller.close()
        },
      })
      const seen = await Array.fromAsync(serverSentEvents(body))
      expect(seen).toEqual([
        { event: 'delta', data: { text: 'é' }, id: '7' },
        { event: 'complete', data: { a: 1 }, id: null },
      ])
    }
  })
})
