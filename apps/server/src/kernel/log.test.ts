import { fail } from '@cairn/api/errors'
import { describe, expect, it } from 'vitest'
import { newSecret } from './ids.ts'
import { makeLog } from './log.ts'

/** The line that these fields become. */
function logged(fields: object): string {
  let line = ''
  makeLog({ format: 'json', level: 'info' }, { write: (text) => void (line += text) }).info(fields, 'said')
  return line
}

describe('a log line', () => {
  it('shows the code of an error', () => {
    const codes = ['ECONNRESET', '23505', 'ERR_SQLITE_ERROR', 'FST_ERR_CTP_BODY_TOO_LARGE']
    for (const code of codes)
      expect(JSON.parse(logged({ err: Object.assign(new Error('no'), { code }) })), code).toMatchObject({
        err: { code },
      })
    expect(logged({ err: fail('THREAD_NOT_FOUND') })).toContain('"code":"THREAD_NOT_FOUND"')
  })

  it('hides a login code wherever it stands, and what else is secret', () => {
    const code = newSecret()
    for (const fields of [{ code }, { query: { code } }, { input: { code } }, { err: { code } }])
      expect(logged(fields), Object.keys(fields)[0]).toMatch(/"code":"\[hidden\]"/)
    expect(logged({ code: 'ABCDEF' })).not.toContain('ABCDEF')
    const secrets = { authorization: code, cookie: code, api_key: code, secret: code, password: code, token: code }
    for (const fields of [secrets, { headers: secrets }, { err: Object.assign(new Error('no'), secrets) }])
      expect(logged(fields)).not.toContain(code)
  })
})

describe('a line in a terminal', () => {
  const written = (format: 'pretty' | 'json', terminal: boolean) => {
    let text = ''
    makeLog({ format, level: 'info', terminal }, { write: (line) => void (text += line) }).warn({ port: 9300 }, 'said')
    return text
  }

  it('stands alone, where a line of progress may be, and is left as it is elsewhere', () => {
    for (const format of ['pretty', 'json'] as const) {
      expect(written(format, true)).toMatch(/^\r\u001b\[2K[^\r]*said[^\r]*\n$/)
      expect(written(format, false)).not.toContain('\r')
      expect(written(format, false)).toContain('said')
    }
  })
})
