/** Settings: everything out of this workspace as one file, and into it again. */
import { ExportSection } from './parts/export.tsx'
import { ImportSection } from './parts/import.tsx'

export default function BundleSettings() {
  return (
    <>
      <ExportSection />
      <ImportSection />
    </>
  )
}
