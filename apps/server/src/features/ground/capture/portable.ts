/** How the settings of capture travel: where it is paused, and whose text is kept. */
import { Type } from '@cairn/api/shapes'
import { integer, nullable, text, time, word } from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'

const hooks = new URL('./portable-write.ts', import.meta.url)

export const portableCapture: readonly Portable[] = [
  portable(
    {
      ...{
        component: 'capture_pauses',
        table: 'capture_pause',
        key: ['target', 'ref'],
        time: 'paused_at',
        newest: true,
      },
      columns: { target: word('all', 'site', 'root'), ref: text(500), until: nullable(time), paused_at: time },
      amend: [hooks, 'soundPause'],
      before: [hooks, 'leaveRoom'],
      after: [hooks, 'resumeLater'],
      event: 'capture.changed',
    },
    { personal: true },
  ),
  portable(
    {
      ...{ component: 'capture_texts', table: 'capture_text', key: ['site'], time: null, newest: false },
      columns: { site: text(500), kept: { ...integer, schema: Type.Integer({ minimum: 0, maximum: 1 }) } },
      amend: [hooks, 'soundText'],
      before: [hooks, 'leaveRoomForTexts'],
      event: 'capture.changed',
    },
    { personal: true },
  ),
]
