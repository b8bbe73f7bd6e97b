/** Every migration, in order. Append; never change or remove one that was released. */
import type { Migration } from '../src/kernel/database/migrate.ts'
import * as kernel from './0001-kernel.ts'
import * as jobs from './0002-jobs.ts'
import * as passages from './0003-passages.ts'
import * as ground from './0004-ground.ts'
import * as browser from './0005-browser.ts'
import * as files from './0006-files.ts'
import * as remember from './0007-remember.ts'
import * as tasks from './0008-tasks.ts'
import * as memoryVersions from './0009-memory-versions.ts'
import * as bookmarks from './0010-bookmarks.ts'
import * as tabsAndCapture from './0011-tabs-and-capture.ts'
import * as branches from './0012-branches.ts'
import * as documents from './0013-documents.ts'
import * as privacy from './0014-privacy.ts'
import * as bundles from './0015-bundles.ts'
import * as attachmentsAndSuggestions from './0016-attachments-and-suggestions.ts'
import * as crawlsByPromise from './0017-crawls-by-promise.ts'
import * as tallies from './0018-tallies.ts'
import * as persons from './0019-persons.ts'
import * as crawlPagesByDocument from './0020-crawl-pages-by-document.ts'
import * as timeZones from './0021-time-zones.ts'
import * as linesOfTurns from './0022-lines-of-turns.ts'

export const migrations: readonly Migration[] = [
  { name: '0001-kernel', up: kernel.up },
  { name: '0002-jobs', up: jobs.up },
  { name: '0003-passages', up: passages.up },
  { name: '0004-ground', up: ground.up },
  { name: '0005-browser', up: browser.up },
  { name: '0006-files', up: files.up },
  { name: '0007-remember', up: remember.up },
  { name: '0008-tasks', up: tasks.up },
  { name: '0009-memory-versions', up: memoryVersions.up },
  { name: '0010-bookmarks', up: bookmarks.up },
  { name: '0011-tabs-and-capture', up: tabsAndCapture.up },
  { name: '0012-branches', up: branches.up },
  { name: '0013-documents', up: documents.up },
  { name: '0014-privacy', up: privacy.up },
  { name: '0015-bundles', up: bundles.up },
  { name: '0016-attachments-and-suggestions', up: attachmentsAndSuggestions.up },
  { name: '0017-crawls-by-promise', up: crawlsByPromise.up },
  { name: '0018-tallies', up: tallies.up },
  { name: '0019-persons', up: persons.up },
  { name: '0020-crawl-pages-by-document', up: crawlPagesByDocument.up },
  { name: '0021-time-zones', up: timeZones.up },
  { name: '0022-lines-of-turns', up: linesOfTurns.up },
]
